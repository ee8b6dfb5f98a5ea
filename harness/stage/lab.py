"""The lab a scenario works in: hosts, programs, packets, expectations, plots."""

from __future__ import annotations

import contextlib
import json
import math
import pathlib
import re
import shlex
import shutil
import time
from contextlib import AbstractContextManager
from typing import Any, Callable, Iterator, Sequence

from harness.evidence.capture.packets import Packets
from harness.evidence.capture.rates import Rate
from harness.evidence.capture.recorder import Recorder, finish, flush
from harness.evidence.frames.observe import SeveralConnections
from harness.evidence.frames.picture import drawn
from harness.judge import expect
from harness.judge.expect import Matcher, amount
from harness.judge.hold import Hold
from harness.judge.parameters import Values
from harness.judge.result import ExpectationResult, Frame, Measurement, NearPacket, PlotResult, SequenceResult, TranscriptEntry, Verdict
from harness.judge.roles import ROLES, RoleError
from harness.judge.roles.replacement import taken
from harness.judge.scenario import ROOT
from harness.judge.waiting import DeadlinePassed, ProgramFault, soon, wait_for
from harness.stage import ends, visible
from harness.stage.frame_expectations import FrameExpectations
from harness.stage.habits import Habits
from harness.stage.host import Host
from harness.stage.line import LineProgram
from harness.stage.multicast_expectations import MulticastExpectations
from harness.stage.program import Program, last_lines
from harness.stage.sandbox import Limits, Sandbox, name_hosts, scratch_name
from harness.stage.scratch import ScratchError
from harness.world import assets, unpacked
from harness.world.network.control import LinkControl

_NEAR_PACKETS = 8
_TRANSCRIPT_TEXT = 4000


BY_PROGRAMS = (DeadlinePassed, ProgramFault, ScratchError, SeveralConnections)
"""What is raised where programs brought something about, or did not: the question is answered, if not as hoped."""


class NotImplementedByRole(RuntimeError):
    """A replaced program said "not implemented" (exit status 127)."""


class _NotReached(Exception):
    """Within what a good program does, one that is not held to it did not: what follows there is not asked."""


class Caught(BaseException):
    """The expectation for which the run was made has failed: the rest of the scenario is not needed. Passes by whatever a scenario catches."""


