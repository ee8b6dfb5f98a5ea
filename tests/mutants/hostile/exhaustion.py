"""Takes all there is: processes, memory, processors, disk, room for output. What is not taken here is served as it should be."""

from __future__ import annotations

import contextlib
import mmap
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from typing import Any

import calm

_MIB = 1 << 20
_MAP_NORESERVE = 0x4000  # which this Python does not name
_HELD: list[object] = []
_MUCH = 3 << 29  # bytes: half as much again as all processes together may have
_SEEN = 0.7  # seconds after which whoever looks from time to time has seen it


def _beside(evil: Callable[[], object], patience: float) -> Callable[[list[str], dict[str, Any]], None]:
    """The evil in a child, and when that has done its worst, or for so many seconds, a good server beside it."""

    def both(words: list[str], facts: dict[str, Any]) -> None:
        reading, writing = os.pipe()
        if os.fork() == 0:
            os.close(reading)
            evil()
            os.close(writing)
            while True:
                signal.pause()
        os.close(writing)
        select.select([reading], [], [], patience)
        calm.serve(words)

    return both


def fork_bomb() -> None:
    """Every process makes others, each in a session of its own, as long as it can."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        with contextlib.suppress(OSError):
            if os.fork() == 0:
                os.setsid()


def threads() -> None:
    """As many threads as there can be."""
    import threading

    with contextlib.suppress(RuntimeError):
        while True:
            threading.Thread(target=signal.pause, daemon=True).start()
    time.sleep(_SEEN)


def _touch(area: mmap.mmap, step: int = mmap.PAGESIZE) -> None:
    for offset in range(0, len(area), step):
        area[offset] = 1


def memory() -> None:
    """Private memory of one process."""
    held = []
    with contextlib.suppress(MemoryError, OSError):
        while True:
            held.append(b"x" * (16 * _MIB))
    print(f"held {len(held) * 16} MiB", flush=True)
    _HELD.append(held)


def memory_of_many(count: int = 20) -> None:
    """Each of many processes stays below what one may have."""
    for _ in range(count):
        if os.fork() == 0:
            _HELD.append(b"x" * (150 * _MIB))
            time.sleep(600)
    time.sleep(3)


def memory_in_a_crowd() -> None:
    """The same among many who keep whoever counts from the processors."""
    processors()
    memory_of_many(12)


def shared_memory() -> None:
    """Shared memory that all hold."""
    held = []
    for _ in range(_MUCH // (64 * _MIB)):
        area = mmap.mmap(-1, 64 * _MIB)
        _touch(area)
        held.append(area)
    time.sleep(_SEEN)
    print("held all of it", flush=True)
    _HELD.append(held)


def hidden_memory() -> None:
    """Shared memory that stays, although no process has it in its tables."""
    held = []
    for _ in range(_MUCH // (64 * _MIB)):
        area = mmap.mmap(-1, 64 * _MIB)
        _touch(area)
        area.madvise(mmap.MADV_DONTNEED)
        held.append(area)
    time.sleep(_SEEN)
    print("held all of it", flush=True)
    _HELD.append(held)


def page_tables() -> None:
    """Pages that are all the one of zeros, in tables that are not."""
    area = mmap.mmap(-1, (_MUCH // mmap.PAGESIZE) << 21, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _MAP_NORESERVE, mmap.PROT_READ)
    area.madvise(mmap.MADV_NOHUGEPAGE)
    seen = 0
    for offset in range(0, len(area), 1 << 21):
        seen += area[offset]
    time.sleep(_SEEN)
    print("held all of it", flush=True)
    _HELD.append(area)


def socket_buffers() -> None:
    """What was sent, and nobody reads."""
    for _ in range(3):
        if os.fork() == 0:
            _fill_sockets(_MUCH // 3)
            print("held a part of it", flush=True)
            time.sleep(600)
    time.sleep(3)


def _fill_sockets(most: int) -> None:
    held: list[socket.socket] = []
    sent = 0
    while sent < most and len(held) < 200:
        ends = socket.socketpair()
        for end in ends:
            end.setblocking(False)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)
            with contextlib.suppress(BlockingIOError):
                while True:
                    sent += end.send(bytes(1 << 15))
        held += ends
    _HELD.append(held)


def small_files() -> None:
    """Files without a byte."""
    number = 0
    for folder in ("/tmp", "/dev/shm", "/run"):
        with contextlib.suppress(OSError):
            while number < 1_000_000:
                if number % 10_000 == 0:
                    os.mkdir(f"{folder}/{number}")
                os.mknod(f"{folder}/{number // 10_000 * 10_000}/{'x' * 200}{number}")
                number += 1
    print(f"made {number} files", flush=True)


def disk() -> None:
    """All that is writable."""
    taken = {}
    for folder in ("/tmp", "/dev/shm", "/run"):
        with open(f"{folder}/much", "wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(_MIB))
        taken[folder] = os.stat(f"{folder}/much").st_size
    print(f"took {taken}", flush=True)


def processors() -> None:
    """As much of the processors as many busy processes get."""
    for _ in range(200):
        if os.fork() == 0:
            os.setsid()  # the kernel shares the processors among sessions
            while True:
                pass


def _loud(descriptor: int) -> Callable[[], None]:
    def write() -> None:
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        while True:
            with contextlib.suppress(OSError):
                os.write(descriptor, b"loud " * 10_000 + b"\n")

    return write


def loud(words: list[str], facts: dict[str, Any]) -> None:
    """Endless output of the program itself."""
    _loud(1)()


def flood() -> None:
    """As many packets as it can send, to nobody."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.connect(("10.0.0.2", 9))
        while True:
            with contextlib.suppress(OSError):
                one.send(bytes(1400))


def waste(words: list[str], facts: dict[str, Any]) -> None:
    """Nothing but busy: it does not serve."""
    processors()
    time.sleep(600)


_ENDLESS = (fork_bomb, processors, flood)
_ONCE = (threads, memory, memory_of_many, memory_in_a_crowd, shared_memory, hidden_memory, page_tables, socket_buffers, small_files, disk)

KINDS = {
    "loud": loud,
    "waste": waste,
    "loud-child": _beside(_loud(1), 1),
    "loud-child-errors": _beside(_loud(2), 1),
    **{one.__name__.replace("_", "-"): _beside(one, 1) for one in _ENDLESS},
    **{one.__name__.replace("_", "-"): _beside(one, 8) for one in _ONCE},
}
