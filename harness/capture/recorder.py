"""Records an interface with dumpcap: live before it returns, complete when it is read.

A capture is flushed by a *marker*: a frame of a local experimental EtherType, sent to the interface by its link's other end
past the queueing discipline; once it stands in the file, so does everything before it.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

from harness.capture.packets import MARKER_ETHERTYPE, Packets
from harness.network.namespaces import visiting

_DEADLINE = 20.0
_BUFFER_MEBIBYTES = 8
_SOL_PACKET, _PACKET_QDISC_BYPASS = 263, 20
_DROPS = re.compile(r"Packets received/dropped on interface '[^']*': (\d+)/(\d+) ")


class CaptureError(RuntimeError):
    """The capture could not be made or is incomplete; the machine is to blame, not the program under test."""


class Recorder:
    """dumpcap on one interface. interface: a mininet Intf; snaplen: bytes kept of each packet, 0 for all."""

    def __init__(self, interface, file: pathlib.Path, snaplen: int = 0) -> None:
        self.name, self.file = interface.name, file
        self.dropped = 0
        self._finished = False
        self._log = file.with_suffix(".dumpcap.log")
        self._decoded: tuple[int, Packets] | None = None
        node, link = interface.node, interface.link
        command = ["dumpcap", "-q", "-n", "-i", self.name, "-w", str(file), "-B", str(_BUFFER_MEBIBYTES)]
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
        if link is not None:
            peer = link.intf2 if link.intf1 is interface else link.intf1
            with visiting(peer.node.pid) if peer.node.inNamespace else contextlib.nullcontext():
                self._marker_socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
                self._marker_socket.bind((peer.name, 0))
                self._marker_socket.setsockopt(_SOL_PACKET, _PACKET_QDISC_BYPASS, 1)

    def wait_live(self) -> None:
        """Returns once dumpcap has opened the interface and its file."""
        deadline = time.monotonic() + _DEADLINE
        while b"File: " not in self._log.read_bytes():
            self._check_alive("before it was live")
            if time.monotonic() > deadline:
                raise CaptureError(f"dumpcap on {self.name} was not live after {_DEADLINE:.0f} s")
            time.sleep(0.002)

    def _check_alive(self, when: str) -> None:
        status = self._process.poll()
        if status is not None:
            last = self._log.read_text(errors="replace").strip()[-400:]
            raise CaptureError(f"dumpcap on {self.name} ended with status {status} {when}: {last}")

    def flush(self) -> None:
        """Returns once every packet seen so far stands in the file."""
        if self._finished or self._marker_socket is None:
            return
        token = b"wireproof-flush-" + os.urandom(12)
        mac = bytes.fromhex(self._mac.replace(":", ""))
        frame = mac + mac + MARKER_ETHERTYPE.to_bytes(2, "big") + token
        frame += bytes(60 - len(frame))
        size = max(0, self.file.stat().st_size - 65536)
        tail = b""
        deadline = time.monotonic() + _DEADLINE
        with self.file.open("rb") as file:
            file.seek(size)
            self._marker_socket.send(frame)
            while token not in tail:
                chunk = file.read(1 << 20)
                if chunk:
                    tail = tail[-len(frame) :] + chunk
                    continue
                self._check_alive("while it was flushed")
                if time.monotonic() > deadline:
                    raise CaptureError(f"dumpcap on {self.name} did not write the marker in {_DEADLINE:.0f} s")
                time.sleep(0.005)

    def finish(self) -> None:
        """Flushes, ends dumpcap and reads how many packets the kernel dropped."""
        if self._finished:
            return
        self.flush()
        self._finished = True
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_DEADLINE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise CaptureError(f"dumpcap on {self.name} did not end after SIGINT") from None
        finally:
            if self._marker_socket:
                self._marker_socket.close()
        found = _DROPS.search(self._log.read_text(errors="replace"))
        if not found:
            raise CaptureError(f"dumpcap on {self.name} did not say how many packets it dropped: see {self._log.name}")
        self.dropped = int(found.group(2))
        self._log.unlink()

    def packets(self) -> Packets:
        """Everything seen so far. A capture that is still running is flushed first."""
        self.flush()
        size = self.file.stat().st_size
        if self._decoded is None or self._decoded[0] != size:
            self._decoded = (size, Packets.decode(self.file, self.name))
        return self._decoded[1]
