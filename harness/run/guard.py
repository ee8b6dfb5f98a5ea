"""The fidelity guard: how late the machine ran us, measured while a scenario ran.

A small process sleeps until fixed instants and records how much too late it was woken. What happens to it happens to
the programs under test; figures taken while it was late are not trusted.
"""

from __future__ import annotations

import json
import os
import select
import signal
import time

from harness.judge.fidelity import Lag

_PERIOD = 0.01
_BUCKETS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]
_PATIENCE = 5.0  # seconds in which the watch is to tell what it saw


class LagWatch:
    """Watches from construction until finish()."""

    def __init__(self) -> None:
        self._pipe, write = os.pipe()
        # A SIGTERM that comes before the watch can take it would end it without a word.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._pipe)
            try:
                _watch(write)
            finally:
                os._exit(0)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(write)

    def finish(self) -> Lag:
        """Ends the watch and tells what it saw; without samples where it had been ended, or stopped, by somebody else."""
        os.kill(self._pid, signal.SIGTERM)
        with os.fdopen(self._pipe, "rb") as pipe:
            text = pipe.read() if select.select([pipe], [], [], _PATIENCE)[0] else b""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        return Lag(**json.loads(text)) if text else Lag()


def _watch(write: int) -> None:
    ended = False

    def end(*_: object) -> None:
        nonlocal ended
        ended = True

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    counts = [0] * (len(_BUCKETS) + 1)
    maximum = 0.0
    due = time.monotonic() + _PERIOD
    while True:
        time.sleep(max(0.0, due - time.monotonic()))
        late = time.monotonic() - due
        maximum = max(maximum, late)
        counts[sum(late > edge for edge in _BUCKETS)] += 1
        due = max(due + _PERIOD, time.monotonic())
        if ended:
            break
    total, seen, p99 = sum(counts), 0, _BUCKETS[0]
    for index, count in enumerate(counts):
        seen += count
        p99 = _BUCKETS[index] if index < len(_BUCKETS) else maximum
        if seen >= 0.99 * total:
            break
    os.write(write, json.dumps({"p99": min(p99, max(maximum, _BUCKETS[0])), "maximum": maximum, "samples": total}).encode())
