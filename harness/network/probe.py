"""Is each link what it claims to be? Asked before a scenario uses the network (ping sees neither rate nor checksums).

Rate and queue: a train of raw frames leaves one end of a link faster than its rate, through the very queue that
programs will use, and is timed by the kernel at the other end; both directions of all links at once. The frames carry
a bridge-reserved destination (IEEE 802.1Q, table 8-1), so that no switch forwards them, and the first local
experimental EtherType, so that no host answers. TCP: one connection with data each way between neighbours in every
subnet, and through every router. Afterwards queues are empty and ARP caches and switches' address tables are flushed;
what remains is the interfaces' counters.
"""

from __future__ import annotations

import dataclasses
import os
import subprocess
from typing import TYPE_CHECKING, Any

from harness.network.handshake import Handshake, run_handshakes
from harness.network.namespaces import visiting
from harness.network.train import Train, run_trains

if TYPE_CHECKING:
    from mininet.link import Intf, Link

    from harness.network.network import Network

_ATTEMPTS = 2  # a machine that stalled during a train is no bad link


@dataclasses.dataclass
class LinkProbe:
    """What was found on one link; the lists hold the direction from the link's first end, then the other.

    declared_bw and measured_bw in Mbit/s (None: no rate declared, or not measured); declared_queue in packets (None: none
    declared); survived: how many frames of a train came through, when more were sent than the queue holds (None: not
    tried). tcp: None where no neighbour is. congestion_control: what the kernel used on the connection.
    """

    link: str
    declared_bw: float | None = None
    measured_bw: list[float | None] = dataclasses.field(default_factory=list)
    declared_queue: int | None = None
    survived: list[int | None] = dataclasses.field(default_factory=list)
    tcp: bool | None = None
    congestion_control: str = ""
    problems: list[str] = dataclasses.field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

    @property
    def reason(self) -> str:
        """Why not ok, for people; empty when all is well."""
        return "; ".join(self.problems)


def probe(network: Network) -> list[LinkProbe]:
    """Probes every link that has a host at one end or a rate; raises nothing for a bad link, its ``ok`` says so."""
    links = [link for link in network.net.links if _ends_at_host(link) or _rated(link)]
    results = {id(link): LinkProbe(f"{link.intf1}-{link.intf2}") for link in links}
    for link in links:
        result = results[id(link)]
        result.declared_bw, result.declared_queue = link.intf1.shape.bw, link.intf1.shape.queue
    try:
        _probe_tcp(network, results)
        _probe_rates(links, results)
    finally:
        _forget(network)
    return list(results.values())


def _ends_at_host(link: Link) -> bool:
    return link.intf1.node.inNamespace or link.intf2.node.inNamespace


def _rated(link: Link) -> bool:
    return link.intf1.shape.bw is not None or link.intf2.shape.bw is not None


def _namespace(intf: Intf) -> int:
    return intf.node.pid if intf.node.inNamespace else os.getpid()


def _probe_tcp(network: Network, results: dict[int, LinkProbe]) -> None:
    handshakes = []
    for client, server in neighbours(network):
        with visiting(_namespace(server)):
            listener = Handshake.listen(server.IP())
        with visiting(_namespace(client)):
            handshakes.append((client, server, Handshake(client.IP(), listener)))
    run_handshakes([handshake for _, _, handshake in handshakes])
    for client, server, handshake in handshakes:
        for intf in (client, server):
            result = results[id(intf.link)]
            result.tcp = handshake.ok and result.tcp is not False
            result.congestion_control = handshake.congestion_control
            if not handshake.ok:
                result.problems.append(f"TCP from {client.node} to {server.node} failed: {handshake.reason}")


def neighbours(network: Network) -> list[tuple[Intf, Intf]]:
    """Pairs of interfaces that a connection should be possible between: (client, server)."""
    subnets: dict[int, list[Intf]] = {}
    forwarding = False
    for host in network.net.hosts:
        forwarding = forwarding or getattr(host, "router", False)
        for intf in host.intfList():
            if intf.IP() and intf.link is not None:
                subnets.setdefault(_subnet(intf), []).append(intf)
    pairs = [pair for members in subnets.values() for pair in zip(members, members[1:])]
    if forwarding:
        first = [next((i for i in members if not getattr(i.node, "router", False)), None) for members in subnets.values()]
        ends = [intf for intf in first if intf is not None]
        pairs += list(zip(ends, ends[1:]))
    return pairs


def _subnet(intf: Intf) -> int:
    number = int.from_bytes(bytes(map(int, intf.IP().split("."))), "big")
    return number >> (32 - int(intf.prefixLen)) << 8 | int(intf.prefixLen)


def _probe_rates(links: list[Link], results: dict[int, LinkProbe]) -> None:
    directions = [ends for link in links for ends in ((link.intf1, link.intf2), (link.intf2, link.intf1))]
    trains: dict[Intf, Train] = {}
    rated = [(near, far) for near, far in directions if near.shape.bw is not None and not near.shape.emulated]
    for _ in range(_ATTEMPTS):
        again = [(near, far) for near, far in rated if near not in trains or trains[near].problem]
        trains |= {near: _train(near, far) for near, far in again}
        run_trains([trains[near] for near, _ in again])
    for near, _ in directions:
        result, train = results[id(near.link)], trains.get(near)
        result.measured_bw.append(train.measured_bw if train else None)
        result.survived.append(train.survived if train and train.tries_queue else None)
        if train and train.problem:
            result.problems.append(train.problem)


def _train(near: Intf, far: Intf) -> Train:
    train = Train(near.name, far.name, near.shape.bw, near.shape.queue)
    with visiting(_namespace(far)):
        train.open_receiver()
    with visiting(_namespace(near)):
        train.open_sender()
    return train


def _forget(network: Network) -> None:
    plan = network.net.plan
    for host in network.net.hosts:
        session = plan.session(host)
        session.flush_neighbours()
        # An entry may have gone by itself.
        session.flush(ignore=(2,))
    if network.switch == "bridge":
        for switch in network.net.switches:
            plan.session(switch).flush_bridge(switch.name)
        for switch in network.net.switches[:1]:
            plan.session(switch).flush()
    else:
        command: list[Any] = ["ovs-appctl", "fdb/flush"]
        subprocess.run(command, capture_output=True, check=True)
