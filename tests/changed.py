"""``./lab test --changed[=COMMIT]``: what the files that differ from a commit (default: HEAD) can reach, by imports, by lab and by name.

    python3 -m tests.changed COMMIT     prints three lines: "cpp" or nothing, the files of tests, the questions

A Python file reaches whatever imports it, at last; a file beside Python files (a table, a template, a program) what imports from its
folder; a file that a test names, or whose folder of tests/ it names, that test; one of a lab its questions; one of C++ the C++ tests, and the questions whose roles are filled by
a program of its room. What this does not know of (``lab``, packages.txt without a test that names it) reaches nothing: `./lab test` is
the proof, and this the way to it.
"""

from __future__ import annotations

import ast
import collections
import functools
import pathlib
import re
import subprocess
import sys
from collections.abc import Iterable

from harness.judge.roles import ROLES
from harness.judge.scenario import Scenario, all_scenarios

ROOT = pathlib.Path(__file__).resolve().parents[1]
_PACKAGES = ("harness", "scenarios", "topologies", "tests")
_MODULE = re.compile(r"(?:harness|scenarios|topologies|tests)(?:\.\w+)+")
# What every question passes through: who starts it, and what runs in its cell.
_STAGE = ("harness.run.runner", "harness.run.worker", "harness.run.proof")


class Changes:
    """The files that differ, as paths below the root, and what they reach."""

    def __init__(self, files: Iterable[str]) -> None:
        self._files = [file for file in files if not file.endswith(".md")]
        self._modules = {module for file in self._files for module in _touched(file)}

    @property
    def cpp(self) -> bool:
        """Whether C++ tests are reached."""
        return any(file.startswith(("cpp/", "tests/cpp/", "tests/fuzz/", "cmake/", "CMake")) for file in self._files)

    @property
    def tests(self) -> list[str]:
        """Files of pytest, without the questions' own."""
        return [name for name in sorted(_tests()) if self._modules & _reached(_module_of(name)) or self._named_in(name)]

    @property
    def questions(self) -> list[str]:
        """Ids of questions."""
        return [id for id, one in all_scenarios().items() if self._reaches(one)]

    def _reaches(self, one: Scenario) -> bool:
        module = one.function.__module__
        of_lab = (f"scenarios/{one.lab}/{part}" for part in ("mutants/", "right/", "agents/", "programs/", "roles.toml", "lab.toml"))
        parts = (*of_lab, "scenarios/roles.toml", "scenarios/mutants/", "scenarios/right/", *(f"cpp/{room}/" for room in _rooms(one)))
        through = set().union(*(_reached(name) for name in (module, *_STAGE)))
        return bool(self._modules & through) or any(file.startswith(parts) for file in self._files)

    def _named_in(self, test: str) -> bool:
        """Whether a test's text has the name of a file that is no module, or of its folder of tests."""
        text = (ROOT / test).read_text(encoding="utf-8")
        paths = [pathlib.PurePath(file) for file in self._files]
        names = {path.name for path in paths if path.suffix != ".py"}
        names |= {path.parts[1] for path in paths if path.parts[0] == "tests" and len(path.parts) > 2}
        return any(re.search(rf"\b{re.escape(name)}\b", text) for name in names - {"harness", "cpp"})


@functools.cache
def _tests() -> tuple[str, ...]:
    return tuple(str(path.relative_to(ROOT)) for path in (ROOT / "tests/harness").glob("test_*.py"))


def _module_of(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _touched(file: str) -> set[str]:
    """The modules that a changed file is, or lies beside."""
    if not file.startswith(tuple(f"{package}/" for package in _PACKAGES)):
        return set()
    if file.endswith(".py"):
        return {_module_of(file)}
    folder = next(parent for parent in pathlib.PurePath(file).parents if not (ROOT / parent).exists() or list((ROOT / parent).glob("*.py")))
    return {_module_of(str(path.relative_to(ROOT))) for path in (ROOT / folder).glob("*.py") if path.name != "__init__.py"}


@functools.cache
def _imports() -> dict[str, set[str]]:
    """Module → modules that it imports, or names in a text as "harness.run.worker:run" does."""
    files = {_module_of(str(path.relative_to(ROOT))): path for package in _PACKAGES for path in (ROOT / package).rglob("*.py")}
    found: dict[str, set[str]] = collections.defaultdict(set)
    for module, path in files.items():
        names: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.update((node.module, *(f"{node.module}.{alias.name}" for alias in node.names)))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                names.update(_MODULE.findall(node.value))
        for name in names:
            # A package's own file is read on the way to what lies in it.
            parts = name.split(".")
            found[module].update(part for part in (".".join(parts[:count]) for count in range(1, len(parts) + 1)) if part in files)
    return found


@functools.cache
def _reached(module: str) -> frozenset[str]:
    """A module and all that it imports, at last. The face of the harness is a list of words, each loaded when it is asked for: it is not
    gone through, since scenarios run on the stage that has them."""
    seen, rest = {module}, [module]
    while rest:
        for name in _imports()[rest.pop()] - seen:
            seen.add(name)
            if name != "harness":
                rest.append(name)
    return frozenset(seen)


def _rooms(one: Scenario) -> set[str]:
    """Rooms of cpp/ whose programs fill the roles of a scenario, with what those link."""
    programs = {str(ROLES[role].template[0]) for role in one.roles if role in ROLES}
    texts = _room_texts()
    made = {name: room for room, text in texts.items() for name in re.findall(r"wireproof_(?:program|library)\((\S+)", text)}
    rest = [*(made[name] for name in programs if name in made), "sandbox", "wire"]
    seen = set(rest)
    while rest:
        for name in re.findall(r"wireproof_\w+", texts[rest.pop()]):
            if (room := made.get(name, "")) and room not in seen:
                seen.add(room)
                rest.append(room)
    return seen


@functools.cache
def _room_texts() -> dict[str, str]:
    return {path.parent.name: path.read_text(encoding="utf-8") for path in (ROOT / "cpp").glob("*/CMakeLists.txt")}


def differing(commit: str) -> list[str]:
    """Files that differ from a commit, and new ones. Raises subprocess.CalledProcessError."""

    def git(*words: str) -> list[str]:
        return subprocess.run(["git", "-C", str(ROOT), *words], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()

    return sorted({*git("diff", "--name-only", "--no-renames", commit, "--"), *git("ls-files", "--others", "--exclude-standard")})


def main() -> int:
    try:
        files = differing(sys.argv[1] if len(sys.argv) > 1 else "HEAD")
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"lab: git cannot tell what differs: {error}", file=sys.stderr)
        return 2
    changes = Changes(files)
    print("cpp" if changes.cpp else "", " ".join(changes.tests), " ".join(changes.questions), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
