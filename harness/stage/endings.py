"""Matchers for how programs end, by the names of signals; some ask more of ours than any sheet asks of a student."""

from __future__ import annotations

import signal

from harness.judge.expect import Matcher


def ended_by(name: str) -> Matcher:
    """A status, or an end by this signal ("SIGTERM"): what such a signal makes of a program, which may handle it."""
    return Matcher(f"a status, or an end by {name}", lambda found: found >= 0 or found == -signal.Signals[name], "either")


def killed_by(name: str) -> Matcher:
    """An end by this signal ("SIGKILL") and no other way."""
    return Matcher(f"an end by {name}", lambda found: found == -signal.Signals[name])


interrupted = ended_by("SIGINT").ideally(0)
"""What Ctrl+C makes of a program: an end, by itself or by the system. No sheet asks for more; a good program ends in order, status 0."""

ended = Matcher("an end by itself", lambda found: found >= 0, "any status").ideally(0)
"""What the end of its input makes of a program: an end, with any status. A good program's is 0."""

failed = Matcher("a status from 1 to 255", lambda found: 1 <= found <= 255, "range")
"""What a program's end is that could not do what it was told to do."""
