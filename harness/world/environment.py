"""The environment that our own processes run in, whatever the caller's is: UTF-8 everywhere, messages of tools in English, and no
variable by which somebody's Python differs from Debian's."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

LOCALE = "C.UTF-8"
_LOCALE_NAMES = ("LANG", "LANGUAGE")
# Of Python's variables, those by which ./lab and its tests start it.
_OURS = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUTF8")


def clean(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without PYTHON* variables, and with our locale in place of the caller's."""
    kept = {name: value for name, value in environment.items() if not name.startswith(("PYTHON", "LC_")) and name not in _LOCALE_NAMES}
    return {**kept, "LC_ALL": LOCALE}


def is_ours() -> bool:
    """True for an interpreter that speaks UTF-8 to files and programs, and keeps docstrings and assertions."""
    return bool(sys.flags.utf8_mode) and not sys.flags.optimize


def begin_anew(module: str) -> None:
    """Becomes an interpreter as it should be, which runs the module with the same arguments."""
    kept = {name: os.environ[name] for name in _OURS if name in os.environ}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | kept | {"PYTHONUTF8": "1"}
    os.execve(sys.executable, [sys.executable, "-P", "-X", "utf8", "-m", module, *sys.argv[1:]], environment)
