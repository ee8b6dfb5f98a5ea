"""The rooms of the harness import downwards only, and scenarios nothing but its face, topologies and their own lab's kit."""

from __future__ import annotations

import ast
import pathlib
from collections.abc import Iterator

import pytest

import harness
from harness.world.machine import ROOT

# The floor of each room: it imports from lower ones, and from itself.
FLOORS = {"judge": 0, "report": 1, "world": 1, "evidence": 2, "stage": 3, "run": 4, "cli": 5}


def imported(file: pathlib.Path) -> Iterator[tuple[int, str]]:
    """Lines and full names of what a file imports, also in functions and for type checkers."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: names of packages are written out"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def upward(file: pathlib.Path, room: str) -> list[str]:
    """What a file of this room imports from rooms that are not below it, and from outside of the harness."""
    found = []
    for line, name in imported(file):
        top, *rest = name.split(".")
        target = rest[0] if rest else ""
        if top in ("scenarios", "topologies", "tests", "bench"):
            found.append(f"{file}:{line}: the harness knows nothing of {top}, and imports {name}")
        elif top == "harness" and target != room and FLOORS.get(target, 9) >= FLOORS[room]:
            found.append(f"{file}:{line}: {room} imports {name}, which is not below it")
    return found


def stray(file: pathlib.Path, lab: str) -> list[str]:
    """What a scenario imports beside the face of the harness, topologies, its own kit and other people's packages."""
    found = []
    for line, name in imported(file):
        top, *rest = name.split(".")
        if top == "harness" and (len(rest) != 1 or rest[0] not in harness.__all__):
            found.append(f"{file}:{line}: a scenario imports words of harness (harness/__init__.py), not {name}")
        if top == "scenarios" and rest[:1] != [lab]:
            found.append(f"{file}:{line}: a scenario of {lab} imports {name}")
        if top in ("tests", "bench"):
            found.append(f"{file}:{line}: a scenario imports {name}")
    return found


def test_every_file_stands_in_a_room() -> None:
    assert {file.relative_to(ROOT / "harness").parts[0] for file in (ROOT / "harness").rglob("*.py")} == {*FLOORS, "__init__.py"}


@pytest.mark.parametrize("room", FLOORS)
def test_rooms_import_downwards_only(room: str) -> None:
    files = sorted((ROOT / "harness" / room).rglob("*.py"))
    assert len(files) > 5
    assert [problem for file in files for problem in upward(file, room)] == []


def test_scenarios_have_one_door() -> None:
    files = sorted((ROOT / "scenarios").glob("*/*.py"))
    assert len(files) > 60
    assert [problem for file in files for problem in stray(file, file.parent.name)] == []


def test_an_import_upwards_is_found(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "wrong.py"
    file.write_text(
        "from typing import TYPE_CHECKING\n\nfrom harness.judge import result\n\nif TYPE_CHECKING:\n    from harness.stage.lab import Lab\n"
        "\n\ndef later():\n    import harness.run.runner\n    from scenarios.tv.kit import decode\n"
    )  # fmt: skip
    assert [problem.removeprefix(f"{file}:").partition(":")[0] for problem in upward(file, "evidence")] == ["6", "10", "11"]


def test_a_second_door_is_found(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "wrong.py"
    file.write_text("from harness import equals\nfrom harness.stage.lab import Lab\nfrom scenarios.tv.kit.decode import pictures\nfrom harness import lab\n")
    assert [problem.removeprefix(f"{file}:").partition(":")[0] for problem in stray(file, "echo")] == ["2", "3", "4"]


def test_the_face_is_what_it_says() -> None:
    assert sorted(harness.__all__) == harness.__all__
    assert set(harness.__all__) == set(harness._HOMES)
    for word in harness.__all__:
        assert getattr(harness, word) is not None
    source = ast.parse(pathlib.Path(harness.__file__).read_text())
    (shown,) = (node for node in source.body if isinstance(node, ast.If))
    assert {(node.module, alias.name) for node in shown.body for alias in node.names} == {(module, word) for word, module in harness._HOMES.items()}
    with pytest.raises(AttributeError, match="has no 'nonsense'"):
        harness.nonsense  # noqa: B018
