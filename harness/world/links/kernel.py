"""Links made by the kernel: the ``tc`` commands that shape what an interface sends, and reading back what the kernel then has.

Rates are made by HTB exactly as Mininet's TCIntf makes them (classes 5:0 and 5:1, both ends), with one difference: the queue
behind the rate is bounded. Mininet leaves it at the interface's 1,000 packets, 17 s of standing queue at 0.7 Mbit/s;
``queue="mininet"`` asks for just that. Delay, loss and the like are netem's, which comes first and feeds HTB (Mininet puts it
behind, in the queue's place): the packets that are under way are then none of those that wait, and the queue holds what was
declared however long the delay is.
"""

from __future__ import annotations

import functools
import json
import math
import re
import subprocess
from typing import Any

from harness.world.links.direction import Direction
from harness.world.links.errors import LinkError

_PERCENT = ("reorder", "duplicate", "corrupt")
_UNDER_WAY_PER_SECOND = 100_000  # packets: more than fit into the highest rate when all are full-sized
_UNDER_WAY_LEAST = 10_000
# netem with jitter overtakes, unless it is given a rate: then a packet never leaves before the one ahead of it. This
# one is so high that it does nothing else (a full frame takes 0.1 us).
_KEEPS_ORDER, _ANY_ORDER = "rate 100gbit", "rate 0bit"


@functools.cache
def has_netem() -> bool:
    """True if a netem qdisc can really be added: tried on the loopback of a network namespace made for it."""
    trial = "ip link set lo up && tc qdisc add dev lo root netem delay 1ms"
    return subprocess.run(["unshare", "-n", "sh", "-c", trial], capture_output=True, check=False).returncode == 0


def lacks(direction: Direction) -> list[str]:
    """What is wished for that neither HTB nor netem can do, in words; empty where the kernel will do."""
    found = []
    if direction.trace:
        found.append("no shaper of the kernel follows a trace")
    if direction.lose:
        found.append("no shaper of the kernel loses by rule")
    if direction.aqm and direction.aqm.discipline != "drop-tail":
        found.append(f"{direction.aqm.discipline} is made by wire only, so that it is the same on every kernel")
    if direction.burst is not None:
        found.append("HTB's burst is Mininet's, 15 kB")
    if not isinstance(direction.distribution, str):
        found.append("netem reads distributions from its own files only")
    return found


def describe(direction: Direction) -> str:
    """"HTB 0.7 Mbit/s, pfifo 20 packets"; "netem delay 10 ms, HTB 0.7 Mbit/s, pfifo 20 packets"; "none"."""
    parts = ["netem " + " ".join(direction.wishes())] if direction.emulated else []
    if direction.bw is not None:
        parts.append(f"HTB {direction.bw:g} Mbit/s")
        parts.append(f"{_fifo(direction)[0]} {direction.queue}" if direction.queue else f"queue {direction.waiting()}")
    return ", ".join(parts) or "none"


def _fifo(direction: Direction) -> tuple[str, int]:
    """(kind, limit) of the queueing discipline that bounds what waits."""
    assert direction.queue and direction.bw
    bound = direction.queue.byte_bound(direction.bw)
    return ("pfifo", int(direction.queue.amount)) if bound is None else ("bfifo", bound)


def _leaf(direction: Direction) -> tuple[str, int] | None:
    """(kind, limit) of the discipline 10:, or None."""
    return _fifo(direction) if direction.bw is not None and direction.queue else None


def netem_limit(direction: Direction) -> int:
    """Packets that may be under way; never the bottleneck, which is the queue of the rate."""
    return max(_UNDER_WAY_LEAST, math.ceil((direction.delay + direction.jitter) * _UNDER_WAY_PER_SECOND))


def _overtakes(direction: Direction) -> bool:
    return bool(direction.jitter) and not direction.keep_order


def _netem(direction: Direction, before: Direction = Direction()) -> str:
    """netem's words; what `before` had is taken back explicitly, since netem keeps what a change does not name."""
    words = [f"limit {netem_limit(direction)}"]
    if direction.delay or direction.jitter:
        words.append(f"delay {direction.delay * 1e6:.0f}us {direction.jitter * 1e6:.0f}us")
        if direction.delay_correlation or before.delay_correlation:
            words.append(f"{direction.delay_correlation:.5f}%")
        if direction.distribution != "uniform":
            words.append(f"distribution {direction.distribution}")
    if direction.loss_model:
        model = direction.loss_model
        words.append("loss gemodel " + " ".join(f"{one * 100:.5f}%" for one in (model.p, model.r, 1 - model.h, 1 - model.k)))
    elif direction.loss:
        correlation = direction.loss_correlation or before.loss_correlation
        words.append(f"loss {direction.loss:.5f}%" + (f" {direction.loss_correlation:.5f}%" if correlation else ""))
    words += [f"{name} {getattr(direction, name):.5f}%" for name in _PERCENT if getattr(direction, name) or getattr(before, name)]
    if direction.reorder_gap:
        words.append(f"gap {direction.reorder_gap}")
    if direction.jitter and direction.keep_order:
        words.append(_KEEPS_ORDER)
    elif _overtakes(direction) and before.jitter and before.keep_order:
        words.append(_ANY_ORDER)
    return " ".join(words)


