"""The one place that turns what is known of a run into its verdict.

The rule behind all others: what a program under test cannot bring about is never its FAIL. docs/verdicts.md tells them in full.
"""

from __future__ import annotations

import dataclasses

from harness.judge.fidelity import FINE_MAX, FINE_P99, LOOSE_MAX, LOOSE_P99, STRICT_MAX, STRICT_P99
from harness.judge.result import CaptureResult, Doubt, Ending, ExpectationResult, Fault, Result, Spoils, Verdict

NOTHING_EXPECTED = "the scenario expected nothing, so it proved nothing"
_SWITCH = "Open vSwitch"
_HABITS = "habits/"  # how the ids begin of what servers are looked at for whatever the question
_WORD = 200  # characters: what is longer stands beside the expectation only
_NO_SAMPLES = "nobody knows how late the machine ran the programs: the watch over it has no samples"
# After these, what is left is no judgement, whatever was found before.
_CUT_SHORT = (Ending.STOPPED, Ending.LOST, Ending.MACHINE)


@dataclasses.dataclass(frozen=True)
class Decision:
    """A verdict and why; a PASS needs no reasons."""

    verdict: Verdict
    reasons: list[str]


@dataclasses.dataclass(frozen=True)
class _Failure:
    text: str
    whatever_lag: bool = False


def judge(result: Result) -> None:
    """Puts verdict and reasons into the result, from all that stands there."""
    decision = decide(result)
    result.verdict, result.reasons = decision.verdict, decision.reasons


def decide(result: Result) -> Decision:
    """What the facts of the result come to; its own verdict and reasons are not looked at."""
    how = result.ended.how
    if how is Ending.NOT_IMPLEMENTED:
        return Decision(Verdict.SKIPPED, [result.ended.text])
    failures = _failures(result)
    found = Verdict.FAIL if failures else Verdict.PASS
    doubts = [str(doubt) for doubt in result.doubts if _applies(doubt, found, result)]
    if how in _CUT_SHORT or (how in (Ending.OVERDUE, Ending.BROKEN) and not failures):
        if not any(doubt.text == result.ended.text for doubt in result.doubts):
            doubts.insert(0, result.ended.text)
        return Decision(Verdict.INCONCLUSIVE, doubts + _otherwise(found, failures, result))
    late = _late(result, found)
    hogs = [fault.text for fault in result.faults if fault.makes_late]
    if late and hogs and not doubts:
        return Decision(Verdict.FAIL, [f"{hogs[0]}, so that {late}", *_told(failures, None, result)])
    if late and not any(failure.whatever_lag for failure in failures):
        doubts.append(late)
    if doubts:
        return Decision(Verdict.INCONCLUSIVE, doubts + _otherwise(found, failures, result))
    if found is Verdict.PASS:
        return Decision(Verdict.PASS, [])
    return Decision(Verdict.FAIL, _told(failures, late, result))


def worth_another_try(result: Result) -> bool:
    """True where the machine may do better the next time."""
    lasting = any(doubt.lasting for doubt in result.doubts if _applies(doubt, Verdict.FAIL, result))
    return result.verdict is Verdict.INCONCLUSIVE and result.ended.how is not Ending.STOPPED and not lasting


def late(result: Result) -> bool:
    """Whether programs were woken, or packets let go by emulated links, too late for what looks at milliseconds."""
    return result.lag.p99 > FINE_P99 or max([result.lag.maximum, *(link.max for link in result.late_links.values())]) > FINE_MAX


def replaced_roles(result: Result) -> list[str]:
    """Roles that were filled by somebody's own program."""
    return [role for role, row in result.roles.items() if row.get("replaced")]


def dropped(captures: list[CaptureResult]) -> list[Doubt]:
    """Packets that the kernel had no room for are missing from the evidence."""
    return [Doubt(f"dumpcap dropped {row.dropped} packets on {row.interface}", "capture") for row in captures if row.dropped]


def lost(by_switches: dict[str, int]) -> list[Doubt]:
    """Packets that Open vSwitch, a process, lost: where it was not run in time, what did not arrive may have been sent. What did
    arrive, did, so that a PASS stands."""
    return [
        Doubt(f"Open vSwitch had no room for {count} packets on {interface}", _SWITCH, spoils=Spoils.FAIL)
        for interface, count in by_switches.items()
    ]


