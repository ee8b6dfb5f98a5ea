"""Round-trip times: what a prober tells of each address, and what the prober's own capture says."""

from __future__ import annotations

import dataclasses
import math
import pathlib
import re
from typing import Any

import numpy

PORT = 2681
DELAYS = {"h2": 1, "h3": 10, "h4": 100}
"""Host and one-way delay of its link, in ms; the prober's own link has none."""
_WORDS = {"sent": "sent|enviados?", "received": "received|recibidos?", "lost": "lost|perdidos?", "average": "average|promedio"}
_PACKETS = {
    "udp": ("udp && !icmp && ip.dst == {host}", "udp && !icmp && ip.src == {host}"),
    "tcp": (
        "ip.dst == {host} && tcp.flags.syn == 1 && tcp.flags.ack == 0",
        "ip.src == {host} && tcp.flags.syn == 1 && tcp.flags.ack == 1",
    ),
}


@dataclasses.dataclass(frozen=True)
class Told:
    """Of one address; NaN where the prober does not say. average: ms."""

    sent: float
    received: float
    lost: float
    average: float


def told(output: str, host: Any) -> Told:
    """What stands behind the host's address, up to another address, in English or in the sheet's Spanish."""
    block = re.search(rf"\b{re.escape(str(host))}\b(.*?)(?=\b\d+\.\d+\.\d+\.\d+\b|\Z)", output, re.DOTALL)
    found = {name: re.search(rf"\b(?:{words})\s*[=:]\s*([\d.]+)", block[1] if block else "", re.IGNORECASE) for name, words in _WORDS.items()}
    return Told(**{name: float(match[1]) if match else math.nan for name, match in found.items()})


def responders(lab: Any) -> None:
    """One on each host that has a link of its own."""
    for name in DELAYS:
        getattr(lab, name).start("rtt-responder", port=PORT).wait_listening(PORT, "udp").wait_listening(PORT, "tcp")


def probe(lab: Any, transport: str, hosts: list[Any], **parameters: Any) -> Any:
    """A prober on h1, with the hosts in a list, that has ended."""
    listed = lab.folder / f"{transport}.txt"
    pathlib.Path(listed).write_text(";".join(map(str, hosts)) + "\n")
    program = lab.h1.start("rtt-probe", list=listed, port=PORT, **{transport: True}, **parameters)
    program.wait(60)
    return program


def captured(lab: Any, host: Any, transport: str) -> tuple[numpy.ndarray, numpy.ndarray]:
    """When probes to the host left h1, and when answers came there."""
    asked, answers = (lab.packets(lab.h1, words.format(host=host)).times for words in _PACKETS[transport])
    return asked, answers


def round_trips(lab: Any, host: Any, transport: str) -> numpy.ndarray:
    """In ms, where nothing was lost and nothing overtaken."""
    asked, answers = captured(lab, host, transport)
    count = min(len(asked), len(answers))
    return (answers[:count] - asked[:count]) * 1000
