"""All roles by name: what scenarios/roles.toml says, and the roles.toml of each lab."""

from __future__ import annotations

import functools
import pathlib
from collections.abc import Iterator, Mapping
from typing import Any

from harness.judge import labs
from harness.judge.labs import LabError
from harness.judge.roles.role import MIB, Role, RoleError

_NAMES = {"parameters", "switches", "options", "operands", "says"}
_FILES = {"reads", "writes", "keeps"}
_COUNTS = {"descriptors", "processes"}
_SIZES = {"data", "scratch", "output"}  # MiB
_KNOWN = {"command", "does", "listens", "raw_sockets"} | _NAMES | _FILES | _COUNTS | _SIZES


def read(file: pathlib.Path) -> list[Role]:
    """The roles of a file. {lab} in a command is the file's folder. Raises LabError."""
    found = []
    for name, given in labs.read_toml(file).items():
        try:
            found.append(_role(name, given, file.parent))
        except RoleError as error:
            raise LabError(f"{file}: role {name}: {error}") from None
    return found


def _role(name: str, given: Any, folder: pathlib.Path) -> Role:
    if not isinstance(given, dict):
        raise RoleError(f"it is to be a table, [{name}]")
    for key, value in given.items():
        _check(key, value)
    for needed in ("command", "does"):
        if needed not in given:
            raise RoleError(f"{needed} is missing")
    values: dict[str, Any] = {"parameters": {}, **{key: value for key, value in given.items() if key != "command"}}
    values |= {key: frozenset(values[key]) for key in _FILES & values.keys()}
    values |= {key: values[key] * MIB for key in _SIZES & values.keys()}
    template = [_placed(part, folder) if isinstance(part, str) else [_placed(word, folder) for word in part] for part in given["command"]]
    return Role(name=name, template=template, folder=folder, **values)


def _placed(word: str, folder: pathlib.Path) -> str:
    return word.replace("{lab}", str(folder).replace("{", "{{").replace("}", "}}"))


def _check(key: str, value: Any) -> None:
    def texts(some: Any) -> bool:
        return isinstance(some, list) and all(isinstance(one, str) for one in some)

    if key not in _KNOWN:
        raise RoleError(f"there is no {key!r} in a role; there are {', '.join(sorted(_KNOWN))}")
    right = {
        "command": lambda: isinstance(value, list) and value and isinstance(value[0], str) and all(isinstance(part, str) or texts(part) for part in value),
        "raw_sockets": lambda: isinstance(value, bool),
        **dict.fromkeys(("does", "listens"), lambda: isinstance(value, str)),
        **dict.fromkeys(_NAMES, lambda: isinstance(value, dict) and texts(list(value.values()))),
        **dict.fromkeys(_FILES, lambda: texts(value)),
        **dict.fromkeys(_COUNTS | _SIZES, lambda: isinstance(value, int) and not isinstance(value, bool) and value > 0),
    }[key]
    if not right():
        raise RoleError(f"{key} cannot be {value!r}")


@functools.cache
def _all(roots: tuple[pathlib.Path, ...]) -> dict[str, Role]:
    found: dict[str, Role] = {}
    files = [root / "roles.toml" for root in roots] + [lab.folder / "roles.toml" for lab in labs.labs().values()]
    for file in files:
        for role in read(file) if file.exists() else []:
            if role.name in found:
                raise LabError(f"{file}: the role {role.name} stands in {found[role.name].folder}/roles.toml already")
            found[role.name] = role
    return found


class _Roles(Mapping[str, Role]):
    """Read when they are asked for: by then it is known where labs are. Raises LabError."""

    def __getitem__(self, name: str) -> Role:
        return _all(tuple(labs.roots()))[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_all(tuple(labs.roots())))

    def __len__(self) -> int:
        return len(_all(tuple(labs.roots())))


ROLES: Mapping[str, Role] = _Roles()
