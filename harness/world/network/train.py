"""A train of frames over one direction of a link, sent faster than its rate, to measure rate, queue, losses and order."""

from __future__ import annotations

import math
import select
import statistics
import time

from harness.world.links.chance import binomial_at_least, binomial_at_most
from harness.world.links.direction import Direction
from harness.world.links.queue import FRAME
from harness.world.network.frames import Frames

_SECONDS = 0.25  # that a train may take
_SHORTEST = 0.02  # seconds that a train without a queue to fill should take, where _LONGEST allows
_TOKENS = 1600  # bytes that HTB lets through at once: tc's default cburst
_SMALLEST = 100  # bytes
_LONGEST = 1000  # packets
_GRACE = 1.5  # seconds beyond the expected end before missing frames count as lost
_QUIET = 0.15  # seconds without a frame, after which no more are expected of a link that may drop some
_FEWEST = 8  # frames that tell a rate
_UNLIKELY = 1e-6  # what chance alone brings about no more often is a link that is not as declared

KERNEL_TOLERANCE = ((100, 0.05), (math.inf, 0.15))
WIRE_TOLERANCE = ((10, 0.02), (100, 0.05), (math.inf, 0.15))
"""Up to so many Mbit/s, this share: above, the time between two frames nears the machine's timer and scheduling noise."""


def measurable(direction: Direction) -> bool:
    """True where frames leave one after the other at a constant rate: neither jitter nor reordering behind it, nor a trace."""
    return direction.bw is not None and not direction.jitter and not direction.reorder and direction.mean_loss < 100


