"""Mutants: deliberately wrong programs and networks that scenarios must reject."""

from __future__ import annotations

import dataclasses
import importlib
import pathlib

from harness.judge.scenario import all_scenarios
from harness.run.runner import Item

FOLDER = pathlib.Path(__file__).resolve().parent
PROGRAMS = FOLDER / "programs"


@dataclasses.dataclass(frozen=True)
class Mutant:
    """scenario: which one must FAIL; name: what is wrong, in a few words joined by hyphens; caught_by: part of the text of
    the expectation (or reason) that must catch it; roles: role → command, as for --with; tamper: a file of this folder
    whose tamper(net) spoils the network after it was probed; assets: name → the asset that stands in for it."""

    scenario: str
    name: str
    caught_by: str
    roles: dict[str, str] = dataclasses.field(default_factory=dict)
    tamper: str | None = None
    assets: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def run_name(self) -> str:
        """Of its evidence folder."""
        return f"{self.scenario}--{self.name}"

    def item(self, switch: str | None = None) -> Item:
        """The run that must FAIL. It ends with the expectation that catches it: the rest would prove nothing more."""
        return Item(
            all_scenarios()[self.scenario], self.run_name, dict(self.roles), str(FOLDER / self.tamper) if self.tamper else None, switch,
            assets=dict(self.assets), until=self.caught_by,
        )  # fmt: skip


def program(name: str, *words: str) -> str:
    """The command of a Python mutant in tests/mutants/programs."""
    return " ".join(["/usr/bin/python3", str(PROGRAMS / name), *words])


def all_mutants() -> list[Mutant]:
    """The MUTANTS lists of every *_mutants.py here."""
    found: list[Mutant] = []
    for file in sorted(set(FOLDER.glob("*_mutants.py")) - {FOLDER / "test_mutants.py"}):
        found += importlib.import_module(f"tests.mutants.{file.stem}").MUTANTS
    return found
