"""The proof of a question: our programs and other right ones PASS, and every mutant FAILs by the expectation that is named for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from harness.judge import claims
from harness.judge.hold import Hold
from harness.judge.labs import LabError
from harness.judge.mutant import Mutant, Right, all_mutants, all_right, catches
from harness.judge.result import Result, Verdict
from harness.judge.roles import RoleError, parse_replacement
from harness.judge.scenario import Scenario, all_scenarios
from harness.judge.verdict import late
from harness.run.runner import Item
from harness.stage import habits
from harness.stage.steps import HABITS

ATTEMPTS = 4
_EVERYWHERE = {f"{HABITS}/{name}" for name in habits.IDS}


@dataclasses.dataclass(frozen=True)
class Case:
    """A run and what it must become; mutant: None for right programs."""

    item: Item
    mutant: Mutant | None = None

    def complaint(self, result: Result) -> str:
        """What is wrong with this result; empty when it is as it must be, or could not be judged."""
        if result.verdict is Verdict.INCONCLUSIVE:
            return ""
        if self.mutant is None:
            return "" if result.verdict is Verdict.PASS else f"{result.verdict.value}, and is right: {'; '.join(result.reasons)}"
        wanted = " or ".join(f"'{one}'" for one in self.mutant.catchers)
        if result.verdict is not Verdict.FAIL:
            return f"{result.verdict.value}, and is wrong: {wanted} did not catch it"
        failed = result.failed_ids
        found = [(one, "") for one in failed] if result.steps else [("", reason) for reason in result.reasons]
        if not any(catches(self.mutant.catchers, *one) for one in found):
            return f"caught by something else than {wanted}: {', '.join(failed)}{': ' if failed else ''}{'; '.join(result.reasons)}"
        return ""


def item_of(one: Mutant | Right, switch: str | None = None) -> Item:
    """The run of a mutant or of right programs; LabError for what cannot be run. A mutant's ends with the expectation that catches it: the rest would prove nothing more."""
    what = f"{type(one).__name__} {one.scenario} {one.name}"
    if (scenario := all_scenarios().get(one.scenario)) is None:
        raise LabError(f"{what}: there is no scenario {one.scenario!r}")
    for role, command in one.roles.items():
        if role not in scenario.roles:
            raise LabError(f"{what}: {role!r} is none of the scenario's roles, which are {', '.join(scenario.roles) or 'none'}")
        try:
            parse_replacement(f"{role}={command}")
        except RoleError as error:
            raise LabError(f"{what}: {error}") from None
    if isinstance(one, Right):
        return _doubting(Item(scenario, one.run_name, dict(one.roles), switch=switch))
    source = claims.read(scenario)
    for id in one.catchers if source.steps else ():  # noqa: A001
        if not source.has(id) and id not in _EVERYWHERE:
            raise LabError(f"{what}: the scenario has no step or expectation {id!r}; it has {', '.join(source.ids)}")
    item = Item(
        scenario, one.run_name, dict(one.roles), one.tamper, switch, assets=dict(one.assets), until=list(one.catchers), hold=Hold.SHOULD.value
    )  # fmt: skip
    return _doubting(item, one)


def own(scenario: Scenario) -> Item:
    """The run of a question with our programs."""
    return _doubting(Item(scenario, scenario.id))


def _doubting(item: Item, mutant: Mutant | None = None) -> Item:
    """A run whose verdict, where it is another than it must be, is asked for once more, alone: who loses patience loses it elsewhere where all
    takes longer, and need not be so late that the machine is to be doubted for that. Who proves questions tells what changed (changed())."""
    case = Case(item, mutant)
    item.doubted = lambda result: (late(result) or result.attempt == 1) and case.complaint(result) != ""
    return item


def changed(result: Result) -> str:
    """What earlier attempts were judged that were not believed; empty when there was none."""
    told = [f"attempt {one.number} {one.verdict.value}: {'; '.join(one.reasons)}" for one in result.earlier if one.verdict in (Verdict.PASS, Verdict.FAIL)]
    return " | ".join(told)


def cases(chosen: Iterable[Scenario]) -> list[Case]:
    """All runs that prove these questions."""
    ids = {one.id: one for one in chosen}
    found = [Case(own(one)) for one in ids.values()]
    found += [Case(item_of(one)) for one in all_right() if one.scenario in ids]
    return found + [Case(item_of(one), one) for one in all_mutants() if one.scenario in ids]
