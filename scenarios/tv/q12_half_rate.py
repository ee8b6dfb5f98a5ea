"""At half its rate the clip stops and goes: all of it is played in the end, one minute late.

Each second brings half a second of film. The player fills its buffer, plays it empty, halts until it is full again: every
halt lasts as long as the film shown since the last one, so that the 60 s of film take 120 s to show. Nothing is lost, for
UDP does not care how slowly the datagrams come; the frames are late, not gone. VLC halts less often than the plain player
of tv-probe, for it slows its clock down as well; around each halt it leaves out a few pictures.
"""

from harness import about, equals, scenario
from scenarios.tv.kit import halting
from scenarios.tv.kit.datagrams import story
from scenarios.tv.kit.decode import pictures
from scenarios.tv.kit.players import play
from scenarios.tv.kit.streams import send, watch
from scenarios.tv.kit.viewing import decodes_all, gets_rate, reach_the_end
from topologies.single import Single


@scenario(
    "tv.q12", question="Send the clip at half its rate", topology=Single(3), roles=["tv-sender", "tv-probe"],
    needs={"tv-sender": ["file"], "tv-probe": ["idle_timeout", "json", "timeline", "save"]},
    seconds=124, load=0.1, captures=["h1-eth0"], snaplen=128,
)  # fmt: skip
def half_rate(lab):
    speeds = (0.5, 1, 2) if lab.takes("tv-sender", "speed") else (0.5,)  # else it is made for half the rate, and has no other
    with lab.step("Half rate to VLC on h1; to h3 half, own and double rate, for players beside each other", id="senders"):
        vlc, viewers = play(lab.h1), {speed: watch(lab.h3, 5000 + place) for place, speed in enumerate(speeds)}
        sender = send(lab.h2, lab.h1, speed=0.5)
        senders = [send(lab.h2, lab.h3, 5000 + place, speed=speed) for place, speed in enumerate(viewers)]
        reach_the_end(lab, lab.wait(sender, *senders, deadline=150))
        lab.at(2, since=sender.ended)
        played, reports = vlc.stop(pictures(lab)), {speed: viewer.report() for speed, viewer in viewers.items()}

    with lab.step("Half of what the player needs arrives", id="half"):
        at_h1 = story(lab, 5000, lab.h1)
        gets_rate(lab, lab.h1, 0.5, "half the clip's rate", at_h1)
    with lab.step("Stop and go", id="halts"):
        halting.stops_and_goes(lab, played, reports, at_h1)
    with lab.step("Every frame is played in the end", id="all"):
        lab.expect(reports[0.5]["continuity_errors"], equals(0), "h3 misses no TS packet", id="continuity", hint=at_h1)
        seconds = reports[0.5]["player"]["played_seconds"]
        lab.expect(seconds, about(halting.CLIP, by=0.1, unit="s"), "tv-probe's player plays the whole clip", hint=at_h1)
        decodes_all(lab, viewers[0.5].saved, at_h1)
        halting.plot(lab, viewers, played, sender.started)
