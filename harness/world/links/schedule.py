"""What changes on a link while a scenario runs: "at 30 s the rate falls to 0.5 Mbit/s", "down from 10 s to 12 s"."""

from __future__ import annotations

import dataclasses
from typing import Any

from harness.world.links import units
from harness.world.links.direction import PROPERTIES, Direction
from harness.world.links.errors import LinkError

SIDES = ("forward", "backward")


@dataclasses.dataclass(frozen=True)
class Entry:
    """One change, from at to until, or for good. at, until: seconds since the scenario began; side: "forward", "backward" or
    "both"; options: the properties that change (as declared); down: nothing passes."""

    at: float
    side: str = "both"
    until: float | None = None
    down: bool = False
    options: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        what = "down" if self.down else " ".join(f"{name} {value}" for name, value in self.options)
        span = f"at {self.at:g} s" if self.until is None else f"from {self.at:g} s to {self.until:g} s"
        return f"{span} {what}" + ("" if self.side == "both" else f" {self.side}")


def read_schedule(given: Any, forward: Direction, backward: Direction) -> tuple[Entry, ...]:
    """From [{"at": 30, "bw": 0.5}, {"at": 10, "until": 12, "down": True, "direction": "forward"}]; times are in seconds unless
    they name a unit. Each change is checked on top of those before it."""
    if not isinstance(given, (list, tuple)):
        raise LinkError(f"schedule={given!r} is not a list such as [{{'at': 30, 'bw': 0.5}}, {{'at': 10, 'until': 12, 'down': True}}]")
    entries = [_entry(one) for one in given]
    state = {"forward": forward, "backward": backward}
    for entry in sorted(entries, key=lambda one: one.at):
        for side in SIDES if entry.side == "both" else (entry.side,):
            try:
                changed = state[side].changed(dict(entry.options))
            except LinkError as error:
                raise LinkError(f"schedule at {entry.at:g} s: {error}") from None
            if entry.until is None:
                state[side] = changed
    return tuple(entries)


def _entry(given: Any) -> Entry:
    if not isinstance(given, dict) or "at" not in given:
        raise LinkError(f"schedule: {given!r} is not a change such as {{'at': 30, 'bw': 0.5}}")
    options = dict(given)
    at = units.seconds("schedule at", options.pop("at"), "s")
    side = options.pop("direction", "both")
    if side not in (*SIDES, "both"):
        raise LinkError(f"schedule: direction={side!r} is not forward, backward or both")
    until = options.pop("until", None)
    down = units.switch("schedule down", options.pop("down", False))
    for name in options:
        if name not in PROPERTIES:
            raise LinkError(f"schedule at {at:g} s: {name!r} cannot change; what can is {', '.join(PROPERTIES)}, and down")
    if down == bool(options):
        raise LinkError(f"schedule at {at:g} s: give either down=True or the properties that change")
    if until is not None:
        until = units.seconds("schedule until", until, "s")
        if until <= at:
            raise LinkError(f"schedule: until {until:g} s is not after at {at:g} s")
    return Entry(at, side, until, down, tuple(options.items()))
