"""Records an interface with dumpcap: live before it returns, complete when it is read.

A capture is flushed by a *marker*: a frame of a local experimental EtherType, sent to the interface by its link's other end
past the queueing discipline, or past the emulator (a loopback sends it to itself); once it stands in the file, so does everything
before it. While the link is cut no marker arrives, and nothing else: then it is enough that the file has stopped to grow.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterable
from typing import Any

from harness.evidence.capture.decoder import Decoder
from harness.evidence.capture.packets import MARKER_ETHERTYPE, Packets
from harness.judge.exits import describe_status
from harness.world.network.namespaces import visiting

_DEADLINE = 20.0
_SETTLED = 1.0  # seconds without growth: dumpcap hands over what it has at least every half second
_AGAIN = 2.0  # seconds after which a marker that did not arrive is sent again
_BUFFER_MEBIBYTES = 8
_SOL_PACKET, _PACKET_QDISC_BYPASS = 263, 20
_MARKER_BYTES = 60
_TAIL = 65536
_CUT = (errno.ENETDOWN, errno.ENOBUFS)  # one of the two ends is down
_COUNTS = re.compile(r"Packets received/dropped on interface '[^']*': (\d+)/(\d+) ")


class CaptureError(RuntimeError):
    """The capture could not be made or is incomplete; the machine is to blame, not the program under test."""


@dataclasses.dataclass(frozen=True)
class Loopback:
    """What a node sends to itself, which Mininet does not list as an interface: "h1-lo"."""

    node: Any
    device = "lo"
    link = None
    mac = "00:00:00:00:00:00"

    @property
    def name(self) -> str:
        return f"{self.node.name}-{self.device}"


class Recorder:
    """dumpcap on one interface. interface: a mininet Intf, or Loopback; snaplen: bytes kept of each packet, 0 for all."""

    def __init__(self, interface, file: pathlib.Path, snaplen: int = 0) -> None:
        self.name, self.file = interface.name, file
        self._device = interface.device if isinstance(interface, Loopback) else interface.name
        self.count, self.dropped = 0, 0
        self._markers = 0
        self._flushed_traffic = -1
        self._token: bytes | None = None
        self._cut = False
        self._from = 0
        self._counters = pathlib.Path(f"/proc/{interface.node.pid if interface.node.inNamespace else 'self'}/net/dev")
        self._finished = False
        self._log = file.with_suffix(".dumpcap.log")
        self._decoder = Decoder([file], self.name)
        node = interface.node
        command = ["dumpcap", "-q", "-n", "-i", self._device, "-w", str(file), "-B", str(_BUFFER_MEBIBYTES)]
        if snaplen:
            command += ["-s", str(snaplen)]
        if node.inNamespace:
            command = ["mnexec", "-a", str(node.pid), *command]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._mac = interface.mac or "00:00:00:00:00:00"
        self._marker_socket = None
        if interface.link is not None or isinstance(interface, Loopback):
            feeding, name = _feeder(interface)
            with visiting(feeding.pid) if feeding and feeding.inNamespace else contextlib.nullcontext():
                self._marker_socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
                self._marker_socket.bind((name, 0))
                self._marker_socket.setsockopt(_SOL_PACKET, _PACKET_QDISC_BYPASS, 1)

    def wait_live(self) -> None:
        """Returns once dumpcap has opened the interface and its file."""
        deadline = time.monotonic() + _DEADLINE
        while b"\nFile: " not in self._log.read_bytes():
            self._check_alive("before it was live")
            if time.monotonic() > deadline:
                raise CaptureError(f"dumpcap on {self.name} was not live after {_DEADLINE:.0f} s")
            time.sleep(0.002)

    def _check_alive(self, when: str) -> None:
        status = self._process.poll()
        if status is not None:
            last = self._log.read_text(errors="replace").strip()[-400:]
            raise CaptureError(f"dumpcap on {self.name} ended with {describe_status(status)} {when}: {last}")

    def flush(self) -> None:
        """Returns once every packet seen so far stands in the file."""
        self._send_marker()
        self._await_marker()

    def _traffic(self) -> int:
        """Packets that the interface has received and sent, as its kernel counters say."""
        for line in self._counters.read_text().splitlines():
            name, _, numbers = line.partition(":")
            if name.strip() == self._device:
                words = numbers.split()
                return int(words[1]) + int(words[9])
        raise CaptureError(f"{self.name} has disappeared")

    def _size(self) -> int:
        """Bytes in the file."""
        try:
            return self.file.stat().st_size
        except FileNotFoundError:
            raise CaptureError(f"{self.file} has disappeared while dumpcap wrote to it") from None

    def _send_marker(self) -> None:
        if self._finished or self._marker_socket is None:
            return
        traffic = self._traffic()
        if traffic == self._flushed_traffic:
            return
        self._check_alive("while it recorded")
        self._from = max(0, self._size() - _TAIL)
        self._token = b"wireproof-flush-" + os.urandom(12)
        # What a loopback sends it receives.
        self._flushed_traffic = traffic + (2 if self._device == Loopback.device else 1) if self._send_token() else traffic

    def _send_token(self) -> bool:
        """False when the link is cut."""
        assert self._marker_socket is not None and self._token is not None  # there is a marker to send
        mac = bytes.fromhex(self._mac.replace(":", ""))
        frame = mac + mac + MARKER_ETHERTYPE.to_bytes(2, "big") + self._token
        try:
            self._marker_socket.send(frame + bytes(_MARKER_BYTES - len(frame)))
        except OSError as error:
            if error.errno not in _CUT:
                raise
            self._cut = True
            return False
        self._markers += 1
        self._cut = False
        return True

    def _await_marker(self) -> None:
        if self._token is None:
            return
        tail = b""
        began = grown = time.monotonic()
        deadline, again = began + _DEADLINE, began + _AGAIN
        with self.file.open("rb") as file:
            file.seek(self._from)
            while self._token not in tail:
                chunk = file.read(1 << 20)
                if chunk:
                    tail, grown = tail[-_MARKER_BYTES:] + chunk, time.monotonic()
                    continue
                self._check_alive("while it was flushed")
                if self._cut and time.monotonic() > grown + _SETTLED:
                    break
                if time.monotonic() > deadline:
                    raise CaptureError(f"dumpcap on {self.name} did not write the marker in {_DEADLINE:.0f} s")
                if time.monotonic() > again:  # dropped, as others may have been; their number is told at the end
                    again += _AGAIN
                    self._send_token()
                time.sleep(0.005)
        self._token = None

    def _interrupt(self) -> None:
        self._finished = True
        self._process.send_signal(signal.SIGINT)

    def _await_end(self) -> None:
        try:
            self._process.wait(_DEADLINE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise CaptureError(f"dumpcap on {self.name} did not end after SIGINT") from None
        finally:
            if self._marker_socket:
                self._marker_socket.close()
        found = _COUNTS.search(self._log.read_text(errors="replace"))
        if not found:
            raise CaptureError(f"dumpcap on {self.name} did not say how many packets it dropped: see {self._log.name}")
        self.count, self.dropped = int(found.group(1)) - self._markers, int(found.group(2))
        self._log.unlink()

    def _give_up(self) -> None:
        """Ends it without its last packets."""
        self._finished = True
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if self._marker_socket:
            self._marker_socket.close()

    def packets(self) -> Packets:
        """Everything seen so far. A capture that is still running is flushed first."""
        self.flush()
        return self._decoder.packets()

    @property
    def decoded(self) -> Packets | None:
        """What was decoded so far, if anything was."""
        return self._decoder.last


def _feeder(interface: Any) -> tuple[Any, str]:
    """(node, interface) whose frames arrive at an interface with nothing in between."""
    if isinstance(interface, Loopback):
        return interface.node, interface.device
    link = interface.link
    if hasattr(link, "feeder"):
        return link.feeder(interface)
    other = link.intf2 if link.intf1 is interface else link.intf1  # a link class of the topology's own
    return other.node, other.name


def flush(recorders: Iterable[Recorder]) -> None:
    """Returns once every packet that any of them has seen so far stands in its file."""
    running = list(recorders)
    for step in (Recorder._send_marker, Recorder._await_marker):
        for recorder in running:
            step(recorder)


def finish(recorders: Iterable[Recorder]) -> None:
    """Flushes and ends recorders, side by side, and reads how many packets the kernel dropped. Raises CaptureError for those that
    failed, once all others have come to their end."""
    running = [recorder for recorder in recorders if not recorder._finished]
    problems: dict[Recorder, str] = {}
    for step in (Recorder._send_marker, Recorder._await_marker, Recorder._interrupt, Recorder._await_end):
        for recorder in running:
            if recorder not in problems:
                try:
                    step(recorder)
                except (CaptureError, OSError) as error:
                    problems[recorder] = str(error)
                    recorder._give_up()
    if problems:
        raise CaptureError("; ".join(problems.values()))
