"""What `wire` counted, held against what was declared: a link that did something else proves nothing."""

from __future__ import annotations

import json
import pathlib
from typing import Any

from harness.judge.fidelity import Lateness
from harness.world.links.chance import binomial_at_least, binomial_at_most
from harness.world.links.direction import Direction
from harness.world.links.schedule import SIDES
from harness.world.links.wire import Wire

_UNLIKELY = 1e-9
# What the emulator drops because it, or the machine, cannot keep up; never because it was asked to.
_OWN_CAUSES = {
    "kernel": "arrived while the emulator was not run in time",
    "overflow": "were more than can be under way",
    "send": "could not be sent on",
    "too_big": "were larger than an Ethernet frame",
}


def read_counters(file: pathlib.Path) -> list[dict[str, Any]]:
    """The lines of a ``.counters.jsonl``, in order of time; one that was not finished is left out."""
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text().splitlines(keepends=True) if line.endswith("\n")]


def lateness(wire: Wire) -> Lateness:
    """Since the scenario began, for a wire that has been stopped."""
    rows = read_counters(wire.file("counters.jsonl"))
    return Lateness(**rows[-1].get("late", {})) if rows else Lateness()


def audit(wire: Wire) -> list[str]:
    """Sentences about what was not as declared; empty when all is well. For a wire that has been stopped."""
    rows = read_counters(wire.file("counters.jsonl"))
    if not rows:
        return [f"link {wire.name}: its emulator counted nothing"]
    found = []
    for side, declared in zip(SIDES, wire.wish.directions):
        last, steady = rows[-1][side], not wire.changed and not wire.wish.schedule
        problems = _own(last["dropped"])
        if steady:
            problems += _judge(last, declared) + _judge_queue([row[side] for row in rows], declared)
        found += [f"link {wire.name}, {side}: {problem}" for problem in problems]
    return found


def _own(dropped: dict[str, int]) -> list[str]:
    return [f"{dropped[cause]} frames {why}" for cause, why in _OWN_CAUSES.items() if dropped.get(cause)]


def _judge(counted: dict[str, Any], declared: Direction) -> list[str]:
    found = []
    by_rule = counted["dropped"].get("rule", 0)
    if by_rule and not declared.lose:
        found.append(f"{by_rule} frames were lost by rule, declared none")
    lost, received, share = counted["dropped"].get("loss", 0), counted["received"] - by_rule, declared.mean_loss / 100
    if not declared.loss_model and not declared.loss_correlation:
        if min(binomial_at_least(lost, received, share), binomial_at_most(lost, received, share)) < _UNLIKELY:
            found.append(f"{lost} of {received} frames were lost, declared {declared.mean_loss:g} %")
    if counted["reordered"] and not declared.reorder and declared.keep_order:
        found.append(f"{counted['reordered']} frames were reordered, declared none")
    for name, word in (("duplicate", "duplicated"), ("corrupt", "corrupted")):
        if counted[word] and not getattr(declared, name):
            found.append(f"{counted[word]} frames were {word}, declared none")
    return found


def _judge_queue(rows: list[dict[str, Any]], declared: Direction) -> list[str]:
    bw = declared.bw or (declared.trace.bw if declared.trace else None)
    if bw is None or declared.queue is None:
        return []
    bound = declared.queue.byte_bound(bw)
    if bound is None:
        most, held = max(row["queue_packets"] for row in rows), int(declared.queue.amount)
        return [f"{most} packets waited, declared {declared.queue}"] if most > held + 1 else []
    # An empty queue takes one packet, however small its bound.
    most = max(row["queue_bytes"] for row in rows if row["queue_packets"] > 1) if any(row["queue_packets"] > 1 for row in rows) else 0
    return [f"{most} bytes waited, declared {declared.queue}"] if most > bound else []
