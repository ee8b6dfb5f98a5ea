"""Whether hosts reach each other, and what they have sent: for questions, and for the sentences about what came instead."""

from __future__ import annotations

import itertools
import re
from typing import Any

from harness import equals


def all_reach_all(lab: Any) -> None:
    """Every host pings every other, once, and is answered."""
    for sender, receiver in itertools.permutations(lab.hosts.values(), 2):
        answers = sender.run("ping", "-c", "1", "-W", "2", receiver, check=False)
        lab.expect(
            answers.status, equals(0), f"ping's status: {sender.name} reaches {receiver.name}, and is answered", id="answered",
            hint=lambda: pinged(lab, sender, receiver),
        )  # fmt: skip


def pinged(lab: Any, sender: Any, receiver: Any) -> str:
    """How far echo requests and replies came between two hosts."""
    there, back = (f"icmp.type == {kind} && ip.src == {a} && ip.dst == {b}" for kind, a, b in ((8, sender, receiver), (0, receiver, sender)))
    asked, reached, answered, came = (
        len(lab.packets(host, which)) for host, which in ((sender, there), (receiver, there), (receiver, back), (sender, back))
    )
    ways = f"echo requests: {sender.name} sent {asked}, {receiver.name} got {reached}; replies: {receiver.name} sent {answered}, {sender.name} got {came}"
    return "; ".join(filter(None, [ways, receiver.kept_back(), sender.kept_back()]))


def sent(lab: Any, *hosts: Any) -> str:
    """What hosts have sent and got so far, ARP apart: "h1 sent 1 TCP segment (SYN), and got 1 ICMP message (port unreachable)"."""
    ways = [f"{host.name} sent {_kinds(lab, host, f'eth.src == {host.mac}')}, and got {_kinds(lab, host, f'eth.dst == {host.mac}')}" for host in hosts]
    return "; ".join(ways + [kept for host in lab.hosts.values() if (kept := host.kept_back())])


def queue(host: Any) -> str:
    """What queue its first interface has, as tc tells."""
    told = host.run("tc", "qdisc", "show", "dev", host.interface, check=False).output
    limits = re.findall(r"qdisc (\w+) .*limit (\w+)", told)
    return f"the queue before {host.name}'s link: " + (", ".join(f"{kind} with a limit of {limit}" for kind, limit in limits) or told.strip() or "none")


def _kinds(lab: Any, host: Any, which: str) -> str:
    packets = lab.packets(host, which)
    segments, datagrams, messages = (packets.where(one) for one in ("tcp && !icmp", "udp && !icmp", "icmp"))
    flags = sorted({packet.flags.replace(", ", "+") for packet in segments})
    infos = sorted({packet.info.partition("(")[2].rstrip(")") or packet.info for packet in messages})
    parts = [
        f"{len(rows)} {name}{'s' if len(rows) > 1 else ''}{f' ({told})' if told else ''}"
        for rows, name, told in (
            (segments, "TCP segment", "; ".join(flags)), (datagrams, "UDP datagram", ""), (messages, "ICMP message", "; ".join(infos)),
        )
        if len(rows)
    ]  # fmt: skip
    return " and ".join(parts) or "nothing"


def bound(host: Any, port: int) -> str:
    """The sockets of UDP with this port, and whose they are, as ss tells: "10.0.0.1:5000 of python3, pid 123"."""
    found = []
    for line in host.run("ss", "-Hulnp", f"sport = :{port}", check=False).output.splitlines():
        owner = re.search(r'"([^"]+)",pid=(\d+)', line)
        found.append(line.split()[3] + (f" of {owner[1]}, pid {owner[2]}" if owner else ""))
    return "; ".join(found) or "none"
