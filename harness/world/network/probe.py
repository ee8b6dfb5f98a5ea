"""Is each link what it claims to be? Asked before a scenario uses the network (ping sees neither rate nor checksums).

Delay, rate, queue, losses and order: raw frames leave one end of a link, through the very queue that programs will use, and are
timed by the kernel at the other end; both directions of all links at once. TCP: one connection with data each way between
neighbours in every subnet, and through every router; where packets are lost on purpose, a SYN may be, and the connection
proves nothing. Afterwards queues are empty and ARP caches and switches' address tables are flushed; what remains is the
interfaces' counters.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any, TypeVar

from harness.judge.fidelity import LinkProbe
from harness.world.links.means import Means
from harness.world.links.summary import bound_of
from harness.world.network.frames import Frames, close_all
from harness.world.network.handshake import Handshake, run_handshakes
from harness.world.network.latency import KERNEL_TOLERANCE, TOLERANCE, Latency, run_latencies
from harness.world.network.namespaces import visiting
from harness.world.network.train import KERNEL_TOLERANCE as RATE_TOLERANCE, WIRE_TOLERANCE, Train, measurable, run_trains

if TYPE_CHECKING:
    from mininet.link import Intf, Link

    from harness.world.network.network import Network

Stream = TypeVar("Stream", bound=Frames)

_ATTEMPTS = 2  # a machine that stalled during a train is no bad link
_WIRE_ATTEMPTS = 4  # a process is more easily late than the kernel, and is held to less


def probe(network: Network) -> list[LinkProbe]:
    """Probes every link that has a host at one end or a rate; raises nothing for a bad link, its ``ok`` says so."""
    links = [link for link in network.net.links if _ends_at_host(link) or _rated(link)]
    results = {id(link): LinkProbe(f"{link.intf1}-{link.intf2}") for link in links}
    for link in links:
        result = results[id(link)]
        shape = link.intf1.shape
        result.declared_bw, result.declared_queue = shape.bw, bound_of(shape)
        result.declared_delay = shape.delay * 1e3
    try:
        _probe_delays(links, results)
        _probe_tcp(network, results)
        _probe_rates(links, results)
    finally:
        _forget(network)
    return list(results.values())


def _ends_at_host(link: Link) -> bool:
    return link.intf1.node.inNamespace or link.intf2.node.inNamespace


def _rated(link: Link) -> bool:
    return link.intf1.shape.shaped or link.intf2.shape.shaped


def _namespace(intf: Intf) -> int:
    return intf.node.pid if intf.node.inNamespace else os.getpid()


def _means(link: Link) -> Means:
    """Of a link class of the topology's own: the kernel's, if anything."""
    return getattr(link, "means", Means.HTB)


def _directions(links: list[Link]) -> list[tuple[Intf, Intf]]:
    return [ends for link in links for ends in ((link.intf1, link.intf2), (link.intf2, link.intf1))]


def _probe_delays(links: list[Link], results: dict[int, LinkProbe]) -> None:
    measured: dict[Intf, Latency] = {}
    ends: dict[Latency, tuple[Intf, Intf]] = {}
    for near, far in _directions(links):
        if _means(near.link) is Means.WIRE or near.shape.delay:
            tolerance = TOLERANCE if _means(near.link) is Means.WIRE else KERNEL_TOLERANCE
            measured[near] = Latency(near.name, far.name, near.shape, tolerance)
            ends[measured[near]] = near, far
    run_latencies(list(measured.values()), lambda one: _open(one.frames(), *ends[one]), close_all)
    for near, _ in _directions(links):
        result, latency = results[id(near.link)], measured.get(near)
        found = latency.measured if latency else None
        result.measured_delay.append(None if found is None else round(found * 1e3, 3))
        if latency and latency.problem:
            result.problems.append(latency.problem)


def _probe_tcp(network: Network, results: dict[int, LinkProbe]) -> None:
    handshakes = []
    for client, server in neighbours(network):
        with visiting(_namespace(server)):
            listener = Handshake.listen(server.IP())
        with visiting(_namespace(client)):
            handshakes.append((client, server, Handshake(client.IP(), listener)))
    shapes = [intf.shape for link in network.net.links for intf in (link.intf1, link.intf2)]
    lossy = any(shape.mean_loss or shape.corrupt for shape in shapes)
    run_handshakes([handshake for _, _, handshake in handshakes], 8 * sum(shape.delay + shape.jitter for shape in shapes))
    for client, server, handshake in handshakes:
        for intf in (client, server):
            result = results[id(intf.link)]
            if lossy and not handshake.ok:
                continue
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
    trains: dict[Intf, Train] = {}
    for attempt in range(_WIRE_ATTEMPTS):
        again = []
        for near, far in _directions(links):
            by_wire = _means(near.link) is Means.WIRE
            if measurable(near.shape) and attempt < (_WIRE_ATTEMPTS if by_wire else _ATTEMPTS):
                if near not in trains or trains[near].problem:
                    again.append((near, far, WIRE_TOLERANCE if by_wire else RATE_TOLERANCE))
        if not again:
            break
        for near, far, tolerance in again:
            trains[near] = _open(Train(near.name, far.name, near.shape, tolerance), near, far)
        running = [trains[near] for near, _, _ in again]
        try:
            run_trains(running)
        finally:
            close_all(running)
    for near, _ in _directions(links):
        result, train = results[id(near.link)], trains.get(near)
        result.measured_bw.append(train.measured_bw if train else None)
        result.survived.append(train.survived if train and train.tries_queue else None)
        if train and train.problem:
            result.problems.append(train.problem)


def _open(frames: Stream, near: Intf, far: Intf) -> Stream:
    with visiting(_namespace(far)):
        frames.open_receiver()
    with visiting(_namespace(near)):
        frames.open_sender()
    return frames


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
