"""tshark beside captures that grow: what was decoded once is not decoded again.

tshark reads the capture from a pipe, whole blocks of pcapng only, and prints a line for each packet. As many packets as were fed, as many
lines must come: then the table is complete. A few such processes stay; whoever was not asked for the longest time gives way, and begins
anew when it is asked again.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence

from harness.evidence.capture import dissectors
from harness.evidence.capture.blocks import Blocks, NoCapture, Part
from harness.evidence.capture.columns import Columns
from harness.evidence.capture.packets import MARKER_ETHERTYPE, DecodeError, Packets, command

_EACH = 70 << 20  # bytes that a tshark keeps for itself
_SHARE = 16  # cells, and what else runs in them, share what is free
_DEADLINE = 60.0  # seconds without a line
_CHUNK = 1 << 16  # bytes
_TAIL = 64  # bytes, as long as any dissector's signature


def most(free: int) -> int:
    """How many tshark processes a cell may have at a time, where so many bytes of memory are free."""
    return max(1, min(8, free // (_SHARE * _EACH)))


def _free() -> int:
    for line in pathlib.Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) << 10
    return 0


_living: list["Decoder"] = []
_met: set[pathlib.Path] = set()  # what packets of this cell were for: other captures will have some, too
_most = most(_free())


class _Lost(Exception):
    """tshark has ended, or does not go on."""


class Decoder:
    """Of one capture file, or of several. interface: its name, for messages. last: what packets() has given, None before."""

    def __init__(self, files: Sequence[pathlib.Path], interface: str) -> None:
        self.files, self._interface = list(files), interface
        self._process: subprocess.Popen[bytes] | None = None
        self.last: Packets | None = None
        self._forget()

    def _forget(self) -> None:
        self._expected = self._lines = 0
        self._blocks, self._pending = Blocks(self.files), Part()  # pending: what tshark was not fed yet
        self._text, self._dissectors = bytearray(), list[dissectors.Dissector]()
        self._columns: Columns | None = None
        self._tail = b""  # of what was fed: a signature may begin there
        self._changed = threading.Condition()

    def packets(self) -> Packets:
        """All packets so far, but the harness's own markers; of several files in the order of time. Raises DecodeError."""
        try:
            self.last = self._further()
        except (_Lost, NoCapture):  # what stands there instead is for tshark to say
            self.close()
            self.last = self._at_once()
        return self.last

    @property
    def _file(self) -> pathlib.Path | None:
        return self.files[0] if len(self.files) == 1 else None

    def _at_once(self) -> Packets:
        """As tshark has it, or says why not."""
        if self._file:
            return Packets.decode(self._file, self._interface)
        with tempfile.TemporaryDirectory() as folder:
            merged = pathlib.Path(folder) / "merged.pcapng"
            words = ["mergecap", "-F", "pcapng", "-w", str(merged), *map(str, self.files)]
            done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
            if done.returncode and "cut short" not in done.stderr:
                raise DecodeError(f"mergecap cannot read {len(self.files)} captures: {done.stderr.strip()[-300:]}")
            return Packets.decode(merged, self._interface)

    def _further(self) -> Packets:
        self._pending.add(self._blocks.take())
        if self._pending.packets == self._pending.markers:  # these are read with what comes after them
            return self._none() if self.last is None else self.last
        if self._process is None or self._others_wanted(self._pending.data):
            self.close()
            self._forget()
            self._pending.add(self._blocks.take())
            self._start(self._pending.data)
        _touch(self)
        self._feed()
        self._await_lines()
        with self._changed:
            text = bytes(self._text)
            self._text.clear()
        fields = self._fields
        rows = Columns(text, len(fields) + 1)
        self._columns = self._columns.extended(rows) if self._columns else rows
        return Packets.of(self._columns, fields, self._interface, self._file, without=MARKER_ETHERTYPE, sort=len(self.files) > 1)

    def _none(self) -> Packets:
        """The table of a capture without packets, which wants no tshark."""
        fields, _ = command("-", [])
        return Packets.of(Columns(b"", len(fields) + 1), fields, self._interface, self._file, without=MARKER_ETHERTYPE)

    def close(self) -> None:
        """Ends tshark; the next packets() begins anew."""
        if self in _living:
            _living.remove(self)
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # what was not written is lost, as is meant
                pipe.close()  # type: ignore[union-attr]
        self._process = None

    def _start(self, data: bytes) -> None:
        _met.update(one.file for one in dissectors.DISSECTORS if one.concerns_bytes(data))
        self._dissectors = [one for one in dissectors.DISSECTORS if one.file in _met]
        self._fields, words = command("-", self._dissectors)
        self._process = subprocess.Popen([*words, "-l"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._reader = threading.Thread(target=self._read, args=(self._process, self._changed), daemon=True)
        self._reader.start()

    def _others_wanted(self, data: bytes) -> bool:
        """Whether what came since holds packets for a dissector that was not loaded."""
        text = self._tail + data
        return any(one not in self._dissectors and one.concerns_bytes(text) for one in dissectors.DISSECTORS)

    def _feed(self) -> None:
        assert self._process is not None and self._process.stdin is not None
        new, self._pending = self._pending, Part()
        self._expected += new.packets
        self._tail = (self._tail + new.data)[-_TAIL:]
        try:
            self._process.stdin.write(new.data)
            self._process.stdin.flush()
        except OSError:
            raise _Lost from None

    def _read(self, process: subprocess.Popen[bytes], changed: threading.Condition) -> None:
        assert process.stdout is not None
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(process.stdout.fileno(), _CHUNK):
                with changed:
                    self._text += chunk
                    self._lines += chunk.count(b"\n")
                    changed.notify()
        with changed:
            changed.notify()

    def _await_lines(self) -> None:
        assert self._process is not None
        with self._changed:
            seen, deadline = self._lines, time.monotonic() + _DEADLINE
            while self._lines < self._expected:
                if self._lines > seen:
                    seen, deadline = self._lines, time.monotonic() + _DEADLINE
                if not self._reader.is_alive() or time.monotonic() > deadline:
                    raise _Lost
                self._changed.wait(1.0)


def _touch(one: Decoder) -> None:
    """It is in use: others give way."""
    if one in _living:
        _living.remove(one)
    _living.append(one)
    while len(_living) > _most:
        _living[0].close()
