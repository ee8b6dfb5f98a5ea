"""How programs end: with an exit status, or by a signal, which people know by its name."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any


class ExitStatus(int):
    """An exit status, negative for a signal; as a text the number, or the signal's name. program: whose it is, or None."""

    program: Any

    def __new__(cls, status: int, program: Any = None) -> ExitStatus:
        one = super().__new__(cls, status)
        one.program = program
        return one

    def __repr__(self) -> str:
        return signal_name(-self) if self < 0 else int.__repr__(self)


def signal_name(number: int) -> str:
    """As in "signal SIGKILL"; a number where it has no name."""
    try:
        return f"signal {signal.Signals(number).name}"
    except ValueError:
        return f"signal {int(number)}"


def describe_status(status: int | None) -> str:
    """As in "status 1", or "signal SIGKILL"."""
    if status is None:
        return "no status yet"
    return f"status {int(status)}" if status >= 0 else signal_name(-status)


def statuses_in(found: Any) -> Iterator[ExitStatus]:
    """The exit statuses of programs in a value: itself, or what a list, tuple or dictionary holds."""
    if isinstance(found, ExitStatus) and found.program is not None:
        yield found
    elif isinstance(found, (list, tuple, dict)):
        for one in found.values() if isinstance(found, dict) else found:
            yield from statuses_in(one)
