"""The environment that our own processes run in, whatever the caller's is: UTF-8 everywhere, messages of tools in English, and no
variable by which somebody's Python differs from Debian's."""

from __future__ import annotations

from collections.abc import Mapping

LOCALE = "C.UTF-8"
_LOCALE_NAMES = ("LANG", "LANGUAGE")


def clean(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without PYTHON* variables, and with our locale in place of the caller's."""
    kept = {name: value for name, value in environment.items() if not name.startswith(("PYTHON", "LC_")) and name not in _LOCALE_NAMES}
    return {**kept, "LC_ALL": LOCALE}
