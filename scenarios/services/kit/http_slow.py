"""Clients of an HTTP server, on h3, that take their time: to ask, or to read what they have asked for."""

from __future__ import annotations

import random
from typing import Any

from harness import Peer
from scenarios.services.kit.http_cases import GET
from scenarios.services.kit.http_server import PORT, request

LARGE = random.Random(6).randbytes(8 << 20)
"""More than the buffers of both ends hold: a server that sends it waits for whoever does not read."""
HALF = GET + b"Host: h1\r\nX-Slow: "


def half_asked(lab: Any) -> list[Peer]:
    """Eight that are connected: six have said half of a request for /notes/tide.txt, the last two nothing."""
    peers = [Peer(lab.h3, lab.h1, PORT) for _ in range(8)]
    for peer in peers[:6]:
        peer.send(HALF)
    return peers


def unread(lab: Any, target: str, server: Any) -> Peer:
    """One that has asked, and reads nothing of what the server has begun to send."""
    reader = Peer(lab.h3, lab.h1, PORT)
    reader.send(request(target))
    lab.until(lambda: lab.packets(lab.h1, f"ip.dst == {lab.h3} && tcp.len > 1000"), "the server to send it something", details=server.state)
    return reader
