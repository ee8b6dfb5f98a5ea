"""What a link is asked to be, in both directions: the options of a topology's ``addLink``."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from harness.world.links import direction as directions, units
from harness.world.links.direction import PROPERTIES, Direction
from harness.world.links.errors import LinkError
from harness.world.links.schedule import Entry, read_schedule

MEANS = ("auto", "netem", "wire")

_OF_BOTH = ("seed", "schedule", "means")
OPTIONS = (*PROPERTIES, "forward", "backward", *_OF_BOTH)
# What Mininet's own Link and Intf take; none of them shapes.
_PLUMBING = {
    "node1", "node2", "port1", "port2", "intfName1", "intfName2", "addr1", "addr2", "intf", "cls", "cls1", "cls2",
    "fast", "port", "ip", "mac", "up", "ifconfig", "moveIntfFn", "key",
}  # fmt: skip
_MININET_NAMES = {"max_queue_size": "queue"}


class Link(Mapping[str, Any]):
    """A link as one would declare it, checked at once: ``Link(bw=10, delay="5ms", loss="1%", seed=7)``.

    Usable wherever Mininet takes link options, since it is a mapping: ``addLink(h1, s1, **adsl)``, ``Single(3, **adsl)``;
    writing the options there directly is the same. forward (from the first node to the second) and backward hold
    what differs between the directions: ``Link(delay="10ms", forward={"bw": 1}, backward={"bw": 16})``; Mininet's params1 and
    params2 (the ends that send) do the same. Raises LinkError for what is impossible, whatever the machine.

    bw: Mbit/s ("0.7mbit"); queue: packets, "30000b", "50ms" or "mininet"; aqm: "drop-tail", "drop-head", "codel" or
    {"discipline": "red", …}; burst: bytes; trace: a file of packet deliveries; delay, jitter: milliseconds ("500us");
    distribution: "uniform", "normal", quantiles; loss, reorder, duplicate, corrupt: percent; loss_burst: mean packets of a
    burst; loss_model: {"gilbert_elliott": {"p": …, "r": …}}; lose: rules such as "first ACK" (rules.py); seed: a number;
    schedule: what changes when; means: "auto", "netem", "wire".
    """

    def __init__(
        self,
        *,
        bw: Any = None, queue: Any = None, aqm: Any = None, burst: Any = None, trace: Any = None,
        delay: Any = None, jitter: Any = None, distribution: Any = None, delay_correlation: Any = None, keep_order: Any = None,
        loss: Any = None, loss_correlation: Any = None, loss_burst: Any = None, loss_model: Any = None, lose: Any = None,
        reorder: Any = None, reorder_gap: Any = None, duplicate: Any = None, corrupt: Any = None,
        forward: Mapping[str, Any] | None = None, backward: Mapping[str, Any] | None = None,
        seed: Any = None, schedule: Any = None, means: Any = None,
    ) -> None:  # fmt: skip
        given = locals()
        self._options = {name: given[name] for name in OPTIONS if given[name] is not None}
        self.wish = read("?", self._options)

    def __getitem__(self, name: str) -> Any:
        return self._options[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._options)

    def __len__(self) -> int:
        return len(self._options)


@dataclasses.dataclass(frozen=True)
class Wish:
    """A link's options, read and found possible. seed and means None: not given."""

    forward: Direction = Direction()
    backward: Direction = Direction()
    seed: int | None = None
    schedule: tuple[Entry, ...] = ()
    means: str | None = None

    @property
    def directions(self) -> tuple[Direction, Direction]:
        return self.forward, self.backward

    @property
    def shaped(self) -> bool:
        """True if the link is anything else than as quick and as good as the machine."""
        return any(one.shaped for one in self.directions) or bool(self.schedule)


def split(options: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what shapes, what is for Mininet) of the options of an addLink; params1 and params2 are taken apart likewise."""
    shaping = {name: value for name, value in options.items() if name in OPTIONS or name in _MININET_NAMES}
    rest = {name: value for name, value in options.items() if name not in shaping}
    for name, side in (("params1", "forward"), ("params2", "backward")):
        own = dict(rest.get(name) or {})
        own_shaping = {key: own.pop(key) for key in list(own) if key in PROPERTIES or key in _MININET_NAMES}
        if name in rest:
            rest[name] = own
        if own_shaping:
            shaping[side] = {**own_shaping, **(shaping.get(side) or {})}
    return shaping, rest


def read(name: str, options: Mapping[str, Any]) -> Wish:
    """Reads and checks the options of a link, all that addLink takes; ``name`` is the link's for messages."""
    try:
        shaping, rest = split(options)
        for part in (rest, rest.get("params1") or {}, rest.get("params2") or {}):
            for option in part:
                if option not in _PLUMBING and option not in ("params1", "params2"):
                    raise LinkError(f"there is no property {option!r}; known are {', '.join(OPTIONS)}")
        common = _properties(shaping)
        sides = []
        for side in ("forward", "backward"):
            own = shaping.get(side) or {}
            if not isinstance(own, Mapping):
                raise LinkError(f"{side}={own!r} is not a set of options such as {side}={{'bw': 1}}")
            for option in own:
                if option not in PROPERTIES and option not in _MININET_NAMES:
                    raise LinkError(f"{side}: there is no property {option!r}; known are {', '.join(PROPERTIES)}")
            sides.append(directions.read({**common, **_properties(own)}))
        forward, backward = sides
        return Wish(forward, backward, *_of_both(shaping, sides))
    except LinkError as error:
        raise type(error)(f"link {name}: {error}" if name != "?" else str(error)) from None


def _properties(options: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in options.items() if name in PROPERTIES and value is not None}
    for theirs, ours in _MININET_NAMES.items():
        if options.get(theirs) is not None:
            if ours in found:
                raise LinkError(f"{theirs}= is Mininet's name for {ours}=; give one of them")
            found[ours] = options[theirs]
    return found


def _of_both(shaping: Mapping[str, Any], sides: list[Direction]) -> tuple[int | None, tuple[Entry, ...], str | None]:
    seed, schedule, means = (shaping.get(name) for name in _OF_BOTH)
    if seed is not None:
        seed = units.count("seed", seed, 0, (1 << 64) - 1, "as a number to begin with")
    if means is not None and means not in MEANS:
        raise LinkError(f"means={means!r} is not known; possible are {', '.join(MEANS)}")
    return seed, read_schedule(schedule, sides[0], sides[1]) if schedule is not None else (), means