class Train(Frames):
    """Frames from interface ``near`` to ``far``, and what is declared of the direction between them, which is measurable().

    After run_trains: measured_bw (Mbit/s; None if frames could not be sent or read fast enough), sent and
    survived (frames), tries_queue (sent were more than the queue holds), problem (empty when all is as declared).
    """

    def __init__(self, near: str, far: str, direction: Direction, tolerance=KERNEL_TOLERANCE) -> None:
        assert direction.bw
        self.direction, self.bw = direction, direction.bw
        self.measured_bw: float | None = None
        self._tolerance = next(share for limit, share in tolerance if self.bw <= limit)
        self._tokens = direction.burst or _TOKENS
        managed = direction.aqm and direction.aqm.discipline in ("red", "codel")
        self._lossless = not direction.mean_loss and not direction.corrupt and not managed
        budget = _SECONDS * self.bw * 1e6 / 8
        size, queue = self._filling(budget) if self._lossless else (0, 0)
        self.tries_queue = bool(size)
        if size:
            super().__init__(near, far, size, queue + queue // 4 + self._free_of(size) + 8)
        else:
            # Few enough to fit into any queue declared, small enough to be through in time.
            wanted = max(40, math.ceil(_SHORTEST * self.bw * 1e6 / 8 / FRAME))
            count = min(wanted, self._room(FRAME) or _LONGEST, _LONGEST)
            super().__init__(near, far, int(min(FRAME, max(_SMALLEST, budget / count))), max(1, count))

    def _room(self, size: int) -> int | None:
        """Frames that the queue holds; None for Mininet's."""
        return self.direction.queue.frames(size, self.bw) if self.direction.queue else None

    def _filling(self, budget: float) -> tuple[int, int]:
        """(size of frames, how many the queue holds) that overfill the queue in time; (0, 0) where it is too long."""
        queue = self.direction.queue
        if queue is None:
            return 0, 0
        if queue.unit != "packets":
            room = queue.frames(FRAME, self.bw)
            return (FRAME, room) if room <= _LONGEST and 4 <= room and room * FRAME <= 2 * budget else (0, 0)
        room = int(queue.amount)
        if room > _LONGEST or room * _SMALLEST > budget:
            return 0, 0
        return int(min(FRAME, max(_SMALLEST, budget / (room + 3)))), room

    def _free_of(self, size: int) -> int:
        """Frames that pass before the rate takes hold."""
        return math.ceil(self._tokens / size) + 1

    @property
    def _free(self) -> int:
        return self._free_of(self.size)

    @property
    def expected_seconds(self) -> float:
        return len(self.sent) * self.size * 8 / self.bw / 1e6 + self.direction.delay

    @property
    def settled(self) -> bool:
        """True when nothing more is to be waited for."""
        if self.complete:
            return True
        if self._lossless and not self._dropped_by_queue():
            return False
        last = max((arrival.time for arrival in self.arrivals), default=self.sent[0] if self.sent else 0)
        frame = self.size * 8 / self.bw / 1e6
        return time.clock_gettime(time.CLOCK_REALTIME) - last / 1e9 > self.direction.delay + _QUIET + 3 * frame

    def judge(self) -> None:
        """Compares what arrived with what was declared."""
        if self.problem:
            return
        found = self._judge_losses() or self._judge_order() or self._judge_rate() or self._judge_queue()
        self.problem = f"{self.near} to {self.far}: {found}" if found else ""

    def _judge_losses(self) -> str:
        lost = len(self.sent) - self.survived
        if self._lossless:
            # Frames that found the queue full were not accepted by the kernel's shaper; by wire they are dropped there.
            if lost > 0 and not self._dropped_by_queue():
                return f"{lost} of {len(self.sent)} frames that were accepted did not arrive"
            return ""
        least, most = self.direction.mean_loss / 100, min(1.0, (self.direction.mean_loss + self.direction.corrupt) / 100)
        correlated = self.direction.loss_model or self.direction.loss_correlation
        managed = self.direction.aqm and self.direction.aqm.discipline in ("red", "codel")
        if correlated or managed or self.overlooked:
            return ""
        too_many = binomial_at_least(lost, len(self.sent), most) < _UNLIKELY
        too_few = binomial_at_most(lost, len(self.sent), least) < _UNLIKELY
        if too_many or too_few:
            return f"{lost} of {len(self.sent)} frames were lost, declared {self.direction.mean_loss:g} %"
        return ""

    def _dropped_by_queue(self) -> bool:
        """True if what is missing may have been too much for the queue, which _judge_queue() looks at."""
        return self.tries_queue and self.survived >= (self._room(self.size) or 0)

    def _judge_order(self) -> str:
        """Frames arrive in order, each once, unless something else is declared."""
        numbers = [arrival.number for arrival in self.arrivals]
        late = sum(later < earlier for earlier, later in zip(numbers, numbers[1:]))
        if late:
            return f"{late} frames arrived behind later ones"
        again = len(numbers) - len(set(numbers))
        if again and not self.direction.duplicate:
            return f"{again} frames arrived twice"
        return ""

    def _judge_rate(self) -> str:
        offered = len(self.sent) * self.size * 8 / 1e6 / self.sending_seconds
        if offered <= 1.2 * self.bw or self.overlooked or len(self.arrivals) < _FEWEST:
            return ""
        self.measured_bw = self._measure()
        if abs(self.measured_bw - self.bw) > self._tolerance * self.bw:
            return f"the rate is {self.measured_bw:.3f} Mbit/s, declared {self.bw:g} Mbit/s"
        return ""

    def _judge_queue(self) -> str:
        room = self._room(self.size)
        if not self.tries_queue or room is None:
            return ""
        drained = math.ceil(self.sending_seconds * self.bw * 1e6 / 8 / self.size)
        if room <= self.survived <= room + self._free + drained:
            return ""
        return (
            f"{self.survived} of {self.count} frames survived; the queue declared holds {room}, "
            f"and {self._free + drained} could pass without waiting"
        )

    def _measure(self) -> float:
        """Mbit/s: the median over all windows half as long as the train, which one stall of the machine cannot move."""
        stamps = sorted(arrival.time for arrival in self.arrivals)
        stamps = stamps[min(self._free, len(stamps) // 3) :]
        window = len(stamps) // 2
        spans = [later - earlier for earlier, later in zip(stamps, stamps[window:])]
        return window * self.size * 8e3 / max(1, statistics.median(spans))


def run_trains(trains: list[Train]) -> None:
    """All at once; returns when every frame that was accepted has arrived, or cannot any more."""
    if not trains:
        return
    poll, owners = select.poll(), {}
    for train in trains:
        train.send()
        train.receive()
        poll.register(train.receiver, select.POLLIN)
        owners[train.receiver.fileno()] = train
    deadline = time.monotonic() + max(train.expected_seconds for train in trains) + _GRACE
    while time.monotonic() < deadline and not all(train.settled for train in trains):
        ready = poll.poll(100)
        for descriptor, _ in ready:
            owners[descriptor].receive()
        if not ready:
            for train in trains:
                train.count_overlooked()
    for train in trains:
        train.judge()
