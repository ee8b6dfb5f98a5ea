"""Which sockets exist in a host's network namespace, read from /proc/PID/net (proc(5))."""

from __future__ import annotations

import dataclasses
import ipaddress
import pathlib

_LISTEN = "0A"


@dataclasses.dataclass(frozen=True)
class Socket:
    """A row of /proc/net/tcp, udp, tcp6 or udp6. state is the kernel's hexadecimal code; drops counts datagrams (UDP)."""

    protocol: str
    address: str
    port: int
    state: str
    receive_queue: int
    drops: int


def _address(text: str) -> str:
    raw = bytes.fromhex(text)
    words = b"".join(raw[i : i + 4][::-1] for i in range(0, len(raw), 4))
    return str(ipaddress.ip_address(words))


def sockets(pid: int, protocol: str) -> list[Socket]:
    """All sockets of "tcp" or "udp" (both IP versions) in the network namespace of process `pid`."""
    found = []
    for table in (protocol, protocol + "6"):
        try:
            lines = pathlib.Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
        except FileNotFoundError:
            continue
        for line in lines:
            words = line.split()
            address, port = words[1].split(":")
            queue = int(words[4].split(":")[1], 16)
            drops = int(words[-1]) if protocol == "udp" else 0
            found.append(Socket(protocol, _address(address), int(port, 16), words[3], queue, drops))
    return found


def listening(pid: int, protocol: str, port: int) -> bool:
    """True when some socket waits on the port: TCP in state LISTEN, UDP bound."""
    return any(
        row.port == port and (protocol == "udp" or row.state == _LISTEN) for row in sockets(pid, protocol)
    )