def sentence(row: ExpectationResult) -> str:
    """What was claimed, what was found instead, and what to look at."""
    return _found(row) + (f" ({row.hint})" if row.hint else "")


def says_all(row: ExpectationResult) -> bool:
    """Whether sentence() tells what was found and expected; else they are a table, or too long for it."""
    return _found(row) != row.what


def _failures(result: Result) -> list[_Failure]:
    """What speaks against the programs under test."""
    how = result.ended.how
    habits = [row for row in result.failed if row.id.startswith(_HABITS)]
    failures = [_Failure(sentence(row), row.whatever_lag) for row in result.failed if row not in habits]
    failures += [_Failure(fault.text) for fault in result.faults if fault.decides]
    if how is Ending.NO_FACT:
        failures.append(_Failure(result.ended.text))
    failures += [_Failure(sentence(row), row.whatever_lag) for row in habits]  # what it is like besides comes last
    if how is Ending.OVERDUE and (replaced := replaced_roles(result)):
        failures.append(_Failure(f"{result.ended.text}, with {', '.join(replaced)} replaced"))
    if how is Ending.COMPLETE and not result.expectations and not failures:
        failures.append(_Failure(NOTHING_EXPECTED))
    return failures


def _found(row: ExpectationResult) -> str:
    """What was claimed, and what was found instead where that is a word and not a table."""
    if row.expected == "yes" and row.found.startswith("no"):
        return f"{row.what}: it is not so{row.found[2:]}"
    if row.expected == "no" and row.found.startswith("yes"):
        return f"{row.what}: it is so, and should not be{row.found[3:]}"
    if "\n" in row.expected + row.found or len(row.expected + row.found) > _WORD:
        return row.what
    return f"{row.what}: found {row.found}, expected {row.expected}"


def _applies(doubt: Doubt, found: Verdict, result: Result) -> bool:
    if doubt.source == _SWITCH and _in_time(result):
        return False  # then it was the question that asked for more at once than a switch can hold
    return doubt.spoils is Spoils.ANY or (doubt.spoils is Spoils.FAIL and found is Verdict.FAIL)


def _in_time(result: Result) -> bool:
    lag = result.lag.with_links(result.late_links.values())
    return lag.samples > 0 and not lag.too_late(LOOSE_P99, LOOSE_MAX)


def _late(result: Result, found: Verdict) -> str | None:
    """Why the machine was too late to believe this, if it was."""
    if not result.timing_critical and found is Verdict.PASS:
        return None
    if not result.lag.samples:
        return _NO_SAMPLES
    lag = result.lag.with_links(result.late_links.values())
    late = lag.too_late(STRICT_P99, STRICT_MAX) if result.timing_critical else None
    return late or (lag.too_late(LOOSE_P99, LOOSE_MAX) if found is Verdict.FAIL else None)


def _told(failures: list[_Failure], late: str | None, result: Result) -> list[str]:
    """The reasons of a FAIL: what decides it first."""
    if late:
        first = [failure.text for failure in failures if failure.whatever_lag]
        rest = [f"(not counted, since the machine was late: {failure.text})" for failure in failures if not failure.whatever_lag]
    else:
        first, rest = [failure.text for failure in failures], []
    if result.ended.how is Ending.BROKEN:
        rest.append(f"(also: {result.ended.text})")
    rest += [f"({doubt.text})" for doubt in result.doubts if doubt.source == _SWITCH]
    also = (_unsaid(fault, first) for fault in result.faults if not fault.decides)
    return [*first, *rest, *(f"(also: {text})" for text in also if text)]


def _unsaid(fault: Fault, reasons: list[str]) -> str:
    """What a fault tells beyond the reasons: of a program whose end they tell already, the remark alone that stands behind its last words."""
    end, *words = fault.text.split("\n")
    told = {line for reason in reasons for line in reason.split("\n")[1:]}
    more = [word for word in words if word not in told]
    if any(f"{fault.source} ended with {end.removeprefix(f'{fault.source}: ')}" in reason for reason in reasons):
        return " ".join(word.strip(" ()") for word in more if not word.startswith("    | "))
    return "\n".join([end, *more])


def _otherwise(found: Verdict, failures: list[_Failure], result: Result) -> list[str]:
    """What the verdict would have been."""
    if found is Verdict.PASS:
        return []
    return [f"({found.value} otherwise: {text})" for text in _told(failures, None, result)]
