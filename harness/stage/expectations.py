"""What a scenario states must be so; a part of harness.stage.lab.Lab."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from harness.evidence.capture.packets import Packets
from harness.judge import expect
from harness.judge.exits import ExitStatus, statuses_in
from harness.judge.expect import Matcher, amount
from harness.judge.hold import Hold
from harness.judge.mutant import catches
from harness.judge.result import ExpectationResult, NearPacket
from harness.judge.waiting import soon
from harness.stage.endings import interrupted
from harness.stage.program import Program
from harness.stage.steps import Caught, NotReached, Steps

_NEAR_PACKETS = 8


class Expectations(Steps):
    """Methods of Lab."""

    concluded: Callable[[], None] = staticmethod(lambda: None)
    """Called when an expectation was judged (harness use)."""
    ending_failures: Sequence[str] = ()
    """The expectations whose failure ends the scenario, as a mutant names them (harness use)."""
    expectations: list[ExpectationResult]
    started: float

    def expect(
        self, found: Any, matcher: Matcher | Any, what: str, on: Packets | None = None, whatever_lag: bool = False, should: bool = False,
        *, id: str = "", hint: str | Callable[[], str] = "",  # noqa: A002
    ) -> bool:  # fmt: skip
        """States what must be so. found: a value, a measured number, or packets (their number counts). matcher: from
        harness.judge.expect, or a plain value. on: packets to show when it fails, where `found` does not know its own. whatever_lag: its
        failure is one however late the machine ran, since lateness cannot bring it about: a fourth child, a doubled copy. should: no sheet
        asks for it, but a good program does it: others than ours are told, and not judged by it. id: its own within its step, whose id
        stands for it otherwise. hint: what to look at, for who reads that it failed, or a function that tells what was there instead,
        called only then; of a status, how its program is, if nothing else is given."""
        packets = found if isinstance(found, Packets) else on if on is not None else getattr(found, "packets", None)
        value = len(found) if isinstance(found, Packets) else found
        matcher = expect.matcher_for(matcher)
        if matcher.ideal is not None and matcher.accepts(value):
            matcher, should = matcher.ideal, True
        passed = bool(matcher.accepts(value))
        if passed:
            for status in statuses_in(value):
                status.program.as_expected = True
        expected, shown = matcher.told(value)
        if not passed and not hint and isinstance(value, ExitStatus) and value.program is not None:
            hint = value.program.state
        result = ExpectationResult(
            what, expected, shown[:2000], passed, matcher.tolerance, matcher.unit, whatever_lag=whatever_lag,
            holds=Hold.SHOULD if should else Hold.MUST, id=self.id_of(id),
            hint=hint if isinstance(hint, str) else "" if passed else hint(),
        )  # fmt: skip
        return self._conclude(result, packets)

    def expect_soon(
        self,
        measure: Callable[[], Any],
        matcher: Matcher | Any,
        what: str,
        deadline: float = 5,
        whatever_lag: bool = False,
        should: bool = False,
        *,
        id: str = "",  # noqa: A002
        hint: str | Callable[[], str] = "",
    ) -> bool:
        """Like expect() for a fact that comes about by and by: measures until it is as it should be, or the deadline (seconds)."""
        wanted = expect.matcher_for(matcher)
        found = soon(measure, lambda value: wanted.accepts(len(value) if isinstance(value, Packets) else value), deadline)
        return self.expect(found, wanted, what, whatever_lag=whatever_lag, should=should, id=id, hint=hint)

    def expect_interrupted(self, program: Program, *, id: str = "", hint: str = "") -> bool:  # noqa: A002
        """Presses Ctrl+C, and states that the program ends of it."""
        program.interrupt()
        return self.expect(program.wait(), interrupted, f"how {program} ends at Ctrl+C", id=id, hint=hint)

    def accounts(self, what: str, *, id: str = "", hint: str = "", **amounts: Any) -> bool:  # noqa: A002
        """States that the first amount is exactly the sum of the others: ``lab.accounts("datagrams", sent=…, delivered=…, dropped=…)``.
        Amounts are numbers, or packets (their number counts)."""
        numbers = {name: len(value) if isinstance(value, Packets) else value for name, value in amounts.items()}
        (whole, found), *parts = numbers.items()
        told = " + ".join(f"{name.replace('_', ' ')} {amount(number)}" for name, number in parts)
        names = " + ".join(name.replace("_", " ") for name, _ in parts)
        total = sum(number for _, number in parts)
        missing = "" if found == total else f", {amount(abs(found - total))} {'more' if found > total else 'fewer'} than the sum"
        result = ExpectationResult(
            f"{what}: {whole.replace('_', ' ')} = {names}", f"{amount(total)} ({told})", amount(found) + missing, found == total,
            id=self.id_of(id), hint=hint,
        )  # fmt: skip
        return self._conclude(result, next((one for one in amounts.values() if isinstance(one, Packets)), None))

    def _conclude(self, result: ExpectationResult, packets: Packets | None) -> bool:
        """Notes an expectation of the scenario. Within a step that the programs are not held to, a failed one ends the step."""
        if self._within is Hold.SHOULD:
            result.holds = Hold.SHOULD
        if not result.passed:
            self._fail_steps(result.holds)
        self._note(result, packets)
        if not result.passed and self._within is Hold.SHOULD and not self.holds_should:
            raise NotReached
        return result.passed

    def _note(self, result: ExpectationResult, packets: Packets | None = None) -> None:
        """Writes down what was judged, with the packets that it is about."""
        if packets is not None:
            result.interface, result.filter = packets.interface, packets.filter
            result.pcapng = packets.file.name if packets.file else ""
            if not result.passed:
                result.packets = self._nearest(packets)
        self.expectations.append(result)
        sign = "✓" if result.passed else "✗"
        judged = f": expected {result.expected}, found {result.found}" if result.expected else ""
        self.tell("note", "", "", f"{sign} {result.what}{judged}")
        self.concluded()
        if not result.passed and catches(self.ending_failures, result.id, result.what):
            raise Caught(result.what)

    def _nearest(self, packets: Packets) -> list[NearPacket]:
        source = packets if len(packets) else packets.all
        rows = list(range(len(source)))
        if len(rows) > _NEAR_PACKETS:
            half = _NEAR_PACKETS // 2
            rows = rows[:half] + rows[-half:]
        return [NearPacket(source[row].number, round(source[row].time - self.started, 6), source[row].summary) for row in rows]
