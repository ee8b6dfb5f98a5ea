"""A direction in a few values, as drawings and result.json show it."""

from __future__ import annotations

from typing import Any

from harness.links.direction import Direction


def bound_of(one: Direction) -> int | str | None:
    """What may wait: packets as a number, another bound in words; None without a rate."""
    if not one.bw and not one.trace:
        return None
    if one.queue is None:
        return "mininet"
    return int(one.queue.amount) if one.queue.unit == "packets" else str(one.queue)


def summary(one: Direction) -> dict[str, Any]:
    """bw in Mbit/s, queue, and those of delay, jitter (with their unit), loss, reorder, duplicate, corrupt (percent) there are."""
    found: dict[str, Any] = {"bw": one.bw, "queue": bound_of(one)}
    found |= {name: f"{value * 1e3:g} ms" for name in ("delay", "jitter") if (value := getattr(one, name))}
    shares = {"loss": one.mean_loss, "reorder": one.reorder, "duplicate": one.duplicate, "corrupt": one.corrupt}
    return found | {name: round(value, 4) for name, value in shares.items() if value}
