"""What one direction of a link does to packets: read from options, checked, and told in words."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from harness.world.links import queue as queues, rules, trace as traces, units
from harness.world.links.errors import LinkError
from harness.world.links.queue import Management, Queue
from harness.world.links.rules import Rule
from harness.world.links.trace import Trace

EMULATED = ("delay", "jitter", "loss", "reorder", "duplicate", "corrupt")
"""What no shaper of the kernel but netem can do."""

PROPERTIES = (
    "bw", "queue", "aqm", "burst", "trace", "delay", "jitter", "distribution", "delay_correlation", "keep_order", "loss",
    "loss_correlation", "loss_burst", "loss_model", "lose", "reorder", "reorder_gap", "duplicate", "corrupt",
)  # fmt: skip
"""Every option that may differ between the two directions."""

_PERCENT = ("loss", "reorder", "duplicate", "corrupt", "loss_correlation", "delay_correlation")
# An option makes sense only beside another: option → one of those, and why.
_NEEDS = {
    "jitter": (("delay",), "needs a delay to vary"),
    "reorder": (("delay",), "needs a delay that some packets are spared"),
    "reorder_gap": (("reorder",), "says which packets reorder= may choose"),
    "distribution": (("jitter",), "is that of jitter="),
    "delay_correlation": (("jitter",), "is that of successive delays, which differ only with jitter="),
    "keep_order": (("jitter",), "is about jitter="),
    "loss_correlation": (("loss",), "is that of successive losses"),
    "loss_burst": (("loss",), "is the mean length of the bursts that loss= comes in"),
    "queue": (("bw", "trace"), "without bw: a link without a rate has no queue to bound"),
    "aqm": (("bw", "trace"), "without bw: a link without a rate has no queue to manage"),
    "burst": (("bw",), "is what may leave at once before bw= takes hold"),
}
_EXCLUSIVE = (("bw", "trace"), ("loss", "loss_model"), ("loss_burst", "loss_correlation"))
_LEAST_TABLE = 2


@dataclasses.dataclass(frozen=True)
class LossModel:
    """Gilbert-Elliott, as `tc netem loss gemodel`: probabilities 0 to 1. p: good → bad; r: bad → good; h: 1 - h is the loss in
    the bad state; k: 1 - k the loss in the good one."""

    p: float
    r: float
    h: float = 0.0
    k: float = 1.0

    @property
    def mean(self) -> float:
        """Share of packets lost in the long run."""
        bad = self.p / (self.p + self.r) if self.p + self.r else 0.0
        return bad * (1 - self.h) + (1 - bad) * (1 - self.k)

    def __str__(self) -> str:
        return f"p {self.p * 100:.4g} % r {self.r * 100:.4g} % h {self.h * 100:.4g} % k {self.k * 100:.4g} %"


@dataclasses.dataclass(frozen=True)
class Direction:
    """What one end of a link does to the packets it sends.

    bw in Mbit/s or None; queue None where Mininet's 1,000 packets are; delay and jitter in seconds; burst in bytes; loss,
    reorder, duplicate, corrupt and correlations in percent; lose: rules of loss. distribution: "uniform", "normal" or the quantiles of one.
    declared: the options this was read from.
    """

    bw: float | None = None
    queue: Queue | None = None
    delay: float = 0.0
    jitter: float = 0.0
    loss: float = 0.0
    reorder: float = 0.0
    duplicate: float = 0.0
    corrupt: float = 0.0
    distribution: str | tuple[float, ...] = "uniform"
    delay_correlation: float = 0.0
    keep_order: bool = True
    loss_correlation: float = 0.0
    loss_model: LossModel | None = None
    lose: tuple[Rule, ...] = ()
    reorder_gap: int = 0
    burst: int | None = None
    aqm: Management | None = None
    trace: Trace | None = None
    declared: dict[str, Any] = dataclasses.field(default_factory=dict, compare=False, hash=False, repr=False)

    @property
    def emulated(self) -> list[str]:
        """The options that only a link emulator can fulfil."""
        return [name for name in EMULATED if getattr(self, name) or (name == "loss" and self.loss_model)]

    @property
    def shaped(self) -> bool:
        return self.bw is not None or self.trace is not None or bool(self.emulated or self.lose)

    @property
    def random(self) -> bool:
        """True if packets' fates are drawn, so that a seed decides them."""
        return bool(self.jitter or self.reorder or self.duplicate or self.corrupt or self.mean_loss % 100)

    @property
    def mean_loss(self) -> float:
        """Percent of packets that are lost by chance, in the long run."""
        return self.loss_model.mean * 100 if self.loss_model else self.loss

    def wishes(self) -> list[str]:
        """What is emulated, in words: "delay 10 ms", "lose 'first ACK'"."""
        found = []
        for name in self.emulated:
            value = getattr(self, name)
            if name == "loss" and self.loss_model:
                found.append(f"loss {self.loss_model.mean * 100:.4g} % in bursts ({self.loss_model})")
            else:
                found.append(f"{name} {value:g} %" if name in _PERCENT else f"{name} {value * 1e3:g} ms")
            if name == "jitter" and self.distribution != "uniform":
                found[-1] += f" {self.distribution}" if isinstance(self.distribution, str) else " from a table"
        return found + [f"lose {str(rule)!r}" for rule in self.lose]

    def waiting(self) -> str:
        """What may wait for the rate, in words; empty without a rate."""
        if self.bw is None and self.trace is None:
            return ""
        bound = str(self.queue) if self.queue else f"{queues.MININET_PACKETS} packets as Mininet leaves it"
        return bound if self.aqm is None else f"{bound} {self.aqm}"

    def changed(self, options: dict[str, Any]) -> Direction:
        """With options changed (None takes one away). A queue stays as long as it is, whatever the new rate."""
        merged = {**self.declared}
        if "queue" not in merged and self.queue and self.queue.unit == "packets":
            merged["queue"] = int(self.queue.amount)
        for first, second in (*_EXCLUSIVE, ("loss_model", "loss_burst"), ("loss_model", "loss_correlation")):
            # A new wish for one of two takes the other's place.
            for new, old in ((first, second), (second, first)):
                if options.get(new) is not None and options.get(old) is None:
                    merged.pop(old, None)
        merged |= options
        merged = {name: value for name, value in merged.items() if value is not None}
        for name, (others, _) in _NEEDS.items():
            # What only tells more about something goes with it.
            if "delay" not in others and name not in options and not any(merged.get(other) for other in others):
                merged.pop(name, None)
        return read(merged)


