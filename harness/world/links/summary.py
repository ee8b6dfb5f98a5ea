"""A link in a few values, as drawings and result.json show it."""

from __future__ import annotations

import pathlib
from typing import Any

from harness.world.links.direction import Direction
from harness.world.links.schedule import Entry


def bound_of(one: Direction) -> int | str | None:
    """What may wait: packets as a number, another bound in words; None without a rate."""
    if not one.bw and not one.trace:
        return None
    if one.queue is None:
        return "mininet"
    return int(one.queue.amount) if one.queue.unit == "packets" else str(one.queue)


def summary(one: Direction) -> dict[str, Any]:
    """bw in Mbit/s, queue, and those of trace, delay, jitter (with their unit), loss, reorder, duplicate, corrupt (percent), lose
    (rules), aqm there are."""
    found: dict[str, Any] = {"bw": one.bw, "queue": bound_of(one)}
    found |= {name: f"{value * 1e3:g} ms" for name in ("delay", "jitter") if (value := getattr(one, name))}
    shares = {"loss": one.mean_loss, "reorder": one.reorder, "duplicate": one.duplicate, "corrupt": one.corrupt}
    found |= {name: round(value, 4) for name, value in shares.items() if value}
    if one.lose:
        found["lose"] = [str(rule) for rule in one.lose]
    if one.trace:
        found["trace"] = f"trace {pathlib.Path(one.trace.path).name}, mean {one.trace.bw:.3g} Mbit/s"
    return found | ({"aqm": str(one.aqm)} if one.aqm else {})


def link_summary(ends: tuple[str, str], directions: tuple[Direction, Direction], schedule: tuple[Entry, ...] = ()) -> dict[str, Any]:
    """summary() of the first direction; where the other one differs both, under "directions" ("h1 to s1"), and what changes when,
    under "schedule". ends: names of the nodes, forward from the first to the second."""
    found = summary(directions[0])
    if directions[0] != directions[1]:
        names = (f"{a} to {b}" for a, b in (ends, ends[::-1]))
        found["directions"] = {name: summary(one) for name, one in zip(names, directions)}
    return found | ({"schedule": [str(entry) for entry in schedule]} if schedule else {})
