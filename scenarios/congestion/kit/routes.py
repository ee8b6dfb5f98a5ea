"""What TCP does on a route: its congestion control and its limits, set as `ip route` sets them, on one host alone.

An ordinary namespace may not choose cubic by sysctl, and the machine's default may be any; a route may have each that the kernel has.
"""

from __future__ import annotations

import ipaddress
import pathlib
from typing import Any

from harness.stage.casting import NotImplementedByRole

_AVAILABLE = pathlib.Path("/proc/sys/net/ipv4/tcp_available_congestion_control")


class NotInThisKernel(NotImplementedByRole):
    """The scenario asks for what this kernel does not have: it is SKIPPED."""


def congestion_controls() -> list[str]:
    """Those that this kernel has."""
    return _AVAILABLE.read_text().split()


def use_congestion_control(host: Any, name: str) -> None:
    """Lets the host's TCP use this congestion control towards its network. Raises NotInThisKernel."""
    if name not in congestion_controls():
        raise NotInThisKernel(f"this kernel has no congestion control {name}; it has {', '.join(congestion_controls())}")
    network = ipaddress.ip_interface(f"{host}/{host.node.defaultIntf().prefixLen}").network
    host.run("ip", "route", "change", network, "dev", host.interface, "src", host, "congctl", name)
