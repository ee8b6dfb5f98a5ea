"""What one scenario run leaves behind: the verdict and its evidence, as written to ``result.json``.

Times called ``time`` are seconds since the run's start (``started``, seconds since the epoch). Files are named relative
to the scenario's own evidence folder.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import os
import pathlib
from typing import Any

SCHEMA = 1


class Verdict(str, enum.Enum):
    """The outcomes of a scenario (design rule 3), and SKIPPED for a role that is not implemented (exit 127)."""

    PASS = "PASS"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    SKIPPED = "SKIPPED"


@dataclasses.dataclass
class NearPacket:
    """A packet shown beside a failed expectation: Wireshark frame number, seconds since start, one-line summary."""

    number: int
    time: float
    summary: str


@dataclasses.dataclass
class ExpectationResult:
    """One thing a scenario claims, and what was found.

    expected, found and tolerance are texts for people; unit is the SI unit or empty. filter is a Wireshark display
    filter that shows the packets in pcapng. comparison: two tables side by side, as harness.frames.show.rows() makes them.
    """

    what: str
    expected: str
    found: str
    passed: bool
    tolerance: str = "exact"
    unit: str = ""
    interface: str = ""
    filter: str = ""
    pcapng: str = ""
    packets: list[NearPacket] = dataclasses.field(default_factory=list)
    comparison: list[list[str]] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class TranscriptEntry:
    """A line of the lab's story. kind: step, start, type, output, signal, exit, note."""

    time: float
    kind: str
    host: str
    program: str
    text: str


@dataclasses.dataclass
class Frame:
    """A captured packet as the sequence diagram draws it: an arrow from one host's column to another's. kind: syn, fin, reset,
    data, ack, repeat (sent again), error (of ICMP), or empty for all others."""

    number: int
    time: float
    source: str
    destination: str
    label: str
    interface: str = ""
    kind: str = ""


@dataclasses.dataclass
class Mark:
    """What a program did, beside its host's column. kind: call (made the frame of this number leave), return (returned because of
    it), kernel (no call was behind it), signal, type (at the keyboard), end, killed. number: 0 where no frame belongs to it."""

    time: float
    host: str
    text: str
    kind: str = "call"
    number: int = 0


@dataclasses.dataclass
class SequenceResult:
    """A sequence diagram that a scenario asked for, its columns in the order of hosts; picture is its SVG file."""

    name: str
    title: str
    hosts: list[str] = dataclasses.field(default_factory=list)
    frames: list[Frame] = dataclasses.field(default_factory=list)
    marks: list[Mark] = dataclasses.field(default_factory=list)
    picture: str = ""


@dataclasses.dataclass
class CaptureResult:
    """One pcapng file: how many packets it holds and how many the kernel dropped."""

    interface: str
    file: str
    packets: int
    dropped: int


@dataclasses.dataclass
class PlotResult:
    """A figure: data (JSON) and picture (SVG) files."""

    name: str
    title: str
    data: str
    picture: str


@dataclasses.dataclass
class Measurement:
    """A figure that a scenario measured, by name; unit as in "Mbit/s", or empty for a plain number."""

    name: str
    value: float
    unit: str = ""


@dataclasses.dataclass
class Result:
    """Everything known about one scenario's run. ``topology`` is what harness.network.Network.describe() gives; ``parameters``:
    name → {"value", "unit"}."""

    id: str
    title: str = ""
    question: str = ""
    answer: str = ""
    verdict: Verdict = Verdict.INCONCLUSIVE
    reasons: list[str] = dataclasses.field(default_factory=list)
    started: float = 0.0
    seconds: float = 0.0
    timings: dict[str, float] = dataclasses.field(default_factory=dict)
    seed: int = 0
    attempt: int = 1
    command: str = ""
    parameters: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    topology: dict[str, Any] = dataclasses.field(default_factory=dict)
    roles: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    expectations: list[ExpectationResult] = dataclasses.field(default_factory=list)
    measurements: list[Measurement] = dataclasses.field(default_factory=list)
    transcript: list[TranscriptEntry] = dataclasses.field(default_factory=list)
    captures: list[CaptureResult] = dataclasses.field(default_factory=list)
    frames: list[Frame] = dataclasses.field(default_factory=list)
    plots: list[PlotResult] = dataclasses.field(default_factory=list)
    sequences: list[SequenceResult] = dataclasses.field(default_factory=list)
    fidelity: dict[str, Any] = dataclasses.field(default_factory=dict)
    versions: dict[str, str] = dataclasses.field(default_factory=dict)
    schema: int = SCHEMA

    def to_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Result":
        """The inverse of to_json; unknown keys are refused so that a schema change is noticed."""
        if data.get("schema") != SCHEMA:
            raise ValueError(f"result has schema {data.get('schema')!r}, this program reads {SCHEMA}")
        values = dict(data)
        values["verdict"] = Verdict(values["verdict"])
        values["expectations"] = [
            ExpectationResult(**{**row, "packets": [NearPacket(**packet) for packet in row["packets"]]})
            for row in values["expectations"]
        ]
        for key, kind in (
            ("transcript", TranscriptEntry),
            ("captures", CaptureResult),
            ("frames", Frame),
            ("plots", PlotResult),
            ("measurements", Measurement),
        ):
            values[key] = [kind(**row) for row in values.get(key, [])]
        values["sequences"] = [
            SequenceResult(
                **{**row, "frames": [Frame(**one) for one in row["frames"]], "marks": [Mark(**one) for one in row["marks"]]}
            )
            for row in values.get("sequences", [])
        ]
        return cls(**values)

    def write(self, folder: pathlib.Path) -> None:
        """Writes result.json at once or not at all: a reader never sees half a file."""
        temporary = folder / ".result.json.part"
        temporary.write_text(json.dumps(self.to_json(), indent=1, default=str), encoding="utf-8")
        os.replace(temporary, folder / "result.json")

    @classmethod
    def read(cls, folder: pathlib.Path) -> "Result":
        return cls.from_json(json.loads((folder / "result.json").read_text(encoding="utf-8")))
