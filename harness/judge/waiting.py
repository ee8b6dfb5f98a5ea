"""Waiting for facts, always with a deadline."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Callable, TypeVar

_POLL_SECONDS = 0.004
T = TypeVar("T")
_bounds: list[float] = []  # instants of the monotonic clock at which waits end, whatever their own deadlines


class DeadlinePassed(RuntimeError):
    """A fact did not come about in time; the message says which, and after how long."""


class ProgramFault(RuntimeError):
    """A program under test did not do what was asked of it, and the question cannot go on; the message says what, and what it did."""


@contextlib.contextmanager
def bounded(seconds: float | None) -> Iterator[None]:
    """No wait within lasts longer than until so many seconds from now. None: nothing is bounded."""
    if seconds is not None:
        _bounds.append(time.monotonic() + seconds)
    try:
        yield
    finally:
        if seconds is not None:
            _bounds.pop()


def seconds_left(deadline: float) -> float:
    """How long to wait from now: the wait's own deadline (seconds), or less within bounded()."""
    now = time.monotonic()
    return max(0.0, min([deadline, *(bound - now for bound in _bounds)]))


def soon(fact: Callable[[], T], enough: Callable[[T], object], deadline: float) -> T:
    """fact() as soon as it is enough, and what it is when the deadline (seconds from now) has passed."""
    end = time.monotonic() + seconds_left(deadline)
    while not enough(value := fact()) and time.monotonic() < end:
        time.sleep(_POLL_SECONDS)
    return value


def in_vain(what: str, deadline: float) -> str:
    """The sentence about what did not come about in so many seconds."""
    return f"waited {round(deadline, 2):g} s in vain for {what}"


def wait_for(
    fact: Callable[[], T | None],
    what: str,
    deadline: float,
    give_up: Callable[[], str | None] = lambda: None,
    details: Callable[[], str] = lambda: "",
) -> T:
    """Polls until fact() is true and returns its value.

    what: as in "waited 10 s in vain for …". deadline: seconds from now. give_up(): a reason why waiting longer is pointless, or None.
    details(): text added to the error: what happened instead, the last lines of a log.
    """
    deadline = seconds_left(deadline)
    end = time.monotonic() + deadline
    while True:
        value = fact()
        if value:
            return value
        reason = give_up()
        if reason:
            value = fact()  # it may have come about while the reason was being found
            if value:
                return value
            raise DeadlinePassed(f"{reason}, while waiting for {what}{details()}")
        if time.monotonic() > end:
            raise DeadlinePassed(f"{in_vain(what, deadline)}{details()}")
        time.sleep(_POLL_SECONDS)
