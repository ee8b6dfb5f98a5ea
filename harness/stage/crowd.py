"""A crowd of TCP clients on a host: hundreds of connections that one process opens, talks over and closes on demand."""

from __future__ import annotations

import collections
import json
import pathlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.stage.host import Host

_PROGRAM = pathlib.Path(__file__).with_name("crowd_program.py")
_DEADLINE = 60.0  # seconds; the program itself waits for 25 s at most, for each of its steps

CLOSED = "(closed)"  # what a client heard that was closed or reset


class Crowd:
    """Orders for harness/stage/crowd_program.py, which describes them. Each gives how many clients heard what: texts, CLOSED, or
    "(nothing)"."""

    def __init__(self, host: "Host", server: "Host | str", port: int) -> None:
        self.program = host.start_command(sys.executable, "-IS", _PROGRAM, server, port, name="crowd")

    def arrive(self, count: int, text: str) -> collections.Counter[str]:
        """`count` more clients connect, one after another; each says the text and waits for its answer."""
        return self._order(f"arrive {count} {text}")

    def say(self, text: str) -> collections.Counter[str]:
        """All clients that are connected say the text at the same time."""
        return self._order(f"say {text}")

    def leave(self) -> collections.Counter[str]:
        """All clients end their side and wait for the server's end."""
        return self._order("leave")

    def _order(self, order: str) -> collections.Counter[str]:
        return collections.Counter(json.loads(self.program.ask(order, deadline=_DEADLINE)))
