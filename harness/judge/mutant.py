"""What proves a question: mutants, deliberately wrong programs and networks that it must reject, and right programs that it must accept.

A lab declares them in its folders mutants/ and right/: each Python file there has a list MUTANTS, or RIGHT.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
from collections.abc import Iterable
from typing import TypeVar

from harness.judge.labs import LabError, labs
from harness.judge.scenario import import_file

_HERE = "{here}"
T = TypeVar("T", "Mutant", "Right")


@dataclasses.dataclass(frozen=True)
class Mutant:
    """scenario: which one must FAIL; name: what is wrong, in a few words joined by hyphens; caught_by: the id of the expectation that must
    catch it, or of the step for a wait in vain, or several, one of which must; roles: role → command, as for --with; tamper: a file beside the declaring one
    whose tamper(net) spoils the network after it was probed; assets: name → the asset that stands in for it."""

    scenario: str
    name: str
    caught_by: str | tuple[str, ...]
    roles: dict[str, str] = dataclasses.field(default_factory=dict)
    tamper: str | None = None
    assets: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def catchers(self) -> tuple[str, ...]:
        return (self.caught_by,) if isinstance(self.caught_by, str) else self.caught_by

    @property
    def run_name(self) -> str:
        """Of its evidence folder."""
        return f"{self.scenario}--{self.name}"


@dataclasses.dataclass(frozen=True)
class Right:
    """scenario: which one must PASS; name: in whose habits the programs are written, in a few words joined by hyphens; roles: role →
    command, as for --with."""

    scenario: str
    name: str
    roles: dict[str, str]

    @property
    def run_name(self) -> str:
        """Of its evidence folder."""
        return f"{self.scenario}--right-{self.name}"


def catches(wanted: Iterable[str], id: str, text: str) -> bool:  # noqa: A002
    """Whether what failed is one of those that a mutant names: by its id, or, where the scenario's steps have none, by a part of its text."""
    return any(one == id if id else one in text for one in wanted)


def program(name: str, *words: str, by: str = "python3") -> str:
    """The command of a script in programs/ beside the declaring file, or in the folder of that name which several labs use; or of a folder
    there with a __main__.py. by: its interpreter."""
    return " ".join([f"/usr/bin/{by}", f"{_HERE}/programs/{name}", *words])


def compiled(name: str, *words: str) -> str:
    """The command of a program in C, compiled where it runs, for it sees nothing else; its file as for program()."""
    return " ".join(["sh -c 'cc -o /tmp/program \"$0\" && exec /tmp/program \"$@\"'", f"{_HERE}/programs/{name}", *words])


def all_mutants() -> list[Mutant]:
    """Those of all labs whose interpreters are here. Raises LabError."""
    return _startable([_placed(one, file) for one, file in _declared("mutants", "MUTANTS", Mutant)])


def all_right() -> list[Right]:
    """The right programs of all labs whose interpreters are here. Raises LabError."""
    return _startable([dataclasses.replace(one, roles=_found(one.roles, file)) for one, file in _declared("right", "RIGHT", Right)])


def _startable(all_of_them: list[T]) -> list[T]:
    """Those whose interpreters are installed: `./lab test` brings them along (packages.txt, [test]), `./lab test QUESTION` does not."""

    def here(command: str) -> bool:
        first = command.partition(" ")[0]
        return not first.startswith("/usr/bin/") or os.access(first, os.X_OK)

    return [one for one in all_of_them if all(map(here, one.roles.values()))]


def _declared(part: str, name: str, kind: type[T]) -> list[tuple[T, pathlib.Path]]:
    found: list[tuple[T, pathlib.Path]] = []
    for lab in labs().values():
        for file in sorted(lab.part(part).glob("*.py")):
            if file.name.startswith(("tamper_", "_")):
                continue
            for one in getattr(import_file(file), name, []):
                if not isinstance(one, kind):
                    raise LabError(f"{file}: {name} is to hold {kind.__name__}(…), not {one!r}")
                found.append((one, file))
    return found


def _placed(one: Mutant, file: pathlib.Path) -> Mutant:
    tamper = str(_file(one.tamper, file)) if one.tamper else None
    return dataclasses.replace(one, roles=_found(one.roles, file), tamper=tamper)


def _found(roles: dict[str, str], file: pathlib.Path) -> dict[str, str]:
    """The commands with their programs' full names."""
    placed = {}
    for role, command in roles.items():
        before, here, after = command.partition(f"{_HERE}/")
        name, space, rest = after.partition(" ")
        placed[role] = f"{before}{_file(name, file)}{space}{rest}" if here else command
    return placed


def _file(name: str, file: pathlib.Path) -> pathlib.Path:
    """A file, or a folder that Python runs, beside the declaring one, or among those that several labs use. Raises LabError."""
    candidates = [folder / name for folder in (file.parent, file.parents[2] / file.parent.name)]
    if found := next((path for path in candidates if path.is_file() or (path / "__main__.py").is_file()), None):
        return found
    raise LabError(f"{file}: there is no {' or '.join(os.path.relpath(path, file.parent) for path in candidates)}")
