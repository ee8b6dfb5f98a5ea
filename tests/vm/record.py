"""What came of each step so far, on disk: a run that was ended in the middle can be taken up again."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
from typing import Any

from tests.vm.outcome import INCONCLUSIVE, Outcome


class Record:
    """file: where it is kept; state: names what is tested: outcomes of another state are forgotten, and so is everything
    unless `keep`. facts: of the machine, for the report."""

    def __init__(self, file: pathlib.Path, state: str, keep: bool) -> None:
        self._file, self._state = file, state
        self.facts: dict[str, Any] = {}
        self.outcomes: dict[str, Outcome] = {}
        if keep:
            self._load()

    def _load(self) -> None:
        try:
            kept = json.loads(self._file.read_text())
            if kept["state"] == self._state:
                self.facts = kept["facts"]
                self.outcomes = {row["step"]: Outcome(**row) for row in kept["steps"]}
        except (OSError, ValueError, KeyError, TypeError):  # there is none, or of another version
            return

    def add(self, outcome: Outcome) -> None:
        self.outcomes[outcome.step] = outcome
        self.save()

    def save(self) -> None:
        rows = [dataclasses.asdict(outcome) for outcome in self.outcomes.values()]
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps({"state": self._state, "facts": self.facts, "steps": rows}, indent=1) + "\n")
        os.replace(new, self._file)

    def open(self, names: list[str]) -> list[str]:
        """Those without a verdict that says something."""
        return [name for name in names if name not in self.outcomes or self.outcomes[name].verdict == INCONCLUSIVE]
