"""Which sockets exist in a host's network namespace, read from /proc/PID/net (proc(5))."""

from __future__ import annotations

import contextlib
import dataclasses
import ipaddress
import os
import pathlib

from harness.stage.processes import alive

ESTABLISHED, CLOSE_WAIT, LISTEN = "ESTABLISHED", "CLOSE_WAIT", "LISTEN"
# By the kernel's codes (include/net/tcp_states.h), with the names that netstat prints.
_STATES = {
    "01": ESTABLISHED, "02": "SYN_SENT", "03": "SYN_RECV", "04": "FIN_WAIT1", "05": "FIN_WAIT2", "06": "TIME_WAIT", "07": "CLOSE",
    "08": CLOSE_WAIT, "09": "LAST_ACK", "0A": LISTEN, "0B": "CLOSING", "0C": "SYN_RECV",
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Socket:
    """A row of /proc/net/tcp, udp, tcp6 or udp6. state is TCP's, by its name in netstat; inode names it in /proc/PID/fd; drops counts datagrams (UDP);
    foreign: the other end of a connection, empty where there is none."""

    protocol: str
    address: str
    port: int
    state: str
    receive_queue: int
    drops: int
    inode: int
    foreign: str = ""


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
            foreign, foreign_port = (int(part, 16) for part in words[2].split(":"))
            other = f"{_address(words[2].split(':')[0])} port {foreign_port}" if foreign and foreign_port else ""
            queue = int(words[4].split(":")[1], 16)
            drops = int(words[-1]) if protocol == "udp" else 0
            found.append(Socket(protocol, _address(address), int(port, 16), _STATES.get(words[3], words[3]), queue, drops, int(words[9]), other))
    return found


def listeners(pid: int, protocol: str, port: int) -> set[int]:
    """Inodes of the sockets that wait on the port: TCP in state LISTEN, UDP bound."""
    rows = sockets(pid, protocol)
    return {row.inode for row in rows if row.port == port and (protocol == "udp" or row.state == LISTEN)}


def listening(pid: int, protocol: str, port: int) -> bool:
    """True when some socket waits on the port."""
    return bool(listeners(pid, protocol, port))


def inodes_of(pid: int) -> set[int]:
    """Of all sockets that a process holds; none where its descriptors cannot be seen."""
    found = set()
    with contextlib.suppress(OSError):
        for descriptor in os.scandir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                target = os.readlink(descriptor.path)
                if target.startswith("socket:["):
                    found.add(int(target[8:-1]))
    return found


def held_by(inodes: set[int], pids: list[int]) -> bool:
    """True when one of the processes holds one of the sockets, or may hold it (its descriptors cannot be seen)."""
    wanted = {f"socket:[{inode}]" for inode in inodes}
    for pid in pids:
        try:
            for descriptor in os.scandir(f"/proc/{pid}/fd"):
                with contextlib.suppress(FileNotFoundError):
                    if os.readlink(descriptor.path) in wanted:
                        return True
        except PermissionError:
            if alive(pid):  # an ordinary user is refused the descriptors of a zombie too, which has none
                return True
        except OSError:
            continue
    return False
