"""What is declared of a link, in the words of `wire` (``wire --help`` tells them all)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from harness.world.links.direction import Direction
from harness.world.links.link import Wish
from harness.world.links.queue import MININET_PACKETS
from harness.world.links.schedule import Entry

_SHARES = ("loss", "loss_correlation", "reorder", "duplicate", "corrupt")


def seed_of(seed: int, link: str) -> int:
    """Each link draws for itself: its seed is made of the declared one (or the run's) and its name."""
    return int.from_bytes(hashlib.sha256(f"{seed} {link}".encode()).digest()[:6], "big")


def direction_config(one: Direction) -> dict[str, Any]:
    """One direction in full. Rates in bit/s, times in seconds, shares 0 to 1."""
    found: dict[str, Any] = {}
    if one.bw is not None:
        found["rate"] = round(one.bw * 1e6, 3)
    if one.burst is not None:
        found["burst"] = one.burst
    if one.trace:
        found["trace"] = one.trace.path
    if one.bw is not None or one.trace:
        found["queue"] = {one.queue.unit: one.queue.amount} if one.queue else {"packets": MININET_PACKETS}
    if one.aqm:
        found["discipline"] = one.aqm.discipline
        if one.aqm.settings:
            found[one.aqm.discipline] = dict(one.aqm.settings)
        if one.aqm.ecn:
            found["ecn"] = True
    found |= {name: round(getattr(one, name), 9) for name in ("delay", "jitter") if getattr(one, name)}
    if one.jitter:
        if isinstance(one.distribution, str):
            found["distribution"] = one.distribution
        else:
            found |= {"distribution": "table", "table": list(one.distribution)}
        if one.delay_correlation:
            found["correlation"] = one.delay_correlation / 100
        if not one.keep_order:
            found["keep_order"] = False
    shares = _SHARES if not one.loss_model else _SHARES[2:]
    found |= {name: round(getattr(one, name) / 100, 12) for name in shares if getattr(one, name)}
    if one.loss_model:
        model = one.loss_model
        found["loss_model"] = {"gilbert_elliott": {"p": model.p, "r": model.r, "h": model.h, "k": model.k}}
    if one.lose:
        found["lose"] = [rule.config for rule in one.lose]
    if one.reorder_gap:
        found["reorder_gap"] = one.reorder_gap
    return found


def change_config(old: Direction, new: Direction, named: Iterable[str] = ()) -> dict[str, Any]:
    """The words that turn one direction into another: what differs, and null for what is taken away. named: properties that are asked
    for, with lose among them rules that are as they were too, since they begin to count anew."""
    before, after = direction_config(old), direction_config(new)
    anew = {"lose"}.intersection(named)
    changed = {name: value for name, value in after.items() if before.get(name) != value or name in anew}
    return dict.fromkeys(before.keys() - after.keys()) | changed


def config(wish: Wish, seed: int, begun: bool) -> dict[str, Any]:
    """The whole of ``--config``; begun: the scenario has, so that rules of loss hold and the schedule's clock runs."""
    found: dict[str, Any] = {"seed": seed, "forward": direction_config(wish.forward), "backward": direction_config(wish.backward)}
    if begun and wish.schedule:
        found["schedule"] = _schedule(wish)
    if not begun:
        for side in ("forward", "backward"):
            found[side].pop("lose", None)
    return found


def _schedule(wish: Wish) -> list[dict[str, Any]]:
    state = {"forward": wish.forward, "backward": wish.backward}
    rows = []
    for entry in sorted(wish.schedule, key=lambda one: one.at):
        for side in ("forward", "backward") if entry.side == "both" else (entry.side,):
            rows.append({"at": entry.at, "direction": side, **_change(entry, state, side)})
    return [row for row in rows if len(row) > 2 + ("until" in row)]


def _change(entry: Entry, state: dict[str, Direction], side: str) -> dict[str, Any]:
    span = {} if entry.until is None else {"until": entry.until}
    if entry.down:
        return {**span, "down": True}
    old, new = state[side], state[side].changed(dict(entry.options))
    if not span:
        state[side] = new
    return {**span, **change_config(old, new, dict(entry.options))}


def describe(wish: Wish, side: Direction, seed: int) -> str:
    """"wire 0.7 Mbit/s, delay 10 ms, loss 1 %, queue 20 packets, seed 1"."""
    parts = [] if side.bw is None else [f"{side.bw:g} Mbit/s"]
    if side.trace:
        parts.append(str(side.trace))
    parts += side.wishes()
    if side.waiting():
        parts.append(f"queue {side.waiting()}")
    if side.random:
        parts.append(f"seed {seed}")
    parts += [str(entry) for entry in wish.schedule]
    return "wire " + (", ".join(parts) or "as it comes")
