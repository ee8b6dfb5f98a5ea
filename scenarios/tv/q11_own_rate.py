"""Sent at its own 638 kbit/s, the clip plays without a fault; in small datagrams, evenly spaced, it strains no buffer.

The sheet's sender gets the rate right with one datagram of 7,975 bytes each 100 ms: 79,750 bytes a second, 638 kbit/s.
But 7,975 is no multiple of 188, so most datagrams begin in the middle of a TS packet; IP cuts each into six fragments,
and one lost fragment loses all six; the link sees a burst at full speed, then nothing for 100 ms: a byte may come 100 ms
before its moment, a jitter that the player's buffer must absorb. Ours carries seven whole TS packets (1,316 bytes, one
Ethernet frame) every 16.5 ms: the same rate, six times as many datagrams, no fragment, a sixth of the jitter.
"""

import numpy

from harness import about, above, below, ended, equals, scenario
from scenarios.tv.kit import wire
from scenarios.tv.kit.decode import frame_hashes, pictures
from scenarios.tv.kit.players import play
from scenarios.tv.kit.streams import INTERVAL, RATE, send, watch
from topologies.single import Single

HALT = 1  # s that a picture must stand too long to count
MOST = 0.98  # of the pictures: VLC never shows a file's last four, and leaves some out when the machine is busy
# VLC keeps 1,316 bytes of a stream's first datagram: of one of 7,975, as the sheet has it, it loses the first 50 pictures.
MOST_OF_LARGE = 0.95


@scenario(
    "tv.q11", question="Send the clip at its own rate", topology=Single(3), roles=["tv-sender", "tv-probe"],
    needs={"tv-sender": ["file"], "tv-probe": ["idle_timeout", "json", "save"]},
    seconds=66, load=0.12, timing_critical=True, captures=["h1-eth0", "h3-eth0"], snaplen=128,
)  # fmt: skip
def own_rate(lab):
    compared = lab.takes("tv-sender", "payload")  # else its datagrams are of one size, the sheet's or another
    lab.step("VLC plays on h1; on h3 tv-probe measures the same stream" + (", and beside it the sheet's one" if compared else ""))
    vlc, even, sheet = play(lab.h1), watch(lab.h3), watch(lab.h3, 5001) if compared else None
    senders = [send(lab.h2, lab.h1), send(lab.h2, lab.h3)]
    sender = senders[0]
    if compared:
        senders.append(send(lab.h2, lab.h3, 5001, rate="638k", payload=7975))
    for status in lab.wait(*senders, deadline=80):
        lab.expect(status, ended, "the senders reach the end of the clip")
    lab.at(2, since=sender.ended)
    played, ours = vlc.stop(pictures(lab)), even.report()

    lab.step("Does the player show every frame?")
    arrived = wire.payload_rate(lab.packets(lab.h1, f"udp.dstport == 5000 and ip.dst == {lab.h1}"))
    rate = about(RATE, percent=2, unit="bit/s").ideally(about(RATE, percent=1, unit="bit/s"))
    lab.expect(arrived, rate, "h1 gets the clip's rate")
    pictures_shown = above(MOST_OF_LARGE * played.showing.total).ideally(above(MOST * played.showing.total))
    lab.expect(played.showing.intact, pictures_shown, "VLC shows the pictures intact")
    lab.expect(played.log.bufferings, equals(1), "VLC fills its buffer once, and never again")
    lab.expect(len(played.showing.stalls(HALT)), equals(0), "VLC never stands still")
    lab.expect(ours["continuity_errors"], equals(0), "tv-probe finds no continuity error")
    lab.expect(ours["player"]["stalls"], equals(0), "and its player never stands still")
    lab.expect(frame_hashes(even.saved) == pictures(lab), True, "ffmpeg decodes all 1,498 pictures of the clip from what h3 got")

    if sheet:
        with lab.step("Seven TS packets evenly, or 7,975 bytes each 100 ms?", should=True):
            compare(lab, ours, sheet.report())


def compare(lab, ours, theirs):
    """The sheet's datagrams beside ours, both at h3."""
    clip = lab.asset("clip.ts").stat().st_size
    at_h3 = lab.packets(lab.h3, f"ip.dst == {lab.h3}")  # the switch floods h1's first datagram too
    small = at_h3.where("udp.dstport == 5000")
    large = at_h3.where("ip.flags.mf == 1 or ip.frag_offset > 0")
    lab.expect(small, equals(-(-clip // 1316)), "datagrams of 1,316 bytes")
    lab.expect(theirs["datagrams"], equals(-(-clip // 7975)), "datagrams of 7,975 bytes")
    lab.expect(small.where("ip.flags.mf == 1 or ip.frag_offset > 0"), equals(0), "none of ours is cut")
    lab.expect(large, equals(6 * (clip // 7975)), "each full datagram of the sheet is cut in six IP fragments")
    lab.expect((1316 % 188, 7975 % 188), equals((0, 79)), "bytes beyond whole TS packets in a datagram")
    mean = theirs["bytes"] * 8 / theirs["seconds"]
    lab.expect(mean, about(RATE, percent=1, unit="bit/s"), "the sheet's sender has the same mean rate")
    begin = small.times[0] + 10
    even_rate, burst_rate = (packets.rate(0.02, start=begin, end=begin + 40) for packets in (small, large))
    bursts = [numpy.percentile(rate.values, 90) / rate.mean for rate in (even_rate, burst_rate)]
    lab.expect(bursts[0], below(2), "ours: the rate in 20 ms, of which a tenth are higher, as a multiple of the mean")
    lab.expect(bursts[1], above(4.5), "the sheet's")
    waits = [1e3 * numpy.median(numpy.diff(one.times)) for one in (small, large.where("ip.frag_offset == 0"))]
    lab.expect(waits[0], about(INTERVAL * 1e3, percent=5, unit="ms"), "ours: between two datagrams, so much may a byte come early")
    lab.expect(waits[1], about(100, percent=5, unit="ms"), "the sheet's")
    lab.expect(ours["pcr_jitter_p50_us"] / 1e3, below(INTERVAL * 1e3 / 2, "ms"), "ours: jitter of the clock references (median)")
    lab.plot("rate-20-ms", {
        "title": "The same rate, in bursts and evenly", "x_label": "time (s)", "y_label": "rate in 20 ms (Mbit/s)",
        "panels": [{"series": [
            {"label": label, "style": "step", "x": list(rate.times[:50] - begin), "y": list(rate.values[:50] / 1e6)}
            for label, rate in (("7,975 bytes each 100 ms", burst_rate), ("1,316 bytes each 16.5 ms", even_rate))
        ]}],
    })  # fmt: skip