def read(options: dict[str, Any]) -> Direction:
    """A direction from its options; raises LinkError. None stands for an option not given."""
    wishes = {name: value for name, value in options.items() if value is not None}
    for name in wishes:
        if name not in PROPERTIES:
            raise LinkError(f"there is no property {name!r}; known are {', '.join(PROPERTIES)}")
    for pair in _EXCLUSIVE:
        if all(name in wishes for name in pair):
            raise LinkError(f"{pair[0]}={wishes[pair[0]]!r} and {pair[1]}= exclude one another; give one of them")
    values: dict[str, Any] = {name: units.percent(name, wishes[name]) for name in _PERCENT if name in wishes}
    values |= {name: units.seconds(name, wishes[name]) for name in ("delay", "jitter") if name in wishes}
    if "bw" in wishes:
        values["bw"] = units.rate("bw", wishes["bw"])
    if "trace" in wishes:
        values["trace"] = traces.read("trace", wishes["trace"])
    if "burst" in wishes:
        values["burst"] = units.size("burst", wishes["burst"], 1 << 26)
    if "keep_order" in wishes:
        values["keep_order"] = units.switch("keep_order", wishes["keep_order"])
    if "reorder_gap" in wishes:
        values["reorder_gap"] = units.count("reorder_gap", wishes["reorder_gap"], 1, 1_000_000, "packets")
    if "lose" in wishes:
        values["lose"] = rules.read("lose", wishes["lose"])
    if "distribution" in wishes:
        values["distribution"] = _distribution(wishes["distribution"])
    for name, (others, why) in _NEEDS.items():
        # A jitter of nothing needs no delay.
        if name in wishes and values.get(name, True) and not any(values.get(other) for other in others):
            shown = f"={wishes[name]}" if name in ("queue", "aqm") else ""
            raise LinkError(f"{name}{shown} {why}; give {' or '.join(f'{other}=' for other in others)} too")
    earliest = -values["distribution"][0] if isinstance(values.get("distribution"), tuple) else 1
    if earliest * values.get("jitter", 0) > values.get("delay", 0):
        raise LinkError(
            f"jitter={wishes['jitter']} is too much for delay={wishes['delay']}: a packet would arrive before it was sent"
        )
    values["loss_model"] = _loss_model(wishes, values)
    values["queue"] = _queue(wishes, values)
    if "aqm" in wishes:
        values["aqm"] = queues.read_management("aqm", wishes["aqm"], values["queue"])
    return Direction(**values, declared=wishes)


