"""Which program emulates links: `wire` of this build, or another that $WIREPROOF_WIRE names."""

from __future__ import annotations

import os
import pathlib
import shlex
import shutil

from harness.world.links.errors import LinkError

VARIABLE = "WIREPROOF_WIRE"


def command(programs: pathlib.Path) -> list[str]:
    """The emulator's command: $WIREPROOF_WIRE, split as a shell does, else `wire` in the folder of this build's programs.

    Raises LinkError where the variable names nothing that can be run. The other program is to understand what `wire` does.
    """
    return _named() or [str(programs / "wire")]


def check() -> None:
    """Raises LinkError unless $WIREPROOF_WIRE, if set, can be run; makes it the same from every folder."""
    if words := _named():
        os.environ[VARIABLE] = shlex.join(words)


def is_replaced() -> bool:
    """True if links are emulated by another program than this build's."""
    return bool(os.environ.get(VARIABLE))


def assignment() -> str:
    """What repeats the choice in front of a command line; empty without one."""
    return f"{VARIABLE}={shlex.quote(os.environ[VARIABLE])} " if is_replaced() else ""


def files() -> list[pathlib.Path]:
    """The files that the other program's command names."""
    return [pathlib.Path(word) for word in _named() if os.path.isabs(word) and os.path.exists(word)]


def _named() -> list[str]:
    text = os.environ.get(VARIABLE, "")
    if not text:
        return []
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise LinkError(f"{VARIABLE}={text!r} is not a command: {error}") from None
    found = shutil.which(words[0]) if words else None
    if not found:
        raise LinkError(f"{VARIABLE}={text!r} names no program that can be run; give the path of one, and chmod +x it")
    return [os.path.abspath(found), *(os.path.abspath(word) if os.path.isfile(word) else word for word in words[1:])]
