"""Who dies, and who heard a stream of numbered messages when meanwhile: from packets, and the times at which they were spoken."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

from harness import above, below, equals
from scenarios.group.kit.reading import Counts
from scenarios.group.kit.tree import Tree

if TYPE_CHECKING:
    from harness.stage.lab import Lab

UNDERWAY = 0.3  # s before a death in which a message may not be everywhere yet
Arrivals = Mapping[int, Mapping[str, float]]  # number → host → when it arrived there first
Spoken = Mapping[int, float]  # number → when it was spoken


def heard_again(arrivals: Arrivals, spoken: Spoken, hosts: Collection[str], since: float) -> dict[str, float]:
    """Host → seconds from `since` until the first message that was spoken after it arrived there; infinite if none did."""
    later = [number for number, time in spoken.items() if time > since]
    return {
        host: min((arrivals[number][host] for number in later if host in arrivals.get(number, {})), default=math.inf) - since
        for host in hosts
    }


def lost(arrivals: Arrivals, spoken: Spoken, hosts: Collection[str], start: float, end: float) -> dict[str, int]:
    """Host → how many of the messages spoken in this time never arrived there; hosts that got all are left out."""
    among = [number for number, time in spoken.items() if start <= time < end]
    found = {host: sum(host not in arrivals.get(number, {}) for number in among) for host in hosts}
    return {host: count for host, count in found.items() if count}


def expect_hearing(
    lab: Lab, what: str, arrivals: Arrivals, spoken: Spoken, hosts: Collection[str],
    died: float, end: float, deadline: float, everything: bool, told: Callable[[Collection[str]], str],
) -> tuple[float, int]:  # fmt: skip
    """Expects that after a death these hosts hear again within a deadline (seconds), and miss nothing (everything), or else something, of
    what is spoken until the next death, at `end` (both: seconds since the epoch). told: what those that missed something did.
    The seconds, and how many messages they miss."""
    again = max(heard_again(arrivals, spoken, hosts, died).values())
    lab.expect(again, below(deadline, "s"), f"{what} dies; time until everyone hears again", id=f"{what}-heard-again")
    missing = lost(arrivals, spoken, hosts, died - UNDERWAY, end - UNDERWAY)
    missed = sum(missing.values())
    found, wanted = (Counts(missing), equals(Counts())) if everything else (missed, above(0))
    lab.expect(found, wanted, f"{what} dies; messages that survivors never get", should=not everything, id=f"{what}-missed", hint=lambda: told(missing))
    return again, missed


def audience(arrivals: Arrivals, spoken: Spoken, within: float = math.inf) -> list[int]:
    """For each message, in order: how many hosts it reached within so many seconds."""
    return [sum(when - spoken[number] <= within for when in arrivals.get(number, {}).values()) for number in sorted(spoken)]


def victims(tree: Tree, what: str, speaker: str) -> list[str]:
    """Whom to kill; never who speaks."""
    root = tree.roots[0]
    others = sorted(set(tree.parents) - {speaker, root})
    if what == "half":
        return sorted({*others, root})[::2]
    return {
        "leaf": [name for name in others if not tree.children(name)],
        "inner-node": sorted((name for name in others if tree.children(name)), key=lambda name: -len(tree.subtree(name))),
        "root": [root],
    }[what][:1]


def panel(title: str, arrivals: Arrivals, spoken: Spoken, deaths: Mapping[str, float]) -> dict[str, Any]:
    """How many nodes each message reached, for lab.plot. deaths: what is said of one → when it was."""
    start = min(spoken.values())
    series = {"in the end": audience(arrivals, spoken), "within 0.5 s": audience(arrivals, spoken, 0.5)}
    times = [spoken[number] - start for number in sorted(spoken)]
    return {
        "title": title, "y_label": "nodes reached",
        "lines": [{"x": time - start, "label": label} for label, time in deaths.items()],
        "series": [{"label": label, "style": "step", "x": times, "y": reached} for label, reached in series.items()],
    }  # fmt: skip