def _queue(wishes: dict[str, Any], values: dict[str, Any]) -> Queue | None:
    bw = values.get("bw") or (values["trace"].bw if "trace" in values else None)
    if "queue" in wishes:
        found = queues.read("queue", wishes["queue"])
        if found and found.unit == "milliseconds" and "trace" in values:
            raise LinkError(f"queue={wishes['queue']!r} is impossible with a trace, whose rate varies; bound it in packets or bytes")
        return found
    return Queue(queues.default(bw, values.get("delay", 0.0))) if bw else None


def _distribution(value: Any) -> str | tuple[float, ...]:
    if value in ("uniform", "normal"):
        return value
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        raise LinkError(f"distribution={value!r} is not known; possible are 'uniform', 'normal' and a list of quantiles")
    found = tuple(units.number("distribution", one) for one in value)
    if len(found) < _LEAST_TABLE or list(found) != sorted(found):
        raise LinkError("distribution: a list has two or more quantiles, in units of the jitter, none less than the one before")
    return found


def _loss_model(wishes: dict[str, Any], values: dict[str, Any]) -> LossModel | None:
    """Gilbert-Elliott, in full (loss_model=) or from loss and the mean length of its bursts (loss_burst=)."""
    if "loss_burst" in wishes:
        length, loss = units.number("loss_burst", wishes["loss_burst"]), values["loss"] / 100
        if length < 1 or not loss < 1 or (most := loss / (1 - loss)) > length:
            raise LinkError(
                f"loss_burst={wishes['loss_burst']} with loss={wishes['loss']} is impossible: bursts are 1 packet or longer, and so "
                "long that a packet arrives between two of them"
            )
        return LossModel(p=most / length, r=1 / length)
    if "loss_model" not in wishes:
        return None
    given = wishes["loss_model"]
    if not isinstance(given, dict) or set(given) != {"gilbert_elliott"} or not isinstance(given["gilbert_elliott"], dict):
        raise LinkError(f"loss_model={given!r} is not known; possible is {{'gilbert_elliott': {{'p': '1%', 'r': '30%', 'h': 0, 'k': '100%'}}}}")
    parts = {name: units.percent(f"loss_model {name}", value) / 100 for name, value in given["gilbert_elliott"].items()}
    if not {"p", "r"} <= set(parts) <= {"p", "r", "h", "k"}:
        raise LinkError(f"loss_model: gilbert_elliott takes p and r, and may take h and k, not {', '.join(parts) or 'nothing'}")
    if math.isclose(parts["p"] + parts["r"], 0):
        raise LinkError("loss_model: p and r are both 0, so that the state never changes; give loss= instead")
    return LossModel(**parts)
