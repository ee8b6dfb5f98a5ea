"""--with: a command of somebody's own in the place of a role's default program."""

from __future__ import annotations

import os
import pathlib
import shlex
import shutil
from collections.abc import Mapping
from typing import TYPE_CHECKING

from harness.judge.roles.registry import ROLES
from harness.judge.roles.role import RoleError, placeholders

if TYPE_CHECKING:
    from harness.judge.scenario import Scenario

_SOURCES = (".jar", ".java", ".js", ".lua", ".php", ".pl", ".py", ".rb", ".sh", ".tcl")


def parse_replacement(text: str) -> tuple[str, str]:
    """Splits and checks a --with argument "ROLE=COMMAND". Raises RoleError with what is allowed."""
    name, equals, command = text.partition("=")
    if not equals or not command.strip():
        raise RoleError(f"--with {text!r}: write ROLE=COMMAND, for instance --with 'echo-server=python3 mine.py {{port}}'")
    if name not in ROLES:
        raise RoleError(f"--with {text!r}: there is no role {name!r}; roles are {', '.join(sorted(ROLES))}")
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise RoleError(f"--with {text!r}: {error}") from None
    for word in words:
        unknown = placeholders(word) - ROLES[name].parameters.keys()
        if unknown:
            allowed = ", ".join(f"{{{key}}}" for key in ROLES[name].parameters) or "no placeholders"
            raise RoleError(f"--with {text!r}: {name} does not know {{{sorted(unknown)[0]}}}; it has {allowed}")
    return name, command


def check_program(name: str, command: str, folder: pathlib.Path, path: str) -> None:
    """Raises RoleError when the command's program can be found neither from `folder` nor on the search path `path`, or the source
    that it is to interpret is not in `folder`."""
    word, *others = shlex.split(command)
    if placeholders(word):
        return
    file = folder / word
    found: str | pathlib.Path | None
    if "/" not in word and (shutil.which(word, path=path) or not ("." in word and file.is_file())):
        found = shutil.which(word, path=path)
    else:
        found = file if file.is_file() else None
    if not found:
        raise RoleError(f"--with {name}: there is no program {word!r} in {folder if '/' in word else path}")
    if not os.access(found, os.X_OK):
        raise RoleError(f"--with {name}: {word!r} is not executable; make it so (chmod +x) or name its interpreter, as in 'python3 {word}'")
    source = next((other for other in others if not other.startswith("-")), "")
    if source.endswith(_SOURCES) and not placeholders(source) and not (folder / source).is_file():
        raise RoleError(f"--with {name}: there is no file {source!r} in {folder}")


def taken(command: str) -> set[str]:
    """The parameters that a --with command passes on."""
    return {name for word in shlex.split(command) for name in placeholders(word)}


def lacking(one: Scenario, replacements: Mapping[str, str]) -> str | None:
    """In words, the first of these commands that cannot be told what the question needs; None when all can."""
    for role, command in replacements.items():
        absent = [f"{{{name}}}" for name in one.needs.get(role, ()) if name not in taken(command)]
        if absent:
            listed = " or ".join(filter(None, [", ".join(absent[:-1]), absent[-1]]))
            return f"{role}: the command has no {listed}, which {one.id} needs"
    return None
