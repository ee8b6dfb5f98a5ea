"""Streams across the lab's network: starting senders and viewers, and reading what they and the captures tell."""

from __future__ import annotations

import csv
import dataclasses
import json
import pathlib
import time
from typing import Any

import numpy

from harness.evidence.capture.packets import Packets
from harness.evidence.capture.rates import Rate
from harness.stage.program import Program
from scenarios.tv.kit.showing import Showing

RATE = 638_000.0
"""bit/s: the clip's own rate."""
PAYLOAD = 7 * 188
"""Bytes of a datagram: seven packets of a transport stream, the most that an Ethernet frame takes."""
SHARED = 0.7e6 * 1316 / 1358
"""bit/s that are left of a link of 0.7 Mbit/s for payload, behind headers of 42 bytes."""
INTERVAL = PAYLOAD * 8 / RATE
"""Seconds between two datagrams at the clip's own rate."""

_UDP_HEADER = 8
_IDLE = 2.0


@dataclasses.dataclass
class Viewer:
    """A tv-probe that listens on a host, and the files it leaves."""

    program: Program
    files: pathlib.Path
    saved: pathlib.Path

    def report(self, deadline: float = 15) -> dict[str, Any]:
        """Waits until the viewer has ended (it ends when its stream has) and gives its report."""
        status = self.program.wait(deadline)
        if status:
            raise RuntimeError(f"{self.program} ended with status {status}: {self.program.errors.strip()}")
        return self.program.left_json(self.files.with_suffix(".json"))

    def buffer(self, since: float) -> tuple[list[float], list[float]]:
        """The player's buffer over time: (seconds after `since`, an instant since the epoch; seconds of stream held)."""
        with self.files.with_suffix(".csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        return [float(row["unix_time"]) - since for row in rows], [float(row["buffer_seconds"]) for row in rows]


def watch(host: Any, port: int = 5000, **options: Any) -> Viewer:
    """Starts a tv-probe and returns when it listens; it ends after two seconds of silence. options: the role's own."""
    files = host.lab.folder / f"{host.name}-{port}"
    saved = pathlib.Path("/tmp") / f"{host.name}-{port}.ts"
    options = {"idle_timeout": _IDLE, "json": f"{files}.json", "timeline": f"{files}.csv", "save": saved, **options}
    program = host.start("tv-probe", port=port, **options).wait_listening(port, "udp")
    return Viewer(program, files, saved)


def summary_file(host: Any, port: int = 5000) -> pathlib.Path:
    """Where a sender towards this host and port leaves its summary."""
    return host.lab.folder / f"sender-{host.name}-{port}.json"


def send(sender: Any, receiver: Any, port: int = 5000, **options: Any) -> Program:
    """Starts a tv-sender with the clip. receiver: a host, or a group's address; options: the role's own."""
    file = sender.lab.asset("clip.ts")
    if not isinstance(receiver, str):
        options["json"] = summary_file(receiver, port)
    return sender.start("tv-sender", host=receiver, port=port, file=file, **options)


def send_to_two(lab: Any, after: float, first: dict[str, Any], second: dict[str, Any]) -> Any:
    """One command line on h2 that sends the clip to h1, and after so many seconds to h3 too; first and second: more for each of them."""
    told = [
        ("tv-sender", {"host": host, "port": 5000, "file": lab.asset("clip.ts"), "json": summary_file(host), **more})
        for host, more in ((lab.h1, first), (lab.h3, second))
    ]
    return lab.h2.start_line("tv-senders", after=after, first=told[0], second=told[1])


def summary(receiver: Any, port: int = 5000) -> dict[str, Any] | None:
    """What a sender that has ended says of itself (see tv-sender --json); None when it says nothing, as others may."""
    file = summary_file(receiver, port)
    return json.loads(file.read_text()) if file.exists() else None


def _payload(packets: Packets) -> numpy.ndarray:
    return packets.first("udp.length")[0] - _UDP_HEADER


def payload(packets: Packets) -> int:
    """Bytes that programs got: UDP payload without headers. Here and below: datagrams that were not cut in fragments."""
    return int(_payload(packets).sum())


def payload_rate(packets: Packets, window: float = 1.0, start: float | None = None, end: float | None = None) -> Rate:
    """bit/s of payload over time."""
    return Rate.of(packets.times, _payload(packets), window, start, end, packets)


def lateness(packets: Packets) -> numpy.ndarray:
    """By how many seconds each datagram came after its moment in an even stream that begins with the first one.

    The clip at its own rate, of which no datagram was lost. The first one's moment is its arrival.
    """
    if not len(packets):
        return numpy.zeros(0)
    sizes = _payload(packets)
    return packets.times - packets.times[0] - (numpy.cumsum(sizes) - sizes) * 8 / RATE


def screen(showing: Showing, since: float) -> tuple[list[float], list[float]]:
    """Which second of the clip was on a player's screen: (seconds after `since`, an instant since the epoch; place)."""
    epoch = time.time() - time.monotonic()
    intact = showing.frames >= 0
    return list(showing.times[intact] + epoch - since), list(showing.frames[intact] / showing.rate)
