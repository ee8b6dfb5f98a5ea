"""`cat clip | nc -u` empties the clip onto the network in a fraction of a second, and a player can keep only little of it.

The sheet's line lacks -u: nc then opens a TCP connection, which h1 resets, for VLC listens on a UDP port. With -u nothing slows nc
down: it reads 16 KiB at a time and sends each as one datagram, cut into a dozen IP fragments, as fast as the machine can. Sixty
seconds of television arrive in some milliseconds. Some of it is lost in the switch or in the player's socket, and of the rest the
player drops what is too far ahead of its clock. UDP neither waits nor sends again: a stream must be sent at its own rate.
"""

from harness import above, below, equals, scenario
from scenarios.tv.kit import burst, wire
from scenarios.tv.kit.clips.recipes import CLIP_SECONDS, FRAMES
from scenarios.tv.kit.decode import pictures
from scenarios.tv.kit.netcat import refused
from scenarios.tv.kit.players import play
from topologies.single import Single


@scenario(
    "tv.q09c-d", question="cat clip | nc to VLC, as fast as the link goes", topology=Single(3), captures=["h2-eth0"],
    roles=["cat", "netcat", "tv-probe"], needs={"tv-probe": ["idle_timeout", "json", "save"]}, seconds=12, load=0.4,
)  # fmt: skip
def netcat_burst(lab):
    size = lab.asset("clip.ts").stat().st_size
    with lab.step("As the sheet has it, without -u", id="tcp"):
        player = play(lab.h1, port=5000)
        refused(lab, burst.pipe(lab, "-v", lab.h1), lab.h1, "refused")

    with lab.step("With -u", id="udp"):
        client = burst.pipe(lab, "-u", lab.h1)
        sent = burst.whole(lab, lab.h1, size)
        seconds = float(sent.times[-1] - sent.times[0])
        lab.expect(wire.payload(sent), equals(size, "B"), "nc sends every byte of the clip")
        lab.expect(seconds, below(CLIP_SECONDS / 10, "s"), f"the clip of {CLIP_SECONDS:.0f} s leaves within", on=sent, id="seconds")
        fragments = lab.packets(lab.h2, f"ip.dst == {lab.h1} && ip.flags.mf == 1")
        lab.expect(fragments, above(1000), "datagrams of 16 KiB travel as IP fragments")
        player.wait_still()
        report = player.stop(pictures(lab))
        client.interrupt()
        if report.statistics:
            lab.tell("note", "", "", f"VLC says that it read {report.statistics.input_kib * 1024:,} of {size:,} bytes")
        lab.expect(report.showing.intact, below(FRAMES // 2), f"of {FRAMES:,} pictures VLC shows whole, until its picture stands still")

    with lab.step("The same to h3, where tv-probe models a player's buffer of 512 KiB", id="probe"):
        burst.to_a_probe(lab, size)
