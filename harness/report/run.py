"""A run folder, read back: what each scenario left, also when some were killed before they could say anything."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import re
from typing import Any

from harness.report.text import natural_key
from harness.result import Result, Verdict


@dataclasses.dataclass
class Record:
    """One scenario's evidence: its folder, its result, and whether the result had to be made up for want of a file."""

    folder: pathlib.Path
    result: Result
    incomplete: bool = False

    @property
    def anchor(self) -> str:
        """The HTML id of the scenario's section. Folder names are unique in a run, ids need not be (--repeat)."""
        return re.sub(r"[^A-Za-z0-9._-]", "-", self.folder.name)

    @property
    def name(self) -> str:
        """The scenario's id; with the folder's name where that differs, so that repeated runs can be told apart."""
        return self.result.id if self.result.id == self.folder.name else f"{self.result.id} ({self.folder.name})"


@dataclasses.dataclass
class Run:
    """A run: its folder, what the runner said about it (id, started, seconds, seed, command, …), and all records."""

    folder: pathlib.Path
    info: dict[str, Any]
    records: list[Record]

    @property
    def results(self) -> list[Result]:
        return [record.result for record in self.records]

    @property
    def counts(self) -> dict[str, int]:
        """How many scenarios ended with each verdict; every verdict has a key."""
        counts = {verdict.value: 0 for verdict in Verdict}
        for result in self.results:
            counts[result.verdict.value] += 1
        return counts


def _unread(folder: pathlib.Path, reason: str) -> Record:
    return Record(folder, Result(id=folder.name, verdict=Verdict.INCONCLUSIVE, reasons=[reason]), incomplete=True)


def load_record(folder: pathlib.Path) -> Record:
    """Reads one scenario's folder. A missing or damaged result.json gives an INCONCLUSIVE record that says so."""
    try:
        return Record(folder, Result.read(folder))
    except FileNotFoundError:
        return _unread(folder, "ended before it was judged: there is no result.json in its folder")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return _unread(folder, f"result.json cannot be read: {type(error).__name__}: {error}")


def load_run(run_folder: pathlib.Path | str) -> Run:
    """Reads a run folder: results.json for what the runner said, each sub-folder's result.json for the rest.

    Every sub-folder is a scenario, unless its name begins with a dot or an underscore. Raises FileNotFoundError or
    NotADirectoryError when there is no such folder.
    """
    run_folder = pathlib.Path(run_folder)
    folders = [entry for entry in run_folder.iterdir() if entry.is_dir() and entry.name[0] not in "._"]
    info: dict[str, Any] = {"id": run_folder.resolve().name}
    try:
        stored = json.loads((run_folder / "results.json").read_text(encoding="utf-8")).get("run")
        info.update(stored if isinstance(stored, dict) else {})
    except (OSError, ValueError, AttributeError, RecursionError):
        pass  # The runner was killed before it wrote the file; the records tell what is known.
    return Run(run_folder, info, [load_record(folder) for folder in sorted(folders, key=lambda f: natural_key(f.name))])
