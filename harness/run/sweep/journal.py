"""What a sweep keeps while it runs, so that it can go on after any end: plan.json, and runs.jsonl with a line per judged run.

A line is on the disk (fsync) before the run counts as done. A last line without its line end was being written when
everything ended: it is cut off, and its run done again.
"""

from __future__ import annotations

import dataclasses
import errno
import fcntl
import hashlib
import inspect
import json
import os
import pathlib
import shlex
from typing import Any

from harness.judge.files import write_text
from harness.judge.parameters import Value, shown_value
from harness.judge.result import Measurement, Result, Verdict
from harness.judge.scenario import Scenario
from harness.run.owner import make_folder
from harness.run.sweep.grid import Run, runs
from harness.world import machine

SCHEMA = 1


class SweepError(ValueError):
    """A folder holds no sweep that can go on, or another one; the message says what to do."""


@dataclasses.dataclass
class Plan:
    """What is asked for. over: parameter → its values; fixed: the other values given; replacements: role → command; fingerprint:
    of the files that say what is measured; versions: of kernel and tools."""

    id: str
    over: dict[str, list[Value]]
    fixed: dict[str, Value]
    repeat: int
    seed: int
    replacements: dict[str, str] = dataclasses.field(default_factory=dict)
    switch: str | None = None
    links: str | None = None
    keep_captures: bool = False
    fingerprint: str = ""
    versions: dict[str, str] = dataclasses.field(default_factory=dict)
    schema: int = SCHEMA

    @property
    def command(self) -> str:
        """What to type for the whole sweep, with every value that matters."""
        words = ["./lab", "sweep", self.id]
        for name, values in self.over.items():
            words += ["--over", f"{name}={','.join(map(shown_value, values))}"]
        for name, value in self.fixed.items():
            words += ["--set", f"{name}={shown_value(value)}"]
        words += ["--repeat", str(self.repeat), "--seed", str(self.seed)]
        for role, command in self.replacements.items():
            words += ["--with", f"{role}={command}"]
        words += ["--switch", self.switch] if self.switch else []
        words += ["--links", self.links] if self.links else []
        return shlex.join([*words, *(["--keep-captures"] if self.keep_captures else [])])

    def runs(self) -> list[Run]:
        return runs(self.over, self.fixed, self.repeat, self.seed)

    def differences(self, earlier: "Plan") -> list[str]:
        """Why runs of an earlier plan cannot stand beside those of this one, in words. More repetitions can."""
        found = [] if self.id == earlier.id else [f"it is a sweep of {earlier.id}, not of {self.id}"]
        if self.fingerprint != earlier.fingerprint:
            found.append(f"the file of {self.id} or of its topology has changed since")
        given: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
            ("--over", self.over, earlier.over),
            ("--set", self.fixed, earlier.fixed),
            ("--with", self.replacements, earlier.replacements),
        ]
        for option, values, earlier_values in given:
            if list(values.items()) != list(earlier_values.items()):
                found.append(f"{option} was {_words(earlier_values)} and is {_words(values)}")
        for option, now, before in (("--seed", self.seed, earlier.seed), ("--switch", self.switch, earlier.switch), ("--links", self.links, earlier.links)):
            if now != before:
                found.append(f"{option} was {before} and is {now}")
        if self.repeat < earlier.repeat:
            found.append(f"--repeat was {earlier.repeat} and is only {self.repeat} (it may be raised)")
        return found


def _words(given: dict[str, Any]) -> str:
    rows = [f"{name}={','.join(map(shown_value, value)) if isinstance(value, list) else value}" for name, value in given.items()]
    return " ".join(rows) or "not given"


def fingerprint(one: Scenario) -> str:
    """Changes with the scenario's file and with that of its topology."""
    files = sorted({inspect.getfile(one.function), inspect.getfile(type(one.topology))})
    digest = hashlib.sha256(b"".join(hashlib.sha256(pathlib.Path(file).read_bytes()).digest() for file in files))
    return digest.hexdigest()


