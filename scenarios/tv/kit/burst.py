"""`cat clip | nc`: the whole clip at once, and what a player can keep of it."""

from __future__ import annotations

import json
from typing import Any

from harness import above, below
from harness.evidence.capture.packets import Packets
from scenarios.tv.kit import decode, wire
from scenarios.tv.kit.hosts import sent


def pipe(lab: Any, option: str, to: Any) -> Any:
    """cat clip | nc OPTION TO 5000, on h2."""
    clip = lab.h2.start("cat", lab.asset("clip.ts"), pipe_output=True)
    return lab.h2.start("netcat", option, to, 5000, stdin=clip)


def whole(lab: Any, to: Any, size: int) -> Packets:
    """Waits for the datagrams that h2 sends, until they carry the whole clip."""

    def carried() -> Packets | None:
        datagrams = lab.packets(lab.h2, f"udp.dstport == 5000 && ip.dst == {to}")
        return datagrams if wire.payload(datagrams) >= size else None

    return lab.until(carried, "the whole clip is on the wire", 30, details=lambda: sent(lab, lab.h2))


def to_a_probe(lab: Any, size: int) -> None:
    """The clip at once to tv-probe on h3, which models a player's buffer of 512 KiB."""
    saved = lab.folder / "received.ts"
    probe = lab.h3.start("tv-probe", port=5000, idle_timeout=1, json="-", save=saved).wait_listening(5000, "udp")
    client = pipe(lab, "-u", lab.h3)
    probe.wait()
    client.interrupt()
    found = json.loads(probe.output)
    gaps = found["continuity_errors"] + found["player"]["overflow_datagrams"]
    what = "gaps: continuity errors on the way, and datagrams for which the player has no room"
    lab.expect(gaps, above(10), what, id="gaps")
    kept = found["bytes"] - found["player"]["overflow_bytes"]
    lab.expect(kept / size, below(0.25), "share of the clip that arrives and that the player has room for", id="share")
    intact = len(set(decode.frame_hashes(saved)) & set(decode.pictures(lab)))
    lab.tell("note", "", "", f"{found['bytes']:,} of {size:,} bytes reach the socket; ffmpeg decodes {intact} pictures whole from them")
