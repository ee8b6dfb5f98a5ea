"""What a worker tells its runner: whole however the pipe cuts it, kept without the last word, and never in the worker's way."""

from __future__ import annotations

import fcntl
import os
import random
import threading
import time
import types
from collections.abc import Iterator

import pytest

from harness.judge.result import ExpectationResult, Measurement, TranscriptEntry
from harness.run.messages import Listener, Teller
from tests.harness import report_samples as samples


@pytest.fixture()
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def a_lab() -> types.SimpleNamespace:
    return types.SimpleNamespace(expectations=[], measurements=[], transcript=[])


@pytest.mark.parametrize("seed", range(5))
def test_cuts_do_not_matter(seed: int, pipe: tuple[int, int]) -> None:
    chance, data = random.Random(seed), b""
    teller, lab = Teller(pipe[1]), a_lab()
    teller.phase("network")
    teller.facts(title="A title ✓", topology={"name": "single"})
    for number in range(3):
        lab.expectations.append(ExpectationResult(f"claim {number}", "1", "2", number > 0))
        lab.measurements += [Measurement("rate", number, "Mbit/s")] if number else []
        lab.transcript.append(TranscriptEntry(number, "note", "", "", "x" * 500))
        teller.rows(lab)
    data += os.read(pipe[0], 1 << 20)
    listener = Listener()
    while data:
        length = chance.randint(1, 400)
        listener.hear(data[:length])
        data = data[length:]
    known = listener.so_far("tv.q01")
    assert (listener.phase, listener.result, known.title) == ("network", None, "A title ✓")
    assert known.expectations == lab.expectations and known.measurements == lab.measurements and known.transcript == lab.transcript


def test_the_last_word_is_all_there_is_to_know(pipe: tuple[int, int]) -> None:
    result, listener = samples.failed(), Listener()
    teller = Teller(pipe[1])
    thread = threading.Thread(target=teller.result, args=[result])
    thread.start()
    while listener.result is None:
        listener.hear(os.read(pipe[0], 1000))
    thread.join()
    assert listener.result == result


def test_a_runner_that_does_not_read_halts_nobody(pipe: tuple[int, int]) -> None:
    fcntl.fcntl(pipe[1], fcntl.F_SETPIPE_SZ, 4096)
    teller, lab = Teller(pipe[1]), a_lab()
    began = time.monotonic()
    for number in range(100):
        lab.transcript.append(TranscriptEntry(number, "note", "", "", "x" * 500))
        teller.rows(lab)
    assert time.monotonic() - began < 5
    listener = Listener()
    thread = threading.Thread(target=teller.result, args=[samples.passed()])
    thread.start()
    while listener.result is None:
        listener.hear(os.read(pipe[0], 4096))
    thread.join()
    assert listener.so_far("x").transcript == lab.transcript, "nothing was lost"


@pytest.mark.parametrize(
    "line", [b"x\n", b"[]\n", b"{}\n", b'{"event": "result", "result": {"schema": 1}}\n', b'{"event": "facts"}\n', b"\xff\n", b"3\n"]
)
def test_what_is_no_message_is_refused(line: bytes) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        Listener().hear(line)
