"""Waiting for facts, always with a deadline."""

from __future__ import annotations

import time
from typing import Callable, TypeVar

_POLL_SECONDS = 0.004
T = TypeVar("T")


class DeadlinePassed(RuntimeError):
    """A fact did not come about in time; the message says which, and after how long."""


class ProgramFault(RuntimeError):
    """A program under test did not do what was asked of it, and the question cannot go on; the message says what, and what it did."""


def soon(fact: Callable[[], T], enough: Callable[[T], object], deadline: float) -> T:
    """fact() as soon as it is enough, and what it is when the deadline (seconds from now) has passed."""
    end = time.monotonic() + deadline
    while not enough(value := fact()) and time.monotonic() < end:
        time.sleep(_POLL_SECONDS)
    return value


def in_vain(what: str, deadline: float) -> str:
    """The sentence about what did not come about in so many seconds."""
    return f"waited {deadline:g} s in vain for {what}"


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
