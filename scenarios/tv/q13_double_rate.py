"""At double rate the network delivers everything, and the player loses about a third: it cannot show two seconds in one.

Each second brings two seconds of film. The player shows one and keeps the other, until its bounded buffer is full or the
clock of the stream has run away from its own: then it throws pictures away, here as many as a sender without any pace
would lose in a network. Every datagram arrived and ffmpeg, which does not keep time, decodes every picture from them.
"""

from harness import equals, scenario
from scenarios.tv.kit import losing
from scenarios.tv.kit.datagrams import story
from scenarios.tv.kit.decode import pictures
from scenarios.tv.kit.players import play
from scenarios.tv.kit.streams import send, watch
from scenarios.tv.kit.viewing import decodes_all, reach_the_end
from topologies.single import Single


@scenario(
    "tv.q13", question="Send the clip at double rate", topology=Single(3), roles=["tv-sender", "tv-probe"],
    needs={"tv-sender": ["file"], "tv-probe": ["idle_timeout", "json", "timeline", "save"]}, seconds=36, load=0.15, snaplen=128,
)  # fmt: skip
def double_rate(lab):
    with lab.step("Double rate to VLC on h1 and to tv-probe on h3", id="senders"):
        vlc, probe = play(lab.h1), watch(lab.h3)
        sender, second = send(lab.h2, lab.h1, speed=2), send(lab.h2, lab.h3, speed=2)
        reach_the_end(lab, lab.wait(sender, second, deadline=60))
        lab.at(2, since=sender.ended)
        played, report = vlc.stop(pictures(lab)), probe.report()

    with lab.step("The network delivers everything, twice as fast", id="delivered"):
        for host in (lab.h1, lab.h3):
            losing.delivered(lab, host, story(lab, 5000, lab.h2, host, to=str(host)))
        at_h3 = story(lab, 5000, lab.h3)
        lab.expect(report["continuity_errors"], equals(0), "h3 misses no TS packet", hint=at_h3)
        decodes_all(lab, probe.saved, at_h3)

    with lab.step("The player loses what it cannot show in time nor keep", id="lost"):
        losing.loses(lab, played.showing, report["player"])
        losing.plot(lab, played.showing, probe, sender)
