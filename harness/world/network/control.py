"""A link in the hands of a scenario: changed, cut and counted while it is in use."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Callable

from harness.judge.waiting import wait_for
from harness.world.links import counting, kernel
from harness.world.links.counting import Counters, Drop
from harness.world.links.direction import PROPERTIES, Direction
from harness.world.links.errors import LinkError, UnsupportedLink
from harness.world.links.means import Means
from harness.world.links.schedule import SIDES
from harness.world.links.wire_config import change_config
from harness.world.network.cable import plug, pull
from harness.world.network.namespaces import visiting_node

if TYPE_CHECKING:
    from harness.world.links.wire import Wire
    from harness.world.network.nodes import LabLink

_OPPOSITE = {"forward": "backward", "backward": "forward", "both": "both"}
_WRITING_SECONDS = 5.0


class LinkControl:
    """A link as seen from one of its ends: ``forward`` is from there to the other end.

    name: "h1-s1"; means: how it is made. tell: takes a sentence for the transcript.
    """

    def __init__(self, link: LabLink, seen_from_second: bool, tell: Callable[[str], None] = lambda text: None) -> None:
        self._link, self._turned, self._tell = link, seen_from_second, tell
        self.name = link.name
        self.means: Means = link.means
        self.before_cut: Callable[[list[str]], None] = lambda interfaces: None
        """Takes the names of both ends before down(): an interface that is down hands nothing over to whoever records it."""

    @property
    def broken(self) -> str:
        """How its emulator ended though nobody asked it to; empty when all is well."""
        return self._link.wire.ended if self._link.wire else ""

    @property
    def _wire(self) -> Wire:
        wire = self._link.wire
        assert wire is not None  # a link whose means is wire has one
        return wire

    def _declared(self, side: str) -> str:
        """A side as it was declared, from a side as it is seen here; and the other way round."""
        if side not in _OPPOSITE:
            raise LinkError(f"link {self.name}: direction={side!r} is not forward, backward or both")
        return _OPPOSITE[side] if self._turned else side

    def set(self, direction: str = "both", **options: Any) -> None:
        """Changes properties while packets pass: ``set(delay="50ms", loss=1)``; None takes one away, the rest stays. Rules of loss
        (``lose="first ACK"``) count from 1 each time they are set.

        direction: "forward", "backward" or "both". Raises LinkError for what is impossible, UnsupportedLink for what the means of
        this link cannot do (declare it with means="wire" then).
        """
        side = self._declared(direction)
        for option in options:
            if option not in PROPERTIES:
                raise LinkError(f"link {self.name}: {option!r} cannot be changed in flight; what can is {', '.join(PROPERTIES)}")
        wanted = {}
        for one in SIDES if side == "both" else (side,):
            try:
                wanted[one] = self._link.sender(one).shape.changed(options)
            except LinkError as error:
                raise LinkError(f"link {self.name}: {error}") from None
        for one, new in wanted.items():
            self._change(one, new, options)
        words = ", ".join(f"{name} {value}" for name, value in options.items())
        self._tell(f"link {self.name}: {words}" + ("" if direction == "both" else f" ({direction})"))

    def _change(self, side: str, new: Direction, named: Iterable[str]) -> None:
        intf = self._link.sender(side)
        old = intf.shape
        if self.means is Means.WIRE:
            if change := change_config(old, new, named):
                self._wire.ask({"direction": side, **change})
            intf.shape = new
            return
        reasons = kernel.lacks(new)
        if new.emulated and not kernel.has_netem():
            reasons.append(f"this kernel has no netem, which {' and '.join(new.emulated)} would need")
        if reasons:
            raise UnsupportedLink(f"link {self.name} was made by {self.means.value}: {'; '.join(reasons)}. Declare it with means='wire'")
        intf.shape = new
        intf.node.plan.reshape(intf, old)

    def down(self) -> None:
        """Cuts the link: nothing passes until up(). What was under way is lost, and nobody is told.

        By wire the frames are dropped in between; else the far end is taken down as if the cable were pulled there.
        """
        self._cut(True)

    def up(self) -> None:
        """Joins it again."""
        self._cut(False)

    def _cut(self, down: bool) -> None:
        if down:
            self.before_cut([self._link.intf1.name, self._link.intf2.name])
        if self.means is Means.WIRE:
            self._wire.ask({"down": down})
        elif down and self._link.routes is None:
            self._link.routes = pull(self._link)
        elif not down and self._link.routes is not None:
            plug(self._link, self._link.routes)
            self._link.routes = None
        self._tell(f"link {self.name} {'down' if down else 'up'}")

    def counters(self) -> dict[str, Counters]:
        """What passed and what did not: "forward" → Counters, "backward" → Counters."""
        if self.means is Means.WIRE:
            answer = self._wire.ask({"counters": True}, "counters")
            return {side: counting.from_wire(answer[self._declared(side)]) for side in SIDES}
        found = {}
        for side in SIDES:
            intf = self._link.sender(self._declared(side))
            with visiting_node(intf.node):
                found[side] = counting.from_kernel(intf.name)
        return found

    def drops(self) -> list[Drop]:
        """Every packet dropped so far, in order of time. By wire, which ones and why; the kernel tells how many only."""
        counters = self.counters()
        if self.means is not Means.WIRE:
            return [Drop(side, cause) for side in SIDES for cause, count in counters[side].dropped.items() for _ in range(count)]
        wanted, file = sum(one.lost for one in counters.values()), self._wire.file("drops.jsonl")
        what = f"the {wanted} packets dropped by link {self.name} in {file.name}"
        wait_for(lambda: len(counting.read_drops(file)) >= wanted, what, _WRITING_SECONDS)
        rows = counting.read_drops(file)
        return [dataclasses.replace(row, direction=self._declared(row.direction)) for row in rows]
