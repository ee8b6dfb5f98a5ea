"""What a link is asked to be, and the ``tc`` commands that make it so.

Link options of a topology: ``bw`` (Mbit/s, each direction), ``queue`` (packets that may wait at each end, or
"mininet"), ``delay`` and ``jitter`` (each direction; "10ms", or a number of milliseconds), ``loss``, ``reorder``,
``duplicate``, ``corrupt`` (percent). Rates are made by HTB exactly as Mininet's TCIntf makes them (classes 5:0 and
5:1, both ends), with one difference: the queue behind the rate is bounded. Mininet leaves it at the interface's
1,000 packets, 17 s of standing queue at 0.7 Mbit/s; ``queue="mininet"`` asks for just that.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import re
import subprocess
from typing import Any

FRAME = 1514
"""Bytes of a full Ethernet frame without its checksum, as the kernel counts them."""

DEFAULT_QUEUE_PACKETS = 20
DEFAULT_QUEUE_SECONDS = 0.05
_EMULATED = ("delay", "jitter", "loss", "reorder", "duplicate", "corrupt")
_PERCENT = ("loss", "reorder", "duplicate", "corrupt")
_KNOWN = ("bw", "queue", *_EMULATED)
# What Mininet's own Link and Intf take; none of them shapes.
_PLUMBING = {
    "node1", "node2", "port1", "port2", "intfName1", "intfName2", "addr1", "addr2", "intf", "cls", "cls1", "cls2",
    "params1", "params2", "fast", "port", "ip", "mac", "up", "ifconfig", "moveIntfFn", "key",
}  # fmt: skip
_BW_MAX = 1000  # Mbit/s: beyond, Mininet refuses too, and HTB's burst of 15 kB is too small to be exact


class LinkError(ValueError):
    """A link option makes no sense; the text names the link, the option and what is possible."""


class UnsupportedLink(LinkError):
    """The link is thinkable but this machine cannot make it; the text says what to do."""


@dataclasses.dataclass(frozen=True)
class Shape:
    """What one end of a link does to the packets it sends.

    bw in Mbit/s or None; queue in packets, or None for Mininet's 1,000; delay and jitter in seconds; the rest percent.
    """

    bw: float | None = None
    queue: int | None = None
    delay: float = 0.0
    jitter: float = 0.0
    loss: float = 0.0
    reorder: float = 0.0
    duplicate: float = 0.0
    corrupt: float = 0.0

    @property
    def emulated(self) -> list[str]:
        """The options that only a link emulator (netem) can fulfil."""
        return [name for name in _EMULATED if getattr(self, name)]

    @property
    def shaped(self) -> bool:
        return self.bw is not None or bool(self.emulated)

    def __str__(self) -> str:
        parts = []
        if self.bw is not None:
            parts.append(f"HTB {self.bw:g} Mbit/s")
        if self.emulated:
            wishes = [
                f"{name} {getattr(self, name):g} %" if name in _PERCENT else f"{name} {getattr(self, name) * 1e3:g} ms"
                for name in self.emulated
            ]
            parts.append("netem " + " ".join(wishes))
        if self.bw is not None:
            parts.append(f"pfifo {self.queue} packets" if self.queue else "1000 packets as Mininet leaves it")
        return ", ".join(parts) or "none"

    def commands(self, interface: str) -> list[str]:
        """Lines for ``tc -batch`` that shape what the interface sends."""
        lines, parent = [], "root"
        if self.bw is not None:
            lines.append(f"qdisc add dev {interface} root handle 5:0 htb default 1")
            lines.append(f"class add dev {interface} parent 5:0 classid 5:1 htb rate {self.bw:f}Mbit burst 15k")
            parent = "parent 5:1"
        if self.emulated:
            lines.append(f"qdisc add dev {interface} {parent} handle 10: netem limit {self.netem_limit} {self._netem()}")
        elif self.queue:
            lines.append(f"qdisc add dev {interface} {parent} handle 10: pfifo limit {self.queue}")
        return lines

    @property
    def netem_limit(self) -> int:
        """netem holds the packets under way as well as those that wait: room for both."""
        if self.bw is None:
            return self.queue or 10_000
        under_way = math.ceil((self.delay + self.jitter) * self.bw * 1e6 / 8 / FRAME)
        return (self.queue or 1000) + under_way

    def _netem(self) -> str:
        words = []
        if self.delay or self.jitter:
            words.append(f"delay {self.delay * 1e6:.0f}us {self.jitter * 1e6:.0f}us")
        words += [f"{name} {getattr(self, name):.5f}%" for name in _PERCENT if getattr(self, name)]
        return " ".join(words)


def parse(link: str, options: dict[str, Any]) -> Shape:
    """Reads and checks the options of a link, ``link`` being its name for messages."""
    for name in options:
        if name == "seed" or name == "max_queue_size":
            hint = "queue=N sets a queue's length" if name == "max_queue_size" else "no seeded losses are possible here"
            raise UnsupportedLink(f"link {link}: {name} is not supported: {hint}")
        if name not in _KNOWN and name not in _PLUMBING:
            raise LinkError(f"link {link}: there is no property {name!r}; known are {', '.join(_KNOWN)}")
    wishes = {name: options[name] for name in _KNOWN if options.get(name) is not None}
    bw = _amount(link, "bw", wishes["bw"]) if "bw" in wishes else None
    if bw is not None and not 0 < bw <= _BW_MAX:
        raise LinkError(f"link {link}: bw={bw:g} Mbit/s is impossible; more than 0 and up to {_BW_MAX} can be made")
    values = {name: _amount(link, name, wishes[name]) for name in _PERCENT if name in wishes}
    for name, percent in values.items():
        if not 0 <= percent <= 100:
            raise LinkError(f"link {link}: {name}={percent:g} is impossible; it is a percentage from 0 to 100")
    values |= {name: _seconds(link, name, wishes[name]) for name in ("delay", "jitter") if name in wishes}
    for name in ("jitter", "reorder"):
        if values.get(name) and not values.get("delay"):
            raise LinkError(f"link {link}: {name} needs a delay to vary; give delay= too")
    queue = _queue(link, wishes.get("queue"), bw, values.get("delay", 0.0))
    return Shape(bw=bw, queue=queue, **values)


def _queue(link: str, wish: Any, bw: float | None, delay: float) -> int | None:
    if wish is None:
        return None if bw is None else default_queue(bw, delay)
    if wish == "mininet":
        return None
    if bw is None:
        raise LinkError(f"link {link}: queue={wish} without bw: a link without a rate has no queue to bound")
    if isinstance(wish, bool) or not isinstance(wish, (int, float)) or wish != int(wish) or not 1 <= wish <= 1_000_000:
        raise LinkError(f"link {link}: queue={wish!r} is impossible; it is 1 to 1,000,000 packets, or 'mininet'")
    return int(wish)


def default_queue(bw: float, delay: float = 0.0) -> int:
    """Packets: what leaves in 50 ms plus one round trip of the delay, but at least 20 (0.34 s at 0.7 Mbit/s)."""
    return max(DEFAULT_QUEUE_PACKETS, math.ceil((DEFAULT_QUEUE_SECONDS + 2 * delay) * bw * 1e6 / 8 / FRAME))


def _amount(link: str, name: str, value: Any) -> float:
    try:
        number = float(str(value).removesuffix("%")) if name in _PERCENT else float(value)
    except (TypeError, ValueError):
        raise LinkError(f"link {link}: {name}={value!r} is not a number") from None
    if not math.isfinite(number):
        raise LinkError(f"link {link}: {name}={value!r} is not a finite number")
    return number


def _seconds(link: str, name: str, value: Any) -> float:
    found = re.fullmatch(r"(-?[0-9]*\.?[0-9]+)(us|ms|s|)", str(value).strip())
    if not found:
        raise LinkError(f"link {link}: {name}={value!r} is not a time such as '10ms', '500us' or 10 (milliseconds)")
    seconds = float(found[1]) * {"us": 1e-6, "ms": 1e-3, "s": 1.0, "": 1e-3}[found[2]]
    if not 0 <= seconds <= 60:
        raise LinkError(f"link {link}: {name}={value!r} is impossible; 0 to 60 seconds can be made")
    return seconds


@functools.cache
def has_netem() -> bool:
    """True if a netem qdisc can really be added: tried on the loopback of a network namespace made for it."""
    trial = "ip link set lo up && tc qdisc add dev lo root netem delay 1ms"
    return subprocess.run(["unshare", "-n", "sh", "-c", trial], capture_output=True, check=False).returncode == 0


def check_supported(link: str, shape: Shape) -> None:
    """Raises UnsupportedLink if this machine has no means for the shape."""
    if shape.emulated and not has_netem():
        raise UnsupportedLink(
            f"link {link}: {', '.join(shape.emulated)} cannot be made here: this kernel has no netem queueing "
            "discipline (sch_netem), and an unshaped link would pass for a shaped one; "
            "leave the option out, or use a kernel with CONFIG_NET_SCH_NETEM"
        )


class Shaping:
    """One ``tc -batch`` that shapes interfaces of one namespace and reads back what the kernel then has.

    Start it inside the namespace; finish() waits, compares, and raises LinkError unless all is as asked.
    """

    def __init__(self, shapes: dict[str, Shape]) -> None:
        self._shapes = shapes
        lines = [line for name, shape in shapes.items() for line in shape.commands(name)]
        for name in shapes:
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
            raise LinkError(f"shaping {', '.join(self._shapes)} failed: tc said: {errors.strip()}")
        answers: list[tuple[list[dict[str, Any]], list[str]]] = []
        for line in output.splitlines():
            if line.startswith("["):
                answers.append((json.loads(line), []))
            elif line.startswith("class "):  # tc shows classes as text even when asked for JSON
                answers[-1][1].append(line)
        for (name, shape), (qdiscs, classes) in zip(self._shapes.items(), answers, strict=True):
            verify(name, shape, qdiscs, classes)


_UNITS = {"": 1.0, "K": 1e3, "M": 1e6, "G": 1e9}


def verify(interface: str, shape: Shape, qdiscs: list[dict[str, Any]], classes: list[str]) -> None:
    """Compares what ``tc -j qdisc show`` and ``tc class show`` say with the shape; raises LinkError at a difference."""
    found = {qdisc["handle"]: qdisc for qdisc in qdiscs}
    problem = ""
    if shape.bw is not None:
        rates = [re.search(r"^class htb 5:1 .*\brate ([0-9.]+)([KMG]?)bit", line) for line in classes]
        rate = next((float(match[1]) * _UNITS[match[2]] / 1e6 for match in rates if match), None)
        if found.get("5:", {}).get("kind") != "htb" or rate is None:
            problem = "there is no HTB class 5:1"
        elif abs(rate - shape.bw) > 1e-3 * shape.bw:
            problem = f"HTB has {rate:g} Mbit/s"
    leaf = found.get("10:", {})
    kind, limit = (
        ("netem", shape.netem_limit) if shape.emulated else ("pfifo", shape.queue) if shape.queue else (None, None)
    )
    if leaf.get("kind") != kind or leaf.get("options", {}).get("limit") != limit:
        problem = problem or f"the leaf is {leaf.get('kind', 'missing')} {leaf.get('options', {})}, not {kind} {limit}"
    if problem:
        raise LinkError(f"interface {interface} is not shaped as asked ({shape}): {problem}")
