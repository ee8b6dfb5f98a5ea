"""Labs: a folder each, in scenarios/ or in a folder of somebody's own ($WIREPROOF_SCENARIOS, ``./lab --labs DIR``). docs/labs.md."""

from __future__ import annotations

import dataclasses
import functools
import os
import pathlib
import tomllib
from collections.abc import Mapping
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parents[2]
OWN = ROOT / "scenarios"
VARIABLE = "WIREPROOF_SCENARIOS"
# Folders of a lab that hold no questions.
_PARTS = {"__pycache__", "agents", "dissectors", "kit", "mutants", "programs", "reference", "right", "topologies"}


class LabError(ValueError):
    """A file of a lab cannot be read or says what nobody asked for; the message names it, with the line where that is known."""


class BrokenScenario(LabError):
    """A Python file of a lab cannot be loaded."""


@dataclasses.dataclass(frozen=True)
class LabFolder:
    """What lab.toml says. title, sheet: for people; order: labs are listed by it; points: question → points, as a teacher counts."""

    name: str
    folder: pathlib.Path
    title: str = ""
    sheet: str = ""
    order: float = 1000
    points: Mapping[str, float] = dataclasses.field(default_factory=dict)

    def part(self, name: str) -> pathlib.Path:
        """Its folder of this name, such as "mutants"; it need not be there."""
        return self.folder / name


def roots() -> list[pathlib.Path]:
    """Folders of labs: ours first. Raises LabError."""
    given = [pathlib.Path(text).resolve() for text in os.environ.get(VARIABLE, "").split(os.pathsep) if text]
    for folder in given:
        if not folder.is_dir():
            raise LabError(f"{folder}: there is no such folder of labs")
    return list(dict.fromkeys([OWN, *given]))


def labs() -> dict[str, LabFolder]:
    """All labs by name, in their order. Raises LabError."""
    return _labs(tuple(roots()))


@functools.cache
def _labs(folders: tuple[pathlib.Path, ...]) -> dict[str, LabFolder]:
    found: dict[str, LabFolder] = {}
    for root in folders:
        for folder in sorted(path for path in root.iterdir() if path.is_dir() and path.name not in _PARTS and path.name[0] not in "._"):
            if folder.name in found:
                raise LabError(f"{folder}: {found[folder.name].folder} is a lab of this name already")
            found[folder.name] = _read(folder)
    return dict(sorted(found.items(), key=lambda item: (item[1].order, item[0])))


def lab_of(file: pathlib.Path) -> LabFolder | None:
    """The lab that a file belongs to."""
    return next((lab for lab in labs().values() if file.is_relative_to(lab.folder)), None)


def _read(folder: pathlib.Path) -> LabFolder:
    file = folder / "lab.toml"
    if not file.exists():
        return LabFolder(folder.name, folder)
    kinds: dict[str, tuple[type, ...]] = {"title": (str,), "sheet": (str,), "order": (int, float), "points": (dict,)}
    found = read_toml(file)
    for key, value in found.items():
        if key not in kinds:
            raise LabError(f"{file}: there is no {key!r} in a lab; there are {', '.join(kinds)}")
        if not isinstance(value, kinds[key]) or isinstance(value, bool):
            raise LabError(f"{file}: {key} is to be {' or '.join(kind.__name__ for kind in kinds[key])}")
    for question, points in found.get("points", {}).items():
        if not isinstance(points, (int, float)) or isinstance(points, bool) or points < 0:
            raise LabError(f"{file}: the points of {question} are to be a number")
    return LabFolder(folder.name, folder, **found)


def read_toml(file: pathlib.Path) -> dict[str, Any]:
    """What a file of TOML says. Raises LabError."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LabError(f"{file}: {error}") from error
