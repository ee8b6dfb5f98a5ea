"""What in a host's kernel keeps packets or answers back: rules of its packet filter, pings that it ignores. Where nothing came, it says whose doing
that may be."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.stage.host import Host

_SECONDS = 5
_MOST = 4  # rules
_STRUCTURE = re.compile(r"(table|chain|type|policy accept|set) ?.*|\}?")
_PINGS = {"ipv4": "icmp_echo_ignore_all", "ipv6": "icmp/echo_ignore_all"}


def reasons(hosts: Iterable[Host]) -> list[str]:
    """A sentence for each of these hosts that has such rules: "h1's packet filter: udp dport 5000 drop"."""
    told = []
    for host in hosts:
        if rules := _rules(host):
            told.append(f"{host.name}'s packet filter: {'; '.join(rules[:_MOST])}")
        ignored = [name for family, name in _PINGS.items() if _is_set(host, f"/proc/sys/net/{family}/{name}")]
        if ignored:
            told.append(f"{host.name}'s kernel answers no ping ({' and '.join(ignored)} is 1)")
    return told


def _rules(host: Host) -> list[str]:
    """Of nft, as it lists them."""
    try:
        words = ["mnexec", "-a", str(host.pid), "nft", "--stateless", "list", "ruleset"]
        listed = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return []
    lines = [line.strip() for line in listed.decode("utf-8", "replace").splitlines()]
    return [line for line in lines if not _STRUCTURE.fullmatch(line)]


def _is_set(host: Host, file: str) -> bool:
    """/proc/sys shows the namespace of who reads it."""
    try:
        words = ["mnexec", "-a", str(host.pid), "cat", file]
        return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False).stdout.strip() == b"1"
    except (OSError, subprocess.TimeoutExpired):
        return False
