"""What a lab can expect of frames, sockets and system calls; a part of harness.stage.lab.Lab."""

from __future__ import annotations

import dataclasses
import pathlib
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from harness.evidence.capture.packets import Packets
from harness.evidence.frames import picture, reference as tables, timeline
from harness.evidence.frames.frame import CLIENT, SERVER
from harness.evidence.contents import contents
from harness.evidence.frames.match import DIFFERENT, Comparison, compare
from harness.evidence.frames.observe import SeveralConnections, exchange
from harness.evidence.frames.show import rows, side_by_side
from harness.evidence.socket_tables import SocketRow, SocketTable, describe, pair
from harness.evidence.trace import causes
from harness.evidence.trace.causes import Causes
from harness.judge.octets import against_size
from harness.judge.result import ExpectationResult, Mark, SequenceResult, TranscriptEntry
from harness.judge.waiting import soon
from harness.report.sequence import sequence_diagram
from harness.report.svg import standalone
from harness.stage.expectations import Expectations
from harness.stage.program import Program

if TYPE_CHECKING:
    from harness.stage.host import Host


_MOST_LINES = 40
_MOST_CONTENTS = 2  # frames


class FrameExpectations(Expectations):
    """Methods of Lab."""

    packets: Any
    hosts: dict[str, Any]
    folder: pathlib.Path
    transcript: list[TranscriptEntry]
    sequences: list[SequenceResult]

    def expect_frames(
        self, reference: str, capture: "str | Host | Packets", client: "str | Host", server: "str | Host",
        port: int | None = None, connection: int | None = None, what: str = "", deadline: float = 1, *, id: str = "", hint: str = "",  # noqa: A002
    ) -> bool:  # fmt: skip
        """States that an exchange is the one of captures/reference/<reference>.toml: flags, directions, lengths, order. Only
        acknowledgements may differ as TCP permits (harness.evidence.frames.match). capture: a host, an interface or packets; with the
        first two, what is still missing (a delayed ACK) is waited for until the deadline, in seconds. connection: the n-th TCP
        connection between the two, from 0, needed when there are several."""
        table = tables.load(reference)
        kinds = table.kinds | {"TCP", "ICMP"}

        def look() -> tuple[Packets, Comparison | str]:
            packets = self._packets_of(capture)
            try:
                return packets, compare(table, exchange(packets, str(client), str(server), port, connection, kinds))
            except SeveralConnections as error:
                return packets, str(error)

        packets, comparison = _settled(look, 0 if isinstance(capture, Packets) else deadline)
        row = ExpectationResult(
            what or f"{packets.interface}: {table.title}", f"the {len(table.frames)} frames of {reference}", "", False,
            "ACKs as TCP permits", "", id=self.id_of(id), hint=hint,
        )  # fmt: skip
        return self._conclude_frames(row, packets, comparison)

    def exchange(
        self, table: str, between: "tuple[Program | Host | str, Program | Host | str]", port: int | None = None, *, connection: int | None = None,
        at: "str | Host | None" = None, what: str = "", deadline: float = 1, id: str = "", hint: str = "",  # noqa: A002
    ) -> bool:  # fmt: skip
        """States what client and server send each other, by a table (harness.evidence.frames.timeline): ``client connect → SYN``, a line for
        each frame or call; only protocols that it names are looked at, and ICMP. between: both programs, started with traced=True where
        their calls are named, or hosts, or addresses; at: where the frames are seen, at the server without it; connection and deadline as
        for expect_frames()."""
        wanted = timeline.parse(table)
        client, server = (one.host if isinstance(one, Program) else one for one in between)
        kinds = wanted.reference.kinds | {"ICMP"}

        def look() -> tuple[Packets, Comparison | str]:
            packets = self._packets_of(at or server)
            try:
                return packets, wanted.compare(exchange(packets, str(client), str(server), port, connection, kinds))
            except SeveralConnections as error:
                return packets, str(error)

        packets, comparison = _settled(look, deadline)
        if isinstance(comparison, Comparison) and wanted.traced and any(line.found for line in comparison.lines):
            told = [one.calls() if side in wanted.traced and isinstance(one, Program) else [] for side, one in zip((CLIENT, SERVER), between)]
            frames = exchange(packets, str(client), str(server), port, connection, {"TCP"})
            comparison = wanted.with_calls(comparison, causes.find(frames, told[0], told[1], (str(client), str(server))).items)
        names = [one if isinstance(one, str) else one.name for one in between]
        lines = "\n".join(line.strip() for line in table.strip().splitlines())
        row = ExpectationResult(
            what or f"what {names[0]} and {names[1]} exchange", lines, "", False, "ACKs as TCP permits", "", id=self.id_of(id), hint=hint
        )
        return self._conclude_frames(row, packets, comparison)

    def _conclude_frames(self, row: ExpectationResult, packets: Packets, comparison: Comparison | str) -> bool:
        if isinstance(comparison, str):
            row.found = comparison
            return self._conclude(row, packets)
        found = [line.found for line in comparison.lines if line.found]
        row.passed = comparison.agree
        row.comparison = rows(comparison)
        if comparison.agree:
            row.found = f"the same, in {len(found)} frames"
        else:
            row.found = f"{len(found)} frames: {'; '.join(comparison.problems[:4])}\n{side_by_side(comparison)}"
            row.hint = row.hint or _carried(packets, comparison)
        shown = packets.where(f"frame.number in {{{_ranges([frame.number for frame in found])}}}") if found else packets
        return self._conclude(row, shown)

    def expect_sockets(
        self, table: SocketTable | list[SocketRow], wanted: Sequence[dict[str, Any]], what: str, *, id: str = "", hint: str = "",  # noqa: A002
    ) -> bool:  # fmt: skip
        """States that a table of netstat, lsof or ss (or the rows that its where() chose) has a row for each description and no
        other row. A description says what fields must be: ``dict(state="LISTEN", pid=server)``."""
        lines = list(table)
        expected = "\n".join(describe(one) for one in wanted) or "no line"
        source = f" of {table.command}" if isinstance(table, SocketTable) else ""
        found = f"{len(lines)} line{'' if len(lines) == 1 else 's'}{source}"
        row = ExpectationResult(what, expected, found, pair(lines, wanted), "exact", "", id=self.id_of(id), hint=hint)
        if not row.passed:
            shown = [line.text.rstrip() for line in lines[:_MOST_LINES]]
            row.found = "\n".join([found, *shown, *(["…"] if len(lines) > _MOST_LINES else [])])
        return self._conclude(row, None)

    def causes(
        self, capture: "str | Host | Packets", client: "Program", server: "Program", port: int | None = None,
        connection: int | None = None,
    ) -> Causes:  # fmt: skip
        """Ties each frame of a connection to the system call behind it. client and server: programs started with traced=True;
        for the other arguments see expect_frames(). A program that has ended is known to the end; one that runs, so far."""
        frames = exchange(self._packets_of(capture), str(client.host), str(server.host), port, connection, {"TCP"})
        found = causes.find(frames, client.calls(), server.calls(), (str(client.host), str(server.host)))
        return dataclasses.replace(found, programs=(client.name, server.name), hosts=(client.host.name, server.host.name))

    def expect_causes(
        self, found: Causes, wanted: str | Sequence[tuple[str, str]], what: str, *, id: str = "", hint: str = "",  # noqa: A002
    ) -> bool:  # fmt: skip
        """States which call makes which frame, and tells it in the transcript: those of a reference table, or pairs of side and call, and the frame:
        ``("client shutdown", "FIN, ACK")``, or "server shutdown or close". Acknowledgements are the kernel's, and are not asked for."""
        for number, one in enumerate(found, 1):
            self.tell("note", "", "", f"frame {number}: {one.text}" + (f" ({one.call.text})" if one.call else ""))
        if isinstance(wanted, str):
            table = tables.load(wanted)
            rows = [row for row in table.frames if not row.pure_ack]
            more = [row for row in table.may_follow if not row.pure_ack]
            rows += more[: max(0, len(found.telling) - len(rows))]
            pairs = [(f"{row.side} {row.cause}", row.label) for row in rows]
        else:
            pairs = list(wanted)
        expected = [f"{who} → {frame}" for who, frame in pairs]
        seen = [one.text for one in found.telling]
        passed = len(seen) == len(pairs) and all(one in _alternatives(*pair) for one, pair in zip(seen, pairs))
        row = ExpectationResult(what, "\n".join(expected), "\n".join(seen) or "no frame", passed, "exact", "", id=self.id_of(id), hint=hint)
        return self._conclude(row, None)

    def sequence(self, name: str, title: str, what: Packets | Causes) -> None:
        """Adds a sequence diagram to the report, and to the evidence as sequence-NAME.svg: of packets (the first 200), or of causes,
        with the calls at both ends, signals and keys."""
        marks: list[Mark] = []
        if isinstance(what, Packets):
            frames = picture.drawn(what, (host.node for host in self.hosts.values()), self.started)
            ends = {end for frame in frames for end in (frame.source, frame.destination)}
            columns = [host for host in self.hosts if host in ends]
        else:
            frames = [picture.of_frame(one.frame, what.hosts, self.started) for one in what][: picture.MOST_FRAMES]
            marks = picture.marks(what, self.transcript, self.started)
            columns = list(what.hosts)
        result = SequenceResult(name, title, columns, frames, marks, f"sequence-{re.sub(r'[^A-Za-z0-9._+-]', '-', name)}.svg")
        drawing = standalone(sequence_diagram(frames, columns, marks=marks))
        (self.folder / result.picture).write_text(drawing, encoding="utf-8", errors="replace")
        self.sequences.append(result)

    def _packets_of(self, capture: "str | Host | Packets") -> Packets:
        return capture if isinstance(capture, Packets) else self.packets(capture)


