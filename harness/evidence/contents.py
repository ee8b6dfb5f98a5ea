"""What chosen packets carry, byte for byte: read from the capture again, for the few whose content somebody is to be shown."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable

from harness.evidence.capture.packets import Packets

_SECONDS = 20


def contents(packets: Packets, numbers: Iterable[int]) -> dict[int, bytes]:
    """Frame number → what TCP or UDP carries in it, as far as it was captured. Frames without data, or whose file cannot be read, are not
    there: this is for messages, never for judgement."""
    wanted = ", ".join(map(str, numbers))
    if packets.file is None or not wanted:
        return {}
    words = ["nice", "-n", "19", "tshark", "-n", "-r", str(packets.file), "-Y", f"frame.number in {{{wanted}}} && !icmp && !icmpv6", "-T", "fields"]
    words += ["-E", "occurrence=f", "-e", "frame.number", "-e", "tcp.payload", "-e", "udp.payload"]
    try:
        told = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False).stdout.decode()
    except (OSError, subprocess.TimeoutExpired):
        return {}
    cells = [line.split("\t") for line in told.splitlines()]
    return {int(row[0]): bytes.fromhex(row[1] or row[2]) for row in cells if len(row) == 3 and (row[1] or row[2])}
