"""To how much programs are held: to what a question's sheet asks (must), or also to what a good program does (should)."""

from __future__ import annotations

import enum


class Hold(str, enum.Enum):
    """What an expectation says of itself, and what a run holds programs to."""

    MUST = "must"
    SHOULD = "should"


def held_to(asked: str | None, replaced: bool) -> Hold:
    """What a run holds its programs to: what was asked for; else our own to both, and others to what the sheets ask."""
    return Hold(asked) if asked else Hold.MUST if replaced else Hold.SHOULD
