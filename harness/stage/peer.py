"""A client under a scenario's control, byte by byte: two sends that may arrive as one, a line in two pieces, a pause, a reset."""

from __future__ import annotations

import json
import pathlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.stage.host import Host

_PROGRAM = pathlib.Path(__file__).with_name("peer_program.py")
_DEADLINE = 30.0  # s


class Peer:
    """``Peer(lab.h2, lab.h1, port)``: a client on h2 of what listens on h1. ended: how the server's side ended, as far as it was asked:
    "", "FIN", "reset", or what the system says."""

    def __init__(self, host: Host, server: Host | str, port: int, protocol: str = "tcp") -> None:
        """Connects at once (protocol: "tcp" or "udp"). Raises DeadlinePassed where that cannot be done."""
        self.program = host.start_command(sys.executable, "-IS", _PROGRAM, protocol, server, port, name="peer")
        self.program.wait_for_text(r"^\{\}$", stream="stdout")
        self.ended = ""

    def send(self, data: bytes) -> None:
        """One send; an empty one is a datagram without bytes."""
        self._order(do="send", data=data.hex())

    def receive(self, count: int = 1 << 30, seconds: float = 5) -> bytes:
        """What comes: so many bytes (of UDP: one datagram), or what there is when the other side has ended, or so many seconds have
        passed."""
        return self._order(do="receive", count=count, seconds=seconds)

    def shut(self) -> None:
        """Ends its sending side: FIN."""
        self._order(do="shut")

    def reset(self) -> None:
        """Breaks the connection off: RST."""
        self._order(do="reset")

    def close(self) -> None:
        self._order(do="close")

    def _order(self, **order: Any) -> bytes:
        told = json.loads(self.program.ask(json.dumps(order), deadline=_DEADLINE))
        self.ended = told["ended"] or self.ended
        return bytes.fromhex(told["data"])
