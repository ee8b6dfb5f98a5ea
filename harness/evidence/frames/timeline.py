"""Exchanges as a scenario writes them: calls and frames on one time line.

    client connect  → SYN
    server          → SYN, ACK
    client          → ACK
    server accept
    client send     → PSH, ACK 6
    client shutdown or close → FIN, ACK, may join
    …

A line with an arrow (→ or ->) is a frame: who sends it, by which call if that is asked for, its flags and its bytes of data; "UDP 6" and
"ICMP port unreachable" are frames too. "may join": this FIN may ride on the data before it. A line without an arrow is a call that returns
because of the frame above. A side that has no line is not looked at; after "…" anything may follow.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from harness.evidence.frames.frame import CLIENT, SERVER, Frame, other
from harness.evidence.frames.match import DIFFERENT, Comparison, compare
from harness.evidence.frames.reference import FLAGS, Reference, ReferenceTableError
from harness.evidence.trace.causes import Cause
from harness.evidence.trace.strace import RECEIVING

_LINE = re.compile(rf"(?P<side>{CLIENT}|{SERVER})(?:\s+(?P<call>[a-z]+(?: or [a-z]+)*))?(?:\s*(?:→|->)\s*(?P<frame>.+))?")
_FRAME = re.compile(r"(?P<what>ICMP [a-z ]+|UDP|[A-Z]+(?:, [A-Z]+)*)(?: (?P<bytes>\d+))?(?P<joins>, may join)?")
_REST = ("…", "...")


@dataclasses.dataclass(frozen=True)
class Timeline:
    """reference: its frames, with their causes where they are named; returns: number of a row → the calls of the other side that return
    because of it; open: anything may follow."""

    reference: Reference
    returns: dict[int, tuple[str, ...]]
    open: bool

    @property
    def sides(self) -> set[str]:
        return {frame.side for frame in self.reference.frames}

    @property
    def traced(self) -> set[str]:
        """The sides whose calls are asked for."""
        rows = {row.number: row for row in self.reference.frames}
        return {row.side for row in rows.values() if row.cause} | {other(rows[number].side) for number in self.returns}

    def compare(self, frames: Sequence[Frame]) -> Comparison:
        """The frames of a capture against the table's."""
        seen = [frame for frame in frames if frame.side in self.sides]
        return compare(self.reference, self._beginning(seen) if self.open else seen)

    def _beginning(self, frames: list[Frame]) -> list[Frame]:
        """As many as the table has, apart from acknowledgements."""
        left = sum(not row.pure_ack for row in self.reference.frames)
        for place, frame in enumerate(frames):
            if not frame.pure_ack:
                if left == 0:
                    return frames[:place]
                left -= 1
        return frames

    def with_calls(self, comparison: Comparison, causes: Sequence[Cause]) -> Comparison:
        """The comparison with what the calls add to it: causes of all frames of the connection, those of both sides."""
        by_number = {one.frame.number: one for one in causes}
        lines, problems = [], list(comparison.problems)
        for line in comparison.lines:
            if line.reference is None or line.found is None or line.found.number not in by_number:
                lines.append(line)
                continue
            row, cause = line.reference, by_number[line.found.number]
            told = [f"made by {cause.cause}"] if row.cause else []
            wrong = [f"made by {cause.cause}, not by {row.cause}"] if row.cause and cause.cause not in row.cause.split(" or ") else []
            returned = {_short(call.name) for call in cause.received}
            lacking = [call for call in self.returns.get(row.number, ()) if call not in returned]
            wrong += [f"no {call} of the {other(row.side)} returns because of it" for call in lacking]
            problems += [f"row {row.number} ({row.side} sends {row.label}): {text}" for text in wrong]
            note = "; ".join(filter(None, [line.note, *(wrong or told)]))
            lines.append(dataclasses.replace(line, mark=DIFFERENT if wrong else line.mark, note=note))
        return dataclasses.replace(comparison, lines=tuple(lines), problems=tuple(problems))


def parse(text: str) -> Timeline:
    """Reads a table. Raises ReferenceTableError for a line that is none."""
    frames: list[Frame] = []
    returns: dict[int, tuple[str, ...]] = {}
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    lines = [line for line in lines if line]
    rest = bool(lines) and lines[-1] in _REST
    for line in lines[: len(lines) - rest]:
        found = _LINE.fullmatch(line)
        if found is None or not (found["call"] or found["frame"]):
            raise ReferenceTableError(f"no line of an exchange: {line!r}; one is 'client send → PSH, ACK 6', or 'server accept'")
        if found["frame"]:
            frames.append(_frame(line, found, len(frames) + 1))
        elif not frames or frames[-1].side == found["side"]:
            raise ReferenceTableError(f"{line!r}: a call returns because of a frame of the other side, which is to stand above")
        else:
            number = frames[-1].number
            returns[number] = (*returns.get(number, ()), found["call"])
    if not frames:
        raise ReferenceTableError("the exchange has no frames")
    return Timeline(Reference("of the scenario", "the exchange", tuple(frames)), returns, rest)


def _frame(line: str, found: re.Match[str], number: int) -> Frame:
    what = _FRAME.fullmatch(found["frame"].strip())
    if what is None:
        raise ReferenceTableError(f"{line!r}: {found['frame']!r} is no frame; one is 'PSH, ACK 6', 'UDP 6' or 'ICMP port unreachable'")
    kind, _, words = what["what"].partition(" ") if what["what"][:3] in ("UDP", "ICM") else ("TCP", "", what["what"])
    flags = words
    if kind == "TCP":
        given = words.split(", ")
        if not set(given) <= set(FLAGS):
            raise ReferenceTableError(f"{line!r}: TCP's flags are {', '.join(FLAGS)}")
        flags = ", ".join(flag for flag in FLAGS if flag in given)
    return Frame(found["side"], flags, int(what["bytes"] or 0), kind=kind, cause=found["call"] or "", may_join=bool(what["joins"]), number=number)


def _short(name: str) -> str:
    """A call as tables name it: "accept" for accept4 too, "recv" for all that receive."""
    return "recv" if name in RECEIVING else name.removesuffix("4") if name.startswith("accept") else name
