"""Which programs fill the roles of a scenario, what they are given, and how they end; a part of harness.stage.lab.Lab."""

from __future__ import annotations

import pathlib
import shlex
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from harness.evidence.capture.packets import Packets
from harness.evidence.capture.recorder import Recorder
from harness.judge.result import ExpectationResult, Verdict
from harness.judge.roles import ROLES, RoleError
from harness.judge.roles.replacement import taken
from harness.judge.scenario import ROOT
from harness.stage import ends, visible
from harness.stage.expectations import Expectations
from harness.stage.habits import Habits
from harness.stage.kept import Kept
from harness.stage.program import Program
from harness.stage.sandbox import Limits, Sandbox, scratch_name
from harness.stage.spoken import last_lines
from harness.stage.steps import HABITS
from harness.world import unpacked

if TYPE_CHECKING:
    from harness.stage.line import LineProgram


class NotImplementedByRole(RuntimeError):
    """A replaced program said "not implemented" (exit status 127), or cannot be asked a question."""


def _kept(role: str, parameters: dict[str, Any]) -> list[Kept]:
    """The folders that outlive the program."""
    found = [value for name, value in parameters.items() if name in ROLES[role].keeps and value is not None]
    if wrong := [value for value in found if not isinstance(value, Kept)]:
        raise RoleError(f"role {role} keeps what it likes in a folder of lab.kept(), not in {wrong[0]!r}")
    return found


class Casting(Expectations):
    """Methods of Lab."""

    question: str
    folder: pathlib.Path
    recorders: dict[str, Recorder]
    roles: dict[str, dict[str, Any]]
    packets: Any
    _declared_roles: tuple[str, ...]
    _replacements: dict[str, str]
    _programs_folder: pathlib.Path
    _hand_in: pathlib.Path | None
    _base: pathlib.Path
    _servers: list[tuple[Habits, float]]

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
        told = self.passes(role, parameter)
        if not told:
            self.tell("note", "", "", f"{role}: the command has no {{{parameter}}}; what needs it is left out")
        return told

    def passes(self, role: str, parameter: str) -> bool:
        """The same, where nothing is left out without it: no note."""
        ROLES[role].check([parameter])
        return role not in self._replacements or parameter in taken(self._replacements[role])

    def replaced(self, role: str) -> bool:
        """Whether somebody's program fills a role, and not ours."""
        return role in self._replacements

    def skip(self, why: str) -> NoReturn:
        """The question cannot be asked of a program that fills a role, through no fault of its own: it is SKIPPED, and told why."""
        raise NotImplementedByRole(why)

    def sandbox_of(self, role: str, command: list[str], parameters: dict[str, Any], environment: dict[str, str]) -> Sandbox:
        """What the program of a role sees, and its bounds. Files that it is to write are named by parameters."""
        one = ROLES[role]
        limits = Limits(
            processes=one.processes, data=one.data, descriptors=one.descriptors, scratch=one.scratch, output=one.output,
            raw_sockets=one.raw_sockets,
        )  # fmt: skip
        keeps = _kept(role, parameters)
        wanted = {key: pathlib.Path(value) for key, value in parameters.items() if key in one.writes and scratch_name(value)}
        inside = {*map(scratch_name, wanted.values()), *(one.inside for one in keeps)}
        shows = [path for path in visible.named(command) if path not in inside]
        folder = self._hand_in if role in self._replacements else None
        visible.check([*shows, *([folder] if folder else [])], [ROOT, self.folder])
        writes = {path: path.name for key, path in wanted.items() if key != "status_socket"}
        # A folder comes first, since what is named may lie in it.
        return Sandbox(
            self._programs_folder / "sandbox-init", limits, [folder, *shows] if folder else shows, folder, writes,
            environment={"LAB_QUESTION": self.question, **environment}, keeps={one.outside: one.inside for one in keeps},
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
                self._conclude(ExpectationResult(what, "no", "yes" + program.last_words(), False, id=self._habit_id("not-found")), None)
                return
        if unfit:
            raise NotImplementedByRole(unfit[0])

    def failed_replacements(self) -> list[str]:
        """How replaced programs that ended by themselves, and not with status 0, ended, with their last words."""
        # One that was ended by a signal of ours, or told to end, did as it was told; of another the question wanted no other end.
        ended = [program for _, program in self._ended_replacements() if not (program.told_to_end or program.as_expected)]
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
        row.id = self._habit_id(row.id)
        if not row.passed or self.holds_should:  # what others do well, they are not told
            self._note(row, packets)

    def _habit_id(self, name: str) -> str:
        return f"{HABITS}/{name}" if self.steps else ""  # where steps have no ids, nothing has

    def _ended_replacements(self) -> list[tuple[str, Program | LineProgram]]:
        """Role and program, of all replaced programs that have ended with another status than 0."""
        ended = [program for program in self.programs if not program.running and program.status]
        return [(program.role, program) for program in ended if program.role in self._replacements]
