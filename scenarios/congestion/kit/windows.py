"""How much a TCP sender has under way: from its packets, and from the kernel's own account beside it (``ss -ti``)."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import sys

import numpy

from harness.evidence.capture.packets import Packets
from harness.stage.program import Program
from scenarios.congestion.kit.flows import Flow

_LOOK = pathlib.Path(__file__).parents[1] / "agents/look.py"


class InFlight:
    """Bytes sent and not yet acknowledged, after each packet of a connection: from a capture at the sender."""

    def __init__(self, packets: Packets, flow: Flow) -> None:
        sent, heard = packets.where(flow.filter()), packets.where(flow.acknowledgements())
        ends = sent.first("tcp.seq")[0] + sent.first("tcp.len")[0]
        times = numpy.concatenate((sent.times, heard.times))
        order = numpy.argsort(times, kind="stable")
        zeros = numpy.zeros
        last = numpy.concatenate((ends, zeros(len(heard), int)))[order]
        acknowledged = numpy.concatenate((zeros(len(sent), int), heard.first("tcp.ack")[0]))[order]
        self.packets, self.times = sent, times[order]
        self.bytes = numpy.maximum.accumulate(last) - numpy.maximum.accumulate(acknowledged)

    def holds(self, size: float, start: float, end: float, room: float) -> bool:
        """True if so many bytes, give or take `room`, were under way at some moment from start to end."""
        first, last = numpy.searchsorted(self.times, (start, end), side="right")
        part = self.bytes[max(0, first - 1) : last]
        return bool(len(part)) and part.min() - room <= size <= part.max() + room


@dataclasses.dataclass(frozen=True)
class Round:
    """What was sent from one moment to when the first of it was acknowledged; start in seconds since the epoch."""

    start: float
    bytes: int


def rounds(packets: Packets, flow: Flow) -> list[Round]:
    """The rounds of a connection one after the other: from a capture at the sender. One that was not answered is left out."""
    sent, heard = packets.where(flow.filter() + " && tcp.len > 0"), packets.where(flow.acknowledgements())
    times, sizes, places = sent.times, sent.first("tcp.len")[0], sent.first("tcp.seq")[0]
    acknowledged, found, row = heard.first("tcp.ack")[0], [], 0
    while row < len(times):
        answers = heard.times[acknowledged > places[row]]
        if not len(answers):
            break
        following = max(row + 1, int(numpy.searchsorted(times, answers[0])))
        found.append(Round(float(times[row]), int(sizes[row:following].sum())))
        row = following
    return found


def round_trip(packets: Packets, flow: Flow, start: float, end: float) -> float:
    """Mean seconds from a segment to the acknowledgement of its last byte, for segments that were sent once, from start to end:
    from a capture at the sender."""
    sent, heard = packets.between(start, end).where(flow.filter() + " && tcp.len > 0"), packets.where(flow.acknowledgements())
    ends, first, often = numpy.unique(sent.first("tcp.seq")[0] + sent.first("tcp.len")[0], return_index=True, return_counts=True)
    answers, place = numpy.unique(heard.first("tcp.ack")[0], return_index=True)
    answered = dict(zip(answers.tolist(), heard.times[place].tolist()))
    left = sent.times[first]
    once = [(number, time) for number, time, count in zip(ends.tolist(), left.tolist(), often.tolist()) if count == 1]
    trips = [answered[number] - time for number, time in once if number in answered]
    return float(numpy.mean(trips)) if trips else float("nan")


def handshake(packets: Packets, flow: Flow) -> float:
    """Seconds that the round trip of a connection's handshake took: from a capture at either end, where the other's answer is waited for."""
    asked = packets.where(flow.filter() + " && tcp.flags.syn == 1").times[-1]
    agreed = packets.where(flow.acknowledgements() + " && tcp.flags.syn == 1").times[0]
    confirmed = packets.where(flow.filter() + " && tcp.flags.syn == 0").times[0]
    return float(max(agreed - asked, confirmed - agreed))


@dataclasses.dataclass(frozen=True)
class Sample:
    """One look of ``ss -ti``, which ran from `before` to `after` (seconds since the epoch). window: the congestion window, segments."""

    before: float
    after: float
    window: int


@dataclasses.dataclass
class Watcher:
    """An ``ss -ti`` that is asked again and again."""

    program: Program

    def samples(self) -> list[Sample]:
        """Ends it, and gives what it saw."""
        self.program.end_input()
        self.program.wait()
        return [Sample(**json.loads(line)) for line in self.program.output.splitlines()]


def watch_window(flow: Flow) -> Watcher:
    """Looks at the sender's congestion window every 20 ms; returns when it looks."""
    program = flow.sender.start_command(sys.executable, _LOOK, flow.source_port, name="ss")
    program.wait_for_text("looking")
    return Watcher(program)
