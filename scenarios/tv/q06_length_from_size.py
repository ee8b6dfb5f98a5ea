"""The clip's length follows from its size, because its rate is constant: 4,785,540 · 8 / 638,000 = 60.0 s.

A transport stream of constant rate (CBR) spends the same bits on every second; null packets fill up what the pictures leave
over. So bytes · 8 / rate is the length. The clip's own clock (PCR) says the same to the hundredth of a second, and on the
wire its first seconds go at that very rate. Where the rate varies the division is wrong: the VBR twin of nearly the same
length would come out five seconds too short.
"""

from harness import about, below, equals, scenario, udp
from scenarios.tv.kit import ts, wire
from scenarios.tv.kit.clips.recipes import RATE
from scenarios.tv.kit.own_clock import read_by_two
from topologies.single import Single


@scenario(
    "tv.q06", question="How long does the clip last, from its size and rate?", topology=Single(), captures=["h2-eth0"],
    roles=["tv-probe", "tv-sender"], needs={"tv-probe": ["file"], "tv-sender": ["file", "duration"]}, seconds=6, load=0.2,
)  # fmt: skip
def length_from_size(lab):
    with lab.step("The arithmetic: bytes · 8 / rate", id="arithmetic"):
        clip = lab.asset("clip.ts")
        size = clip.stat().st_size
        length = size * 8 / RATE
        lab.expect(size, equals(4_785_540, "B"), "the clip has the size that the sheet tells", id="size")
        lab.expect(length, about(60, by=0.1, unit="s"), "size · 8 / 638 kbit/s")

    with lab.step("The clip's own clock, read by two programs", id="clock"):
        read_by_two(lab, clip, length)

    with lab.step("The wire: three seconds of the clip, sent by its clock", id="wire"):
        receiver = lab.h2.start("tv-probe", port=5000, idle_timeout=1).wait_listening(5000, "udp")
        lab.wait(lab.h1.start("tv-sender", host=lab.h2, port=5000, file=clip, duration=3), receiver)
        came = lab.packets(lab.h2, udp(to=5000))
        lab.expect(wire.payload(came), about(3 * RATE / 8, percent=1, unit="B"), "3 s of the clip are 3 · 638,000 / 8 bytes", id="bytes")
        lasts = size * 8 / wire.payload_rate(came)
        lab.expect(lasts, about(length, percent=2, unit="s"), "at the measured rate the clip lasts", id="rate", hint=lambda: wire.pace(came))

    with lab.step("Where the rate varies, size tells nothing", id="variable"):
        variable = lab.asset("vbr_twin.ts")
        wrong = variable.stat().st_size * 8 / RATE - ts.read(variable).duration()
        lab.expect(wrong, below(-4, "s"), "size · 8 / 638 kbit/s misses the VBR twin's length by")
