"""The lab a scenario works in: hosts, programs, packets, expectations, plots."""

from __future__ import annotations

import json
import pathlib
import shlex
import time
from typing import Any, Callable, Sequence

from harness.evidence.capture.packets import Packets
from harness.evidence.capture.rates import Rate
from harness.evidence.capture.recorder import Recorder, finish, flush
from harness.evidence.frames.picture import drawn
from harness.judge.hold import Hold
from harness.judge.parameters import Values
from harness.judge.result import ExpectationResult, Frame, Measurement, PlotResult, SequenceResult, StepResult, TranscriptEntry
from harness.judge.waiting import seconds_left, soon, wait_for
from harness.stage.casting import Casting
from harness.stage.figures import Figures
from harness.stage.filters import Filter
from harness.stage.frame_expectations import FrameExpectations
from harness.stage import standing
from harness.stage.habits import Habits
from harness.stage.host import Host
from harness.stage.kept import Kept
from harness.stage.line import LineProgram
from harness.stage.multicast_expectations import MulticastExpectations
from harness.stage.program import Program
from harness.stage.sandbox import name_hosts
from harness.world import assets, unpacked
from harness.world.network.control import LinkControl

_TRANSCRIPT_TEXT = 4000


class Lab(FrameExpectations, MulticastExpectations, Casting, Figures):
    """What a scenario function gets. Hosts are attributes: ``lab.h1``."""

    def __init__(
        self,
        network: Any,
        folder: pathlib.Path,
        replacements: dict[str, str],
        programs: pathlib.Path,
        assets_folder: pathlib.Path,
        working_folder: pathlib.Path,
        declared_roles: tuple[str, ...],
        seed: int,
        exchanged_assets: dict[str, str] | None = None,
        parameters: Values = Values({}),
        at_defaults: bool = True,
        question: str = "",
        hand_in: pathlib.Path | None = None,
        hold: Hold = Hold.SHOULD,
    ) -> None:
        """hand_in: the folder of the programs that replace ours, which they see whole; without one each sees what its command names.
        hold: whether they are held to what a good program does beyond what is asked."""
        self.network, self.folder, self.seed, self.question = network, folder, seed, question
        self.parameters, self.at_defaults = parameters, at_defaults
        self.logs = folder / "logs"
        self.logs.mkdir(exist_ok=True)
        self.started = time.time()
        self.programs: list[Program | LineProgram] = []
        self.expectations: list[ExpectationResult] = []
        self.steps: list[StepResult] = []
        self.transcript: list[TranscriptEntry] = []
        self.measurements: list[Measurement] = []
        self.plots: list[PlotResult] = []
        self.sequences: list[SequenceResult] = []
        self.roles: dict[str, dict[str, Any]] = {}
        self.recorders: dict[str, Recorder] = {}
        self._servers: list[tuple[Habits, float]] = []
        self._replacements, self._programs_folder = replacements, programs
        self.hold = hold
        self._hand_in, self._base = hand_in, hand_in or working_folder
        self._assets_folder, self._working_folder = assets_folder, working_folder
        self._declared_roles, self._exchanged_assets = declared_roles, exchanged_assets or {}
        self._events = (folder / "events.jsonl").open("w", buffering=1)
        self.hosts = {node.name: Host(self, node) for node in network.net.hosts}
        name_hosts({host.name: (host.address, host.address6) for host in self.hosts.values()})

    def __getattr__(self, name: str) -> Host:
        hosts = self.__dict__.get("hosts", {})
        if name in hosts:
            return hosts[name]
        raise AttributeError(f"the lab has no host or attribute {name!r}; hosts are {', '.join(hosts)}")

    # the story

    def tell(self, kind: str, host: str, program: str, text: str) -> None:
        """Adds a line to the transcript and to events.jsonl."""
        shown = text if len(text) <= _TRANSCRIPT_TEXT else text[:_TRANSCRIPT_TEXT] + f" … ({len(text)} characters)"
        entry = TranscriptEntry(round(time.time() - self.started, 6), kind, host, program, shown)
        self.transcript.append(entry)
        self._events.write(json.dumps(vars(entry), ensure_ascii=False) + "\n")

    def show_output(self, program: Program) -> None:
        """Puts what a program printed since the last time into the transcript, as the student sees it."""
        program.show()

    def shown(self, command: Sequence[str]) -> str:
        """A command as a person types it: our programs without their folder."""
        return shlex.join(unpacked.shown(word.removeprefix(f"{self._programs_folder}/")) for word in command)

    # links

    def link(self, a: Host | str, b: Host | str, number: int = 1) -> LinkControl:
        """The link between two nodes, to change, cut and count it; "forward" is from a to b. number: which of several."""
        names = [node.name if isinstance(node, Host) else node for node in (a, b)]
        found = self.network.link(*names, number, tell=lambda text: self.tell("note", "", "", text))
        found.before_cut = lambda interfaces: flush(self.recorders[name] for name in interfaces if name in self.recorders)
        return found

    # programs and facts

    def wait(self, *programs: Program, deadline: float = 30) -> list[int]:
        """Waits for programs to end, all within one deadline (seconds from now); their exit statuses."""
        end = time.monotonic() + seconds_left(deadline)
        return [program.wait(max(0.0, end - time.monotonic())) for program in programs]

    def until(self, fact: Callable[[], Any], what: str, deadline: float = 10, details: Callable[[], str] | None = None) -> Any:
        """Waits until fact() is true, and returns its value. details: tells, where that was in vain, what was there instead;
        how the judged programs are is told behind it."""

        def instead() -> str:
            told = f": {details()}" if details else ""
            return told + standing.everybody(self, f"{what}{told}")

        return wait_for(fact, what, deadline, details=instead)

    def soon(self, fact: Callable[[], Any], deadline: float) -> Any:
        """fact() as soon as it is true, and what it is when so many seconds have passed: to choose a way, where neither is wrong."""
        return soon(fact, bool, deadline)

    def at(self, seconds: float, since: Program | float) -> None:
        """Goes on `seconds` after a program was started (or after an instant, seconds since the epoch): the time-table."""
        start = since.started if isinstance(since, Program) else since
        remaining = start + seconds - time.time()
        if remaining > 0:
            time.sleep(remaining)

    def kept(self, name: str, size: int = 64 << 20) -> Kept:
        """A folder, empty at first, of so many bytes at most, that outlives the programs that are given it: for parameters of roles that keep
        something, such as a cache. Its files can be read and changed meanwhile."""
        return Kept(name, size)

    def asset(self, name: str) -> pathlib.Path:
        """A file made at build time, such as "clip.ts"."""
        return assets.asset(self._exchanged_assets.get(name, name), self._assets_folder)

    # packets

    def record(self, interface: Any, snaplen: int) -> None:
        """Begins to record an interface (harness use)."""
        self.recorders[interface.name] = Recorder(interface, self.folder / f"{interface.name}.pcapng", snaplen)

    def packets(self, interface: str | Host, text: str = "") -> Packets:
        """What an interface (or a host's first one) has seen so far, all or what a display filter chooses."""
        name = interface.interface if isinstance(interface, Host) else interface
        if name not in self.recorders:
            raise ValueError(f"{name} is not recorded; recorded are {', '.join(self.recorders)}")
        packets = self.recorders[name].packets()
        return packets.where(text) if text else packets

    def rate(self, interface: str | Host, text: str = "", window: float = 1.0) -> Rate:
        """Bits per second on the wire over time."""
        return self.packets(interface, text).rate(window)

    def wait_for_packet(
        self, interface: str | Host, text: str, deadline: float = 10, what: str = "", details: Callable[[], str] | None = None
    ) -> Packets:
        """Waits until the interface has seen a packet that the filter chooses. what: what it is, for who reads that it did not come ("the
        server's FIN to h3, after 'bye'"); details: as for until()."""
        packet = f"a packet '{text}' on {interface}"
        what = what or (text.words if isinstance(text, Filter) else "")
        return self.until(lambda: self.packets(interface, text), f"{what} ({packet})" if what else packet, deadline, details)

    def frames(self) -> list[Frame]:
        """The first packets between hosts, for the sequence diagram: from the interface that saw most."""
        if not self.recorders:
            return []
        tables = [recorder.packets() for recorder in self.recorders.values() if recorder.decoded is not None]
        table = max(tables, key=len) if tables else next(iter(self.recorders.values())).packets()
        chosen = table.where("arp or ip")
        return drawn(chosen if len(chosen) else table, (host.node for host in self.hosts.values()), self.started)

    def close(self) -> None:
        """Ends what still runs, and the captures, and takes what they tell of servers."""
        with self._events:
            for program in reversed(self.programs):
                program.stop()
            finish(self.recorders.values())
            self._look_back()
