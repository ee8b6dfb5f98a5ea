"""How long frames are under way over one direction of an idle link."""

from __future__ import annotations

import math
import select
import time

from harness.world.links.direction import Direction
from harness.world.network.frames import Frames

_SIZE = 64  # bytes; all of them are less than a full frame, which no rate holds back
_COUNT = 8
_EARLY = 0.0002  # seconds before the declared delay that the two stamps of a frame may seem to be apart
_GRACE = 0.5  # seconds that the last frame may be late
_ATTEMPTS = 6
_ENOUGH = 1e-6  # the chance that losses alone leave no frame
TOLERANCE = 0.001
"""Seconds that the quickest frame may be late, where `wire` makes the delay."""
KERNEL_TOLERANCE = 0.003


class Latency:
    """The quickest frame of some, sent until one was in time: what a busy machine adds differs, what a link adds does not.

    problem: empty when all is as declared; measured: seconds, of the quickest frame, None where none arrived.
    """

    def __init__(self, near: str, far: str, direction: Direction, tolerance: float) -> None:
        self.near, self.far, self.direction = near, far, direction
        self._tolerance = tolerance + 0.01 * (direction.delay + direction.jitter)
        self.measured: float | None = None
        self.sent = 0
        self.problem = ""
        self.done = direction.mean_loss >= 100

    @property
    def _earliest(self) -> float:
        one = self.direction
        if one.reorder:
            return 0.0
        spread = one.jitter if one.distribution == "uniform" else math.inf
        return max(0.0, one.delay - spread) - _EARLY

    @property
    def _latest(self) -> float:
        """Of the quickest frame; a trace may leave its first chance for long."""
        if self.direction.trace:
            return math.inf
        return self.direction.delay + 4 * self.direction.jitter + self._tolerance

    def frames(self) -> Frames:
        return Frames(self.near, self.far, _SIZE, _COUNT)

    def take(self, frames: Frames) -> None:
        """Adds what one attempt measured."""
        self.sent += len(frames.sent)
        under_way = [(arrival.time - frames.sent[arrival.number]) / 1e9 for arrival in frames.arrivals]
        self.measured = min([*under_way, *([self.measured] if self.measured is not None else [])], default=None)
        self.problem = self._judge() or frames.problem
        self.done = not self.problem

    def _judge(self) -> str:
        name = f"{self.near} to {self.far}"
        loss = min(1.0, (self.direction.mean_loss + self.direction.corrupt) / 100)
        if self.measured is None:
            certain = not self.direction.loss_model and not self.direction.loss_correlation and loss**self.sent < _ENOUGH
            return f"{name}: none of {self.sent} frames arrived" if certain else ""
        if not self._earliest <= self.measured <= self._latest:
            spread = f" with {self.direction.jitter * 1e3:g} ms of jitter" if self.direction.jitter else ""
            return f"{name}: the delay is {self.measured * 1e3:.2f} ms, declared {self.direction.delay * 1e3:g} ms{spread}"
        return ""


def run_latencies(latencies: list[Latency], opened, close) -> None:
    """Measures all at once, and those again that seem late. opened(latency) gives its frames with their sockets; close takes them."""
    for _ in range(_ATTEMPTS):
        again = [one for one in latencies if not one.done]
        if not again:
            return
        streams = [opened(one) for one in again]
        try:
            _run(streams, max(one.direction.delay + 4 * one.direction.jitter for one in again))
        finally:
            close(streams)
        for one, frames in zip(again, streams):
            one.take(frames)


def _run(streams: list[Frames], longest: float) -> None:
    poll = select.poll()
    owners = {}
    for frames in streams:
        frames.send()
        poll.register(frames.receiver, select.POLLIN)
        owners[frames.receiver.fileno()] = frames
    deadline = time.monotonic() + longest + _GRACE
    while not all(frames.complete for frames in streams) and (left := deadline - time.monotonic()) > 0:
        for descriptor, _ in poll.poll(left * 1000):
            owners[descriptor].receive()