class Lab(FrameExpectations, MulticastExpectations):
    """What a scenario function gets. Hosts are attributes: ``lab.h1``."""

    concluded: Callable[[], None] = staticmethod(lambda: None)
    """Called when an expectation was judged (harness use)."""
    ending_failure = ""
    """Words of the expectation whose failure ends the scenario (harness use)."""

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
        self.transcript: list[TranscriptEntry] = []
        self.measurements: list[Measurement] = []
        self.plots: list[PlotResult] = []
        self.sequences: list[SequenceResult] = []
        self.roles: dict[str, dict[str, Any]] = {}
        self.recorders: dict[str, Recorder] = {}
        self._servers: list[tuple[Habits, float]] = []
        self._replacements, self._programs_folder = replacements, programs
        self.hold, self._within = hold, Hold.MUST
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

    def step(self, text: str, should: bool = False) -> AbstractContextManager[None]:
        """Says in the transcript what the next lines are about. should, in a ``with`` statement: no sheet asks for what is looked at within,
        but a good program does it. Others than ours are told the first thing there that does not hold, and the scenario goes on behind."""
        self.tell("step", "", "", text)
        return self._should() if should else contextlib.nullcontext()

    @contextlib.contextmanager
    def _should(self) -> Iterator[None]:
        before, self._within = self._within, Hold.SHOULD
        started = len(self.programs)
        try:
            yield
        except (*BY_PROGRAMS, _NotReached) as error:
            if self.holds_should:
                raise
            if not isinstance(error, _NotReached):  # which is noted already
                what, _, more = str(error).partition("\n")
                self._note(ExpectationResult(what, "yes", f"no\n{more}".strip(), False))
            for program in reversed(self.programs[started:]):  # what follows is as it was before: their ports are free
                program.stop()
        finally:
            self._within = before

    @property
    def holds_should(self) -> bool:
        """Whether the programs are held to what a good program does beyond what the sheet asks: to choose among ways that cannot both be
        tried."""
        return self.hold is Hold.SHOULD

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

    def command_of(self, role: str, parameters: dict[str, Any], arguments: Sequence[Any] = ()) -> list[str]:
        """The command that fills a role here, with its parameters put in and the arguments appended; files by their full names. Raises
        RoleError for what the role's contract lacks."""
        if role not in self._declared_roles or role not in ROLES:
            raise RoleError(f"the scenario does not declare the role {role!r}; it declares {', '.join(self._declared_roles) or 'none'}")
        words = [str(word) for word in arguments]
        ROLES[role].check(parameters, words)
        values = {name: (scratch_name(value) if name in ROLES[role].writes else None) or value for name, value in parameters.items()}
        replacement = self._replacements.get(role)
        if replacement is None:
            command = ROLES[role].default_command(values, self._programs_folder)
            command[0] = unpacked.resolved(command[0])
        else:
            # What the parameters say is no file that lies where the command was given: a program may be called "fork" too.
            template = visible.resolved(shlex.split(replacement), self._base)
            visible.check_links(template, self._base)
            command = ROLES[role].replaced_command(shlex.join(template), values)
        self.roles[role] = {"command": " ".join(command), "replaced": replacement is not None}
        return command + words

    def takes(self, role: str, parameter: str) -> bool:
        """Whether the program that fills a role can be told a parameter: ours can, another one when its command has the placeholder. A
        scenario leaves out what it cannot ask otherwise, where the question can be answered without; the transcript says so."""
        ROLES[role].check([parameter])
        told = role not in self._replacements or parameter in taken(self._replacements[role])
        if not told:
            self.tell("note", "", "", f"{role}: the command has no {{{parameter}}}; what needs it is left out")
        return told

    def sandbox_of(self, role: str, command: list[str], parameters: dict[str, Any], environment: dict[str, str]) -> Sandbox:
        """What the program of a role sees, and its bounds. Files that it is to write are named by parameters."""
        one = ROLES[role]
        limits = Limits(
            processes=one.processes, data=one.data, descriptors=one.descriptors, scratch=one.scratch, output=one.output,
            raw_sockets=one.raw_sockets,
        )  # fmt: skip
        wanted = {key: pathlib.Path(value) for key, value in parameters.items() if key in one.writes and scratch_name(value)}
        inside = {scratch_name(path) for path in wanted.values()}
        shows = [path for path in visible.named(command) if path not in inside]
        folder = self._hand_in if role in self._replacements else None
        visible.check([*shows, *([folder] if folder else [])], [ROOT, self.folder])
        writes = {path: path.name for key, path in wanted.items() if key != "status_socket"}
        # A folder comes first, since what is named may lie in it.
        return Sandbox(
            self._programs_folder / "sandbox-init", limits, [folder, *shows] if folder else shows, folder, writes,
            {"LAB_QUESTION": self.question, **environment},
        )  # fmt: skip

    def check_implemented(self) -> None:
        """Raises NotImplementedByRole when a replaced program said so. One that ended with that status in another way, in the middle of
        its service or with words of a shell that did not find something, gets a failed expectation."""
        unfit: list[str] = []
        for role, program in self._ended_replacements():
            end = ends.verdict_of(program, self)
            if end is Verdict.SKIPPED:
                unfit.append(f"{role} is not implemented (exit status {ends.NOT_IMPLEMENTED})")
            elif end is Verdict.FAIL:
                what = f"{program} ends with status {ends.NOT_IMPLEMENTED}, as a shell does that does not find a command"
                self._conclude(ExpectationResult(what, "no", "yes" + program.last_words(), False), None)
                return
        if unfit:
            raise NotImplementedByRole(unfit[0])

    def failed_replacements(self) -> list[str]:
        """How replaced programs that ended by themselves, and not with status 0, ended, with their last words."""
        # One that was ended by a signal of ours, or told to end, did as it was told.
        ended = [program for _, program in self._ended_replacements() if not program.told_to_end]
        words = ((program, last_lines(program.stderr_path)) for program in ended)
        return [f"{program}: {program.how_it_ended}{said}{visible.hint(said, self._hand_in)}" for program, said in words]

    def look_at(self, server: Habits) -> None:
        """Notes how a server is that is about to be told to end (harness use)."""
        for row in server.look():
            self._note_habit(row)
        self._servers.append((server, time.time()))

    def _look_back(self) -> None:
        """Notes what the captures tell of the servers that were looked at."""
        for server, until in self._servers:
            if server.protocol == "tcp" and server.program.host.interface in self.recorders:
                row, resets = server.ends_in_order(self.packets(server.program.host, f"tcp.port == {server.port}").between(server.began, until))
                self._note_habit(row, resets)

    def _note_habit(self, row: ExpectationResult, packets: Packets | None = None) -> None:
        if not row.passed or self.holds_should:  # what others do well, they are not told
            self._note(row, packets)

    def _ended_replacements(self) -> list[tuple[str, Program | LineProgram]]:
        """Role and program, of all replaced programs that have ended with another status than 0."""
        ended = [program for program in self.programs if not program.running and program.status]
        return [(program.role, program) for program in ended if program.role in self._replacements]

    def wait(self, *programs: Program, deadline: float = 30) -> list[int]:
        """Waits for programs to end, all within one deadline (seconds from now); their exit statuses."""
        end = time.monotonic() + deadline
        return [program.wait(max(0.0, end - time.monotonic())) for program in programs]

    def until(self, fact: Callable[[], Any], what: str, deadline: float = 10) -> Any:
        """Waits until fact() is true, and returns its value."""
        return wait_for(fact, what, deadline)

    def soon(self, fact: Callable[[], Any], deadline: float) -> Any:
        """fact() as soon as it is true, and what it is when so many seconds have passed: to choose a way, where neither is wrong."""
        return soon(fact, bool, deadline)

    def at(self, seconds: float, since: Program | float) -> None:
        """Goes on `seconds` after a program was started (or after an instant, seconds since the epoch): the time-table."""
        start = since.started if isinstance(since, Program) else since
        remaining = start + seconds - time.time()
        if remaining > 0:
            time.sleep(remaining)

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

    def wait_for_packet(self, interface: str | Host, text: str, deadline: float = 10, what: str = "") -> Packets:
        """Waits until the interface has seen a packet that the filter chooses. what: what it is, for who reads that it did not come ("the
        server's FIN to h3, after 'bye'")."""
        packet = f"a packet '{text}' on {interface}"
        return self.until(lambda: self.packets(interface, text), f"{what} ({packet})" if what else packet, deadline)

    # expectations

    def expect(
        self, found: Any, matcher: Matcher | Any, what: str, on: Packets | None = None, whatever_lag: bool = False, should: bool = False
    ) -> bool:
        """States what must be so. found: a value, a measured number, or packets (their number counts). matcher: from
        harness.judge.expect, or a plain value. on: packets to show when it fails, where `found` does not know its own. whatever_lag: its
        failure is one however late the machine ran, since lateness cannot bring it about: a fourth child, a doubled copy. should: no sheet
        asks for it, but a good program does it: others than ours are told, and not judged by it."""
        packets = found if isinstance(found, Packets) else on if on is not None else getattr(found, "packets", None)
        value = len(found) if isinstance(found, Packets) else found
        matcher = expect.matcher_for(matcher)
        if matcher.ideal is not None and matcher.accepts(value):
            matcher, should = matcher.ideal, True
        passed = bool(matcher.accepts(value))
        shown = ("yes" if value else "no") if isinstance(value, bool) else amount(value, matcher.unit)
        result = ExpectationResult(
            what, matcher.expected, shown[:2000], passed, matcher.tolerance, matcher.unit, whatever_lag=whatever_lag,
            holds=Hold.SHOULD if should else Hold.MUST,
        )  # fmt: skip
        return self._conclude(result, packets)

    def _conclude(self, result: ExpectationResult, packets: Packets | None) -> bool:
        """Notes an expectation of the scenario. Within a step that the programs are not held to, a failed one ends the step."""
        self._note(result, packets)
        if not result.passed and self._within is Hold.SHOULD and not self.holds_should:
            raise _NotReached
        return result.passed

    def _note(self, result: ExpectationResult, packets: Packets | None = None) -> None:
        """Writes down what was judged, with the packets that it is about."""
        if packets is not None:
            result.interface, result.filter = packets.interface, packets.filter
            result.pcapng = packets.file.name if packets.file else ""
            if not result.passed:
                result.packets = self._nearest(packets)
        if self._within is Hold.SHOULD:
            result.holds = Hold.SHOULD
        self.expectations.append(result)
        sign = "✓" if result.passed else "✗"
        self.tell("note", "", "", f"{sign} {result.what}: expected {result.expected}, found {result.found}")
        self.concluded()
        if self.ending_failure and not result.passed and self.ending_failure in result.what:
            raise Caught(result.what)

    def expect_soon(
        self,
        measure: Callable[[], Any],
        matcher: Matcher | Any,
        what: str,
        deadline: float = 5,
        whatever_lag: bool = False,
        should: bool = False,
    ) -> bool:
        """Like expect() for a fact that comes about by and by: measures until it is as it should be, or the deadline."""
        wanted = expect.matcher_for(matcher)
        return self.expect(soon(measure, wanted.accepts, deadline), wanted, what, whatever_lag=whatever_lag, should=should)

    def _nearest(self, packets: Packets) -> list[NearPacket]:
        source = packets if len(packets) else packets.all
        rows = list(range(len(source)))
        if len(rows) > _NEAR_PACKETS:
            half = _NEAR_PACKETS // 2
            rows = rows[:half] + rows[-half:]
        return [NearPacket(source[row].number, round(source[row].time - self.started, 6), source[row].summary) for row in rows]

    # figures

    def measure(self, name: str, value: float, unit: str = "") -> float:
        """Records a measured figure under a name, once a run, and gives it back; `./lab sweep` takes medians of it."""
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9 _.-]*", name):
            raise ValueError(f"measurement {name!r}: names are made of letters, digits, spaces, '_', '-' and '.'")
        if name in dict(self.parameters):
            raise ValueError(f"measurement {name!r}: a parameter has this name already")
        if any(row.name == name for row in self.measurements):
            raise ValueError(f"measurement {name!r} is recorded twice in one run")
        number = float(value)
        if not math.isfinite(number):
            raise ValueError(f"measurement {name!r} is {value}, not a finite number")
        self.measurements.append(Measurement(name, number, unit))
        self.tell("note", "", "", f"measured {name}: {amount(value, unit)}")
        return value

    def plot(self, name: str, spec: dict[str, Any]) -> None:
        """Draws a figure (harness.report.plot describes the specification)."""
        from harness.report.plot import write_plot

        self.plots.append(write_plot(self.folder, name, spec))

    def drawing(self, name: str, title: str, picture: pathlib.Path, source: pathlib.Path) -> None:
        """Shows a drawing (SVG) beside the figures, with the text source it was made from."""
        files = [shutil.copyfile(file, self.folder / (name + file.suffix)) for file in (source, picture)]
        self.plots.append(PlotResult(name, title, *(file.name for file in files)))

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
