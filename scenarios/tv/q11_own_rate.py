"""Sent at its own 638 kbit/s, the clip plays without a fault; in small datagrams, evenly spaced, it strains no buffer.

The sheet's sender gets the rate right with one datagram of 7,975 bytes each 100 ms: 79,750 bytes a second, 638 kbit/s.
But 7,975 is no multiple of 188, so most datagrams begin in the middle of a TS packet; IP cuts each into six fragments,
and one lost fragment loses all six; the link sees a burst at full speed, then nothing for 100 ms: a byte may come 100 ms
before its moment, a jitter that the player's buffer must absorb. Ours carries seven whole TS packets (1,316 bytes, one
Ethernet frame) every 16.5 ms: the same rate, six times as many datagrams, no fragment, a sixth of the jitter.
"""

from harness import equals, scenario
from scenarios.tv.kit.datagrams import story
from scenarios.tv.kit.decode import pictures
from scenarios.tv.kit.players import play
from scenarios.tv.kit.sizes import beside_the_sheets
from scenarios.tv.kit.streams import send, watch
from scenarios.tv.kit.viewing import decodes_all, gets_rate, reach_the_end, shows_all
from topologies.single import Single


@scenario(
    "tv.q11", question="Send the clip at its own rate", topology=Single(3), roles=["tv-sender", "tv-probe"],
    needs={"tv-sender": ["file"], "tv-probe": ["idle_timeout", "json", "save"]},
    seconds=66, load=0.12, timing_critical=True, captures=["h1-eth0", "h3-eth0"], snaplen=128,
)  # fmt: skip
def own_rate(lab):
    compared = lab.takes("tv-sender", "payload")  # else its datagrams are of one size, the sheet's or another
    with lab.step("VLC plays on h1; on h3 tv-probe measures the same stream, and beside it the sheet's one, if there are two", id="senders"):
        vlc, even, sheet = play(lab.h1), watch(lab.h3), watch(lab.h3, 5001) if compared else None
        senders = [send(lab.h2, lab.h1), send(lab.h2, lab.h3)]
        if compared:
            senders.append(send(lab.h2, lab.h3, 5001, rate="638k", payload=7975))
        reach_the_end(lab, lab.wait(*senders, deadline=80))
        lab.at(2, since=senders[0].ended)
        played, ours = vlc.stop(pictures(lab)), even.report()

    with lab.step("Does the player show every frame?", id="shown"):
        at_h1, at_h3 = story(lab, 5000, lab.h1), story(lab, 5000, lab.h3)
        gets_rate(lab, lab.h1, 1, "the clip's rate", at_h1)
        shows_all(lab, played, lab.h1, at_h1)
        lab.expect(ours["continuity_errors"], equals(0), "tv-probe on h3 finds no continuity error", id="continuity", hint=at_h3)
        lab.expect(ours["player"]["stalls"], equals(0), "and its player never stands still", hint=at_h3)
        decodes_all(lab, even.saved, at_h3)
    if sheet:
        with lab.step("Seven TS packets evenly, or 7,975 bytes each 100 ms?", id="sizes", should=True):
            beside_the_sheets(lab, ours, sheet.report())
