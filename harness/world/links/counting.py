"""What passed a direction of a link and what did not, whichever means makes it."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import subprocess
from typing import Any

from harness.judge.fidelity import Counters


@dataclasses.dataclass(frozen=True)
class Drop:
    """A packet that a link dropped, and why. time: seconds since the epoch; flow: "10.0.0.1:5000>10.0.0.2:5000/udp"; index: of the
    packet in its flow, counted from 0; length: bytes of the frame. The kernel counts only: what HTB and netem dropped has the cause
    and nothing else (time, index and length -1, flow empty)."""

    direction: str
    cause: str
    time: float = -1.0
    flow: str = ""
    index: int = -1
    length: int = -1


def from_wire(answer: dict[str, Any]) -> Counters:
    """One direction of what `wire` counts, in its file or in its answer."""
    names = {field.name for field in dataclasses.fields(Counters)}
    dropped = {cause: count for cause, count in answer["dropped"].items() if count}
    known: dict[str, Any] = {name: value for name, value in answer.items() if name in names}
    known["dropped"] = dropped
    return Counters(**known)


def from_kernel(interface: str) -> Counters:
    """What the interface sent and dropped, asked in the network namespace of the calling thread."""
    rows = json.loads(_output(["tc", "-s", "-j", "qdisc", "show", "dev", interface]))
    root = next((row for row in rows if row.get("root") and "packets" in row and row["kind"] != "noqueue"), None)
    if root is None:
        sent = json.loads(_output(["ip", "-s", "-j", "link", "show", "dev", interface]))[0]["stats64"]["tx"]
        return Counters(sent["packets"], sent["packets"], sent["bytes"])
    netem = root if root["kind"] == "netem" else None
    rate = next((row for row in rows if row["kind"] == "htb"), {"drops": 0, "qlen": 0, "backlog": 0}) if netem else root
    # netem comes first; to what it lost it adds what found no room in the queue of the rate behind it.
    causes = {"loss": netem["drops"] - rate["drops"] if netem else 0, "queue": rate["drops"]}
    dropped = {cause: count for cause, count in causes.items() if count > 0}
    received = root["packets"] + root["drops"] + root["qlen"]
    return Counters(received, root["packets"], root["bytes"], dropped, queue_packets=rate["qlen"], queue_bytes=rate["backlog"])


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def read_drops(file: pathlib.Path) -> list[Drop]:
    """The lines of a ``.drops.jsonl``; a line that is still being written is left out."""
    if not file.exists():
        return []
    names = {field.name for field in dataclasses.fields(Drop)}
    rows = [json.loads(line) for line in file.read_text().splitlines(keepends=True) if line.endswith("\n")]
    return [Drop(**{name: value for name, value in row.items() if name in names}) for row in rows]
