"""Round trips under load: a ping beside the traffic, and what the sender's capture tells of it."""

from __future__ import annotations

import re
from typing import Any

import numpy

from harness.evidence.capture.packets import Packets
from harness.stage.program import Program

INTERVAL = 0.05
"""Seconds between two echo requests."""
_NAME = re.compile(r"id=(0x[0-9a-f]+), seq=(\d+)/")


def start_ping(host: Any, other: Any, seconds: float, patience: float = 2) -> Program:
    """Sends echo requests for some seconds, with 56 bytes of payload each. patience: seconds that it waits for the last replies."""
    return host.start_command("ping", "-n", "-q", "-i", INTERVAL, "-c", round(seconds / INTERVAL), "-W", f"{patience:g}", other)


def round_trips(packets: Packets) -> tuple[numpy.ndarray, numpy.ndarray]:
    """(when each echo request left, seconds until its reply came or NaN): from the capture at the host that asked."""
    requests, replies = ({_name(one): one.time for one in packets.where(f"icmp.type == {kind}")} for kind in (8, 0))
    return (
        numpy.array(list(requests.values())),
        numpy.array([replies.get(name, numpy.nan) - time for name, time in requests.items()]),
    )


def _name(packet: Any) -> tuple[str, str]:
    found = _NAME.search(packet.info)
    assert found, packet.info
    return found[1], found[2]
