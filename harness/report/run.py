"""A run folder, read back: what each scenario left, also when some were killed before they could say anything."""

from __future__ import annotations

import dataclasses
import enum
import json
import pathlib
import re
import shutil
from typing import Any

from harness.judge.files import write_text
from harness.judge.records import plain
from harness.judge.result import Result, Verdict
from harness.report.text import natural_key

SCHEMA = 2
FILE = "results.json"


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


class State(str, enum.Enum):
    """How a run as a whole came to its end."""

    UNKNOWN = ""  # nobody said
    UNFINISHED = "unfinished"  # it goes on, or was killed
    FINISHED = "finished"
    INTERRUPTED = "interrupted"  # by somebody
    STOPPED = "stopped"  # at the first FAIL, as was asked for


@dataclasses.dataclass
class Information:
    """What is known of a run as a whole. started: seconds since the epoch; planned: the folders of all questions that are to be run;
    not_run: those of them that were not begun; counts: results by verdict. Others may add words of their own."""

    id: str
    started: float | None = None
    seconds: float | None = None
    seed: int | None = None
    command: str = ""
    state: State = State.UNKNOWN
    planned: list[str] = dataclasses.field(default_factory=list)
    not_run: list[str] = dataclasses.field(default_factory=list)
    counts: dict[str, int] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Run:
    """A run: its folder, what is known of it as a whole (the fields of Information, and more), and all records."""

    folder: pathlib.Path
    info: dict[str, Any]
    records: list[Record]

    @property
    def results(self) -> list[Result]:
        return [record.result for record in self.records]

    @property
    def state(self) -> State:
        try:
            return State(self.info.get("state") or "")
        except ValueError:
            return State.UNKNOWN

    @property
    def ended_early(self) -> str:
        """A sentence for a run that was not to its end; else empty."""
        left = len(self.info.get("not_run") or [])
        more = f"{left} question{' was' if left == 1 else 's were'} not run" if left else "all questions were begun"
        words = {
            State.UNFINISHED: f"unfinished: the run goes on, or was killed; {more}",
            State.INTERRUPTED: f"interrupted: {more}",
            State.STOPPED: f"stopped at the first FAIL, as asked: {more}" if left else "",
        }
        return words.get(self.state, "")

    @property
    def verdicts(self) -> list[str]:
        """What the exit status is made from: a run without its end proves less than it was to."""
        own = [result.verdict.value for result in self.results]
        return [*own, Verdict.INCONCLUSIVE.value] if self.state in (State.UNFINISHED, State.INTERRUPTED) else own

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
        return _unread(folder, "unfinished: it was ended before it was judged, and there is no result.json in its folder")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return _unread(folder, f"result.json cannot be read: {type(error).__name__}: {error}")


def load_run(run_folder: pathlib.Path | str) -> Run:
    """Reads a run folder: results.json for what the runner said, each question's result.json for the rest.

    Questions are those that the run planned, as far as they were begun; where nothing says what was planned, every sub-folder is one,
    unless its name begins with a dot or an underscore. Raises FileNotFoundError or NotADirectoryError when there is no such folder.
    """
    run_folder = pathlib.Path(run_folder)
    names = sorted((entry.name for entry in run_folder.iterdir() if entry.is_dir() and entry.name[0] not in "._"), key=natural_key)
    info = dataclasses.asdict(Information(run_folder.resolve().name)) | read_information(run_folder)
    planned = info["planned"]
    if planned:
        info["not_run"] = [name for name in planned if name not in names]
        names = [name for name in names if name in planned]
    return Run(run_folder, info, [load_record(run_folder / name) for name in names])


def read_information(run_folder: pathlib.Path) -> dict[str, Any]:
    """What results.json says of the run as a whole; nothing where it cannot be read."""
    try:
        stored = json.loads((run_folder / FILE).read_text(encoding="utf-8"))["run"]
    except (OSError, ValueError, AttributeError, TypeError, KeyError, RecursionError):
        return {}
    if not isinstance(stored, dict):
        return {}
    planned = stored.get("planned")
    return {**stored, "planned": [name for name in planned if _is_name(name)] if isinstance(planned, list) else []}


def _is_name(name: Any) -> bool:
    return isinstance(name, str) and name == pathlib.PurePath(name).name and name[:1] not in (".", "_", "")


def begin_run(run_folder: pathlib.Path, information: dict[str, Any], planned: list[str]) -> None:
    """Says in results.json that the run is unfinished, and takes away what an earlier run left here. Raises OSError."""
    earlier = [run_folder / name for name in read_information(run_folder).get("planned", [])]
    earlier += [result.parent for result in run_folder.glob("*/result.json")]
    told = dataclasses.asdict(Information(run_folder.name)) | information
    told |= {"state": State.UNFINISHED, "planned": planned, "not_run": planned}
    text = json.dumps(plain({"schema": SCHEMA, "run": told, "results": []}), indent=1, ensure_ascii=False, allow_nan=False)
    write_text(run_folder / FILE, text + "\n")
    for name in ("index.html", "junit.xml"):
        (run_folder / name).unlink(missing_ok=True)
    for folder in earlier:
        if folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder)