@dataclasses.dataclass
class Record:
    """One judged run. folder: its evidence, as seen from the sweep's folder."""

    point: int
    repetition: int
    values: dict[str, Value]
    seed: int
    verdict: Verdict
    attempt: int
    started: float
    seconds: float
    reasons: list[str]
    measurements: list[Measurement]
    command: str
    folder: str

    @classmethod
    def of(cls, run: Run, result: Result, folder: str) -> "Record":
        return cls(
            run.point, run.repetition, run.values, run.seed, result.verdict, result.attempt, result.started, result.seconds,
            result.reasons, result.measurements, result.command, folder,
        )  # fmt: skip

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Record":
        rows = [Measurement(**row) for row in data["measurements"]]
        fields: dict[str, Any] = {**data, "verdict": Verdict(data["verdict"]), "measurements": rows}
        return cls(**fields)

    @property
    def judged(self) -> bool:
        """True if its figures count: the machine kept its promises, whatever the verdict."""
        return self.verdict in (Verdict.PASS, Verdict.FAIL)


class Journal:
    """A sweep's folder, locked until close(). records: the last one of each run, by (point, repetition)."""

    def __init__(self, folder: pathlib.Path, plan: Plan) -> None:
        """Begins a sweep in a new or empty folder, or goes on with the one that is there. Raises SweepError, OSError."""
        self.folder, self.plan = folder, plan
        self.path = folder / "runs.jsonl"
        earlier = read_plan(folder)
        if earlier is None and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise SweepError(f"{folder}: it exists and holds no sweep; name a new or empty folder")
        make_folder(folder, exist_ok=True)
        self._file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if earlier:
                self._continue(earlier)
            self.records = self._read()
            write_text(folder / "plan.json", json.dumps(dataclasses.asdict(plan), indent=1, ensure_ascii=False) + "\n")
            _sync(folder)
        except BlockingIOError:
            os.close(self._file)
            raise SweepError(f"{folder}: another ./lab sweep is at work there") from None
        except BaseException:
            os.close(self._file)
            raise

    def _continue(self, earlier: Plan) -> None:
        if differences := self.plan.differences(earlier):
            raise SweepError(f"{self.folder}: this sweep cannot go on with other figures: {'; '.join(differences)}. Give another --out")

    def _read(self) -> dict[tuple[int, int], Record]:
        data = self.path.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            os.ftruncate(self._file, whole)
        planned = {(run.point, run.repetition): run for run in self.plan.runs()}
        records = {}
        for number, line in enumerate(data[:whole].splitlines(), 1):
            try:
                record = Record.from_json(json.loads(line))
                run = planned[record.point, record.repetition]
                if (run.values, run.seed) != (record.values, record.seed):
                    raise ValueError("its values or its seed are not those of the plan")
            except (ValueError, KeyError, TypeError) as error:
                why = f"{type(error).__name__}: {error}"
                raise SweepError(f"{self.path}, line {number} cannot be read ({why}); delete it, and its run is done again") from None
            records[record.point, record.repetition] = record
        return records

    def append(self, record: Record) -> None:
        """Makes a record last."""
        text = json.dumps(dataclasses.asdict(record), ensure_ascii=False) + "\n"
        data = text.encode("utf-8", "backslashreplace")
        size = os.fstat(self._file).st_size
        if os.write(self._file, data) != len(data):
            os.ftruncate(self._file, size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
        os.fsync(self._file)
        self.records[record.point, record.repetition] = record

    def remaining(self) -> list[Run]:
        """Runs that are not done, or were INCONCLUSIVE the last time: the machine may be quieter now."""
        done = {key for key, record in self.records.items() if record.verdict is not Verdict.INCONCLUSIVE}
        return [run for run in self.plan.runs() if (run.point, run.repetition) not in done]

    def ordered(self) -> list[Record]:
        return [self.records[key] for key in sorted(self.records)]

    def close(self) -> None:
        os.close(self._file)


def read_plan(folder: pathlib.Path) -> Plan | None:
    """The plan in a folder, or None if there is none. Raises SweepError for one that cannot be read."""
    path = folder / "plan.json"
    if not path.exists():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data.get("schema") != SCHEMA:
            raise ValueError(f"schema {data.get('schema')!r}, and this program reads {SCHEMA}")
        return Plan(**data)
    except (ValueError, TypeError, AttributeError, OSError) as error:
        raise SweepError(f"{path} cannot be read: {error}") from error


def new_plan(one: Scenario, **given: Any) -> Plan:
    return Plan(one.id, fingerprint=fingerprint(one), versions=machine.versions(), **given)


def _sync(folder: pathlib.Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
