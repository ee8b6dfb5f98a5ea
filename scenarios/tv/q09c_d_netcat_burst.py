"""`cat clip | nc -u` empties the clip onto the network in a fraction of a second, and a player can keep only little of it.

The sheet's line lacks -u: nc then opens a TCP connection, which h1 resets, for VLC listens on a UDP port. With -u nothing slows nc
down: it reads 16 KiB at a time and sends each as one datagram, cut into a dozen IP fragments, as fast as the machine can. Sixty
seconds of television arrive in some milliseconds. Some of it is lost in the switch or in the player's socket, and of the rest the
player drops what is too far ahead of its clock. UDP neither waits nor sends again: a stream must be sent at its own rate.
"""

import json

from harness import above, below, contains, equals, scenario
from scenarios.tv.kit import decode, wire
from scenarios.tv.kit.clips.recipes import CLIP_SECONDS, FRAMES
from scenarios.tv.kit.decode import pictures
from scenarios.tv.kit.players import play
from topologies.single import Single


@scenario(
    "tv.q09c-d", question="cat clip | nc to VLC, as fast as the link goes", topology=Single(3), captures=["h2-eth0"],
    roles=["cat", "netcat", "tv-probe"], needs={"tv-probe": ["idle_timeout", "json", "save"]}, seconds=12, load=0.4,
)  # fmt: skip
def netcat_burst(lab):
    clip = lab.asset("clip.ts")
    size = clip.stat().st_size
    player = play(lab.h1, port=5000)

    lab.step("As the sheet has it, without -u")
    client = _pipe(lab, "-v", lab.h1)
    lab.expect(client.wait(), above(0), "nc fails")
    lab.expect(client.errors, contains("refused"), "nc reports a refused connection")
    lab.expect(lab.packets(lab.h2, "tcp.flags.reset == 1"), equals(1), "h1 answers the SYN with RST")

    lab.step("With -u")
    client = _pipe(lab, "-u", lab.h1)
    sent = lab.until(lambda: _whole(lab, lab.h1, size), "the whole clip is on the wire", 30)
    seconds = float(sent.times[-1] - sent.times[0])
    lab.expect(wire.payload(sent), equals(size, "B"), "nc sends every byte of the clip")
    lab.expect(seconds, below(CLIP_SECONDS / 10, "s"), f"the clip of {CLIP_SECONDS:.0f} s leaves within", on=sent)
    fragments = lab.packets(lab.h2, f"ip.dst == {lab.h1} && ip.flags.mf == 1")
    lab.expect(fragments, above(1000), "datagrams of 16 KiB travel as IP fragments")
    player.wait_still()
    report = player.stop(pictures(lab))
    client.interrupt()
    if report.statistics:
        lab.tell("note", "", "", f"VLC says that it read {report.statistics.input_kib * 1024:,} of {size:,} bytes")
    lab.expect(report.showing.intact, below(FRAMES // 2), f"of {FRAMES:,} pictures VLC shows whole, until its picture stands still")

    lab.step("The same to h3, where tv-probe models a player's buffer of 512 KiB")
    saved = lab.folder / "received.ts"
    probe = lab.h3.start("tv-probe", port=5000, idle_timeout=1, json="-", save=saved).wait_listening(5000, "udp")
    client = _pipe(lab, "-u", lab.h3)
    probe.wait()
    client.interrupt()
    found = json.loads(probe.output)
    gaps = found["continuity_errors"] + found["player"]["overflow_datagrams"]
    lab.expect(gaps, above(10), "gaps: continuity errors on the way, and datagrams for which the player has no room")
    kept = found["bytes"] - found["player"]["overflow_bytes"]
    lab.expect(kept / size, below(0.25), "share of the clip that arrives and that the player has room for")
    intact = len(set(decode.frame_hashes(saved)) & set(pictures(lab)))
    lab.tell("note", "", "", f"{found['bytes']:,} of {size:,} bytes reach the socket; ffmpeg decodes {intact} pictures whole from them")


def _pipe(lab, option, to):
    """cat clip | nc OPTION TO 5000, on h2."""
    clip = lab.h2.start("cat", lab.asset("clip.ts"), pipe_output=True)
    return lab.h2.start("netcat", option, to, 5000, stdin=clip)


def _whole(lab, to, size):
    """The datagrams sent, once they carry the whole clip."""
    datagrams = lab.packets(lab.h2, f"udp.dstport == 5000 && ip.dst == {to}")
    return datagrams if wire.payload(datagrams) >= size else None