def _carried(packets: Packets, comparison: Comparison) -> str:
    """What the first frames carry that do not carry as much as they should, or should not be there."""
    wrong = [line for line in comparison.lines if line.mark == DIFFERENT and line.found and line.found.payload]
    wrong = [line for line in wrong if line.reference is None or line.found and line.found.payload != line.reference.payload][:_MOST_CONTENTS]
    data = contents(packets, [line.found.number for line in wrong if line.found])
    told = []
    for line in wrong:
        if line.found and (carried := data.get(line.found.number)):
            size = line.reference.payload if line.reference else 0
            told.append(f"the {line.found.side}'s frame {line.found.number} carries {against_size(carried, size)}")
    return "; ".join(told)


def _settled(look: Callable[[], tuple[Packets, Comparison | str]], deadline: float) -> tuple[Packets, Comparison | str]:
    """What is seen as soon as it agrees, and what it is when so many seconds have passed."""
    

    def agrees(seen: tuple[Packets, Comparison | str]) -> bool:
        return isinstance(seen[1], Comparison) and seen[1].agree

    return soon(look, agrees, deadline)


def _alternatives(who: str, frame: str) -> list[str]:
    """What a cause may read: "server shutdown or close" stands for two."""
    side, _, causes_named = who.partition(" ")
    return [f"{side} {cause} → {frame}" for cause in causes_named.split(" or ")]


def _ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers as the set of a display filter: "3..5, 8"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}..{last}" for first, last in runs)