def commands(interface: str, direction: Direction) -> list[str]:
    """Lines for ``tc -batch`` that shape what the interface sends, where nothing shapes it yet."""
    lines, parent = [], "root"
    if direction.emulated:
        lines.append(f"qdisc add dev {interface} root handle 20: netem {_netem(direction)}")
        parent = "parent 20:1"
    if direction.bw is not None:
        lines.append(f"qdisc add dev {interface} {parent} handle 5:0 htb default 1")
        lines.append(f"class add dev {interface} parent 5:0 classid 5:1 htb rate {direction.bw:f}Mbit burst 15k")
    if leaf := _leaf(direction):
        lines.append(f"qdisc add dev {interface} parent 5:1 handle 10: {leaf[0]} limit {leaf[1]}")
    return lines


def change_commands(interface: str, old: Direction, new: Direction) -> list[str] | None:
    """Lines that turn one shape into another while packets wait, none of which is lost unless the queue gets too short; None
    where the disciplines have to be made anew."""
    before, after = _leaf(old), _leaf(new)
    if (old.bw is None) != (new.bw is None) or bool(old.emulated) != bool(new.emulated):
        return None
    if (before and before[0]) != (after and after[0]):
        return None
    if new.distribution != old.distribution and new.distribution == "uniform":
        return None  # netem does not give up a distribution
    lines = []
    if new.emulated:
        lines.append(f"qdisc change dev {interface} root handle 20: netem {_netem(new, old)}")
    if new.bw is not None:
        lines.append(f"class change dev {interface} parent 5:0 classid 5:1 htb rate {new.bw:f}Mbit burst 15k")
    if after:
        lines.append(f"qdisc change dev {interface} parent 5:1 handle 10: {after[0]} limit {after[1]}")
    return lines


class Shaping:
    """One ``tc -batch`` that shapes interfaces of one namespace and reads back what the kernel then has.

    directions: interface → what it is to do; changes: interface → the lines that bring it about, where they are not commands().
    Start it inside the namespace; finish() waits, compares, and raises LinkError unless all is as asked.
    """

    def __init__(self, directions: dict[str, Direction], changes: dict[str, list[str]] | None = None) -> None:
        self._directions = directions
        lines = [line for name, one in directions.items() for line in (changes or {}).get(name) or commands(name, one)]
        for name in directions:
            lines += [f"qdisc show dev {name}", f"class show dev {name}"]
        self._process = subprocess.Popen(
            ["tc", "-j", "-batch", "-"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdin
        self._process.stdin.write("\n".join(lines) + "\n")
        self._process.stdin.close()
        self._process.stdin = None

    def finish(self) -> None:
        output, errors = self._process.communicate()
        if self._process.returncode != 0:
            raise LinkError(f"shaping {', '.join(self._directions)} failed: tc said: {errors.strip()}")
        answers: list[tuple[list[dict[str, Any]], list[str]]] = []
        for line in output.splitlines():
            if line.startswith("["):
                answers.append((json.loads(line), []))
            elif line.startswith("class "):  # tc shows classes as text even when asked for JSON
                answers[-1][1].append(line)
        for (name, one), (qdiscs, classes) in zip(self._directions.items(), answers, strict=True):
            verify(name, one, qdiscs, classes)


_UNITS = {"": 1.0, "K": 1e3, "M": 1e6, "G": 1e9}


def verify(interface: str, direction: Direction, qdiscs: list[dict[str, Any]], classes: list[str]) -> None:
    """Compares what ``tc -j qdisc show`` and ``tc class show`` say with what is wanted; raises LinkError at a difference."""
    found = {qdisc["handle"]: qdisc for qdisc in qdiscs}
    problem = ""
    if direction.bw is not None:
        rates = [re.search(r"^class htb 5:1 .*\brate ([0-9.]+)([KMG]?)bit", line) for line in classes]
        rate = next((float(match[1]) * _UNITS[match[2]] / 1e6 for match in rates if match), None)
        if found.get("5:", {}).get("kind") != "htb" or rate is None:
            problem = "there is no HTB class 5:1"
        elif abs(rate - direction.bw) > 1e-3 * direction.bw:
            problem = f"HTB has {rate:g} Mbit/s"
    leaf = found.get("10:", {})
    kind, limit = _leaf(direction) or (None, None)
    if leaf.get("kind") != kind or leaf.get("options", {}).get("limit") != limit:
        problem = problem or f"the leaf is {leaf.get('kind', 'missing')} {leaf.get('options', {})}, not {kind} {limit}"
    emulator = found.get("20:", {})
    kind, options = emulator.get("kind"), emulator.get("options", {})
    if kind != ("netem" if direction.emulated else None):
        problem = problem or f"the emulator is {kind or 'missing'}"
    elif kind and (wrong := _differences(direction, options)):
        problem = problem or f"netem has {wrong}"
    if problem:
        raise LinkError(f"interface {interface} is not shaped as asked ({describe(direction)}): {problem}")


def _differences(direction: Direction, options: dict[str, Any]) -> str:
    """What a netem's options are that was not asked for, in the words of ``tc -j``; empty when all is as asked."""
    asked = {"delay": direction.delay, "jitter": direction.jitter} | {name: getattr(direction, name) / 100 for name in _PERCENT}
    told = {name: options.get("delay", {}).get(name, 0.0) for name in ("delay", "jitter")}
    told |= {name: options.get(name, {}).get(name, 0.0) for name in _PERCENT}
    if model := direction.loss_model:
        asked |= {"p": model.p, "r": model.r}
        told |= {name: options.get("loss-gemodel", {}).get(name, 0.0) for name in ("p", "r")}
    else:
        asked["loss"], told["loss"] = direction.loss / 100, options.get("loss-random", {}).get("loss", 0.0)
    # tc prints six digits.
    wrong = [name for name in asked if not math.isclose(asked[name], told[name], rel_tol=1e-4, abs_tol=1e-6)]
    return ", ".join(f"{name} {told[name]:g} instead of {asked[name]:g}" for name in wrong)
