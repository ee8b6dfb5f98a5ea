"""What one scenario run leaves behind: the verdict and its evidence, as written to ``result.json``.

Times called ``time`` are seconds since the run's start (``started``, seconds since the epoch). Files are named relative
to the scenario's own evidence folder. docs/schemas/ describes the file for other programs.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import pathlib
from typing import Any

from harness.judge.fidelity import Counters, Lag, Lateness, LinkProbe
from harness.judge.files import write_text
from harness.judge.hold import Hold
from harness.judge.records import build, plain

SCHEMA = 2
FILE = "result.json"


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

    expected, found and tolerance are texts for people, expected empty where `what` was waited for in vain and says all; unit is the SI unit or empty. filter is a Wireshark display
    filter that shows the packets in pcapng. comparison: two tables side by side, as harness.evidence.frames.show.rows() makes them.
    whatever_lag: a failure is one however late the machine ran, since lateness cannot bring it about. holds: whether the question's sheet
    asks for it (must), or a good program does it all the same (should). id: "step/expectation", or the step's alone; hint: what to look at
    when it fails.
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
    whatever_lag: bool = False
    holds: Hold = Hold.MUST
    id: str = ""
    hint: str = ""


class Outcome(str, enum.Enum):
    """What became of a step."""

    UNFINISHED = "unfinished"  # the run was ended within
    HELD = "held"
    FAILED = "failed"
    NOT_REACHED = "not reached"  # an earlier one failed, and the question could not go on


@dataclasses.dataclass
class StepResult:
    """A step of the scenario: what fails, is timed and carries points. seconds: from its begin to its end, None where it has none; holds:
    as for expectations."""

    id: str
    title: str
    outcome: Outcome = Outcome.UNFINISHED
    seconds: float | None = None
    points: float = 1
    holds: Hold = Hold.MUST


class Ending(str, enum.Enum):
    """How a scenario came to its end."""

    COMPLETE = "complete"  # all of its steps were taken
    NO_FACT = "no fact"  # what it waited for did not come about, by the programs' doing as far as is known
    NOT_IMPLEMENTED = "not implemented"  # a replaced program said so
    MACHINE = "machine"  # the machine, or the question's own preparation, failed; a doubt tells how
    BROKEN = "broken"  # wireproof itself failed
    STOPPED = "stopped"  # somebody ended the run
    OVERDUE = "overdue"  # the question's time was over
    LOST = "lost"  # its process was gone, with no word of how it ended


@dataclasses.dataclass
class Ended:
    """How a scenario ended, and what is to be said of it. step: the id of the step in which it ended early, if it was in one."""

    how: Ending = Ending.LOST
    text: str = ""
    step: str = ""


@dataclasses.dataclass
class Fault:
    """What a program under test did wrong. source: the program; decides: it is a FAIL by itself, whatever was expected; else it
    explains one. makes_late: where the machine was late, it was because of that, and no doubt."""

    text: str
    source: str = ""
    decides: bool = False
    makes_late: bool = False


class Spoils(str, enum.Enum):
    """Which verdicts a doubt takes back: of whatever was found; of a FAIL only, since it cannot make a wrong program look right; of
    none, where it touches what is shown and not what was judged."""

    ANY = "any"
    FAIL = "FAIL"
    NONE = "none"


@dataclasses.dataclass
class Doubt:
    """Where the machine, or what belongs to the harness, did not keep its promises. source: what did not ("capture", "links", "lag",
    "Open vSwitch", "tools", "limits", …); remedy: what to do about it; lasting: trying again would find the same."""

    text: str
    source: str
    remedy: str = ""
    spoils: Spoils = Spoils.ANY
    lasting: bool = False

    def __str__(self) -> str:
        return f"{self.text}; {self.remedy}" if self.remedy else self.text


@dataclasses.dataclass
class Attempt:
    """An earlier try of the same question in the same run, which could not be judged or was not believed. folder: its evidence, within the
    result's."""

    number: int
    folder: str
    verdict: Verdict
    reasons: list[str]
    started: float
    seconds: float


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
    """A figure: data (JSON) and picture (SVG) files; of a screenshot, a picture (PNG) alone."""

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
    """Everything known about one scenario's run. ``topology`` is what harness.world.network.Network.describe() gives; ``parameters``:
    name → {"value", "unit"}. Verdict and reasons are what harness.judge.verdict makes of the rest: expectations, ended, faults, doubts,
    lag, late_links (by the link's name), timing_critical, hold (to how much the programs are held), and which roles are replaced.
    worth: the points that the lab gives for the whole question, None where it says nothing. earlier: attempts before this one."""

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
    steps: list[StepResult] = dataclasses.field(default_factory=list)
    worth: float | None = None
    expectations: list[ExpectationResult] = dataclasses.field(default_factory=list)
    ended: Ended = dataclasses.field(default_factory=Ended)
    faults: list[Fault] = dataclasses.field(default_factory=list)
    doubts: list[Doubt] = dataclasses.field(default_factory=list)
    timing_critical: bool = False
    hold: Hold = Hold.SHOULD
    lag: Lag = dataclasses.field(default_factory=Lag)
    late_links: dict[str, Lateness] = dataclasses.field(default_factory=dict)
    link_probes: list[LinkProbe] = dataclasses.field(default_factory=list)
    link_counters: dict[str, dict[str, Counters]] = dataclasses.field(default_factory=dict)
    lost_by_switches: dict[str, int] = dataclasses.field(default_factory=dict)
    measurements: list[Measurement] = dataclasses.field(default_factory=list)
    transcript: list[TranscriptEntry] = dataclasses.field(default_factory=list)
    captures: list[CaptureResult] = dataclasses.field(default_factory=list)
    captures_removed: str = ""
    frames: list[Frame] = dataclasses.field(default_factory=list)
    plots: list[PlotResult] = dataclasses.field(default_factory=list)
    sequences: list[SequenceResult] = dataclasses.field(default_factory=list)
    versions: dict[str, str] = dataclasses.field(default_factory=dict)
    earlier: list[Attempt] = dataclasses.field(default_factory=list)
    schema: int = SCHEMA

    @property
    def failed(self) -> list[ExpectationResult]:
        """The expectations that speak against the programs."""
        return [row for row in self.expectations if not row.passed and self.holds_to(row)]

    @property
    def advice(self) -> list[ExpectationResult]:
        """What a good program does and these do not, where they are not held to it."""
        return [row for row in self.expectations if not row.passed and not self.holds_to(row)]

    @property
    def failed_ids(self) -> list[str]:
        """The ids of what failed, each once; a wait in vain has its step's. Empty for scenarios whose steps have none."""
        rows = [row.id for row in self.failed]
        return list(dict.fromkeys(id for id in [*rows, self.ended.step if self.ended.how is Ending.NO_FACT else ""] if id))

    @property
    def points(self) -> tuple[float, float]:
        """Points for the steps that held, and for all to which these programs are held; in shares of the question's worth."""
        counted = [step for step in self.steps if self.holds_to(step)]
        whole = sum(step.points for step in counted)
        share = 1.0 if self.worth is None or not whole else self.worth / whole
        return share * sum(step.points for step in counted if step.outcome is Outcome.HELD), share * whole

    def holds_to(self, row: ExpectationResult | StepResult) -> bool:
        """Whether this run's programs are held to an expectation, or to a step."""
        return row.holds is Hold.MUST or self.hold is Hold.SHOULD

    def to_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Result":
        """The inverse of to_json; unknown keys are refused so that a schema change is noticed."""
        if data.get("schema") != SCHEMA:
            raise ValueError(f"result has schema {data.get('schema')!r}, this program reads {SCHEMA}")
        return build(cls, data)

    def write(self, folder: pathlib.Path) -> None:
        """Writes result.json at once or not at all: a reader never sees half a file."""
        write_text(folder / FILE, json.dumps(plain(self.to_json()), indent=1, ensure_ascii=False, allow_nan=False) + "\n")

    @classmethod
    def read(cls, folder: pathlib.Path) -> "Result":
        return cls.from_json(json.loads((folder / FILE).read_text(encoding="utf-8")))
