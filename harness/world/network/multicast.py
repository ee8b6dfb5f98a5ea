"""How the switches of a network treat multicast: ``flood``, ``snooping``, ``snooping+querier`` (docs/multicast.md).

A switch says it in its topology: ``addSwitch("s1", multicast="snooping+querier")``. Snooping: packets of a group leave by the ports
behind which somebody has reported membership (IGMPv3, MLDv2) and by ports to multicast routers and to the querier, and by no
other; 224.0.0.0/24 and ff02::1 go everywhere (RFC 4541). Reports are made when somebody asks: a querier does so again and again;
without one, hosts are asked once, here, and what was learned grows old.

Open vSwitch has no querier: the kernel's bridge is it, with the switch's local port as its only port. Linux bridges have one.
Ports to hosts take a leave at its word, since there is nobody else behind them. Ports to multicast routers are told to be such,
since Linux routers send no queries.
"""

from __future__ import annotations

import contextlib
import dataclasses
import socket
import subprocess
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from harness.world.network import queries
from harness.world.network.errors import NetworkError
from harness.world.network.multicast_ready import wait_until_it_works
from harness.world.network.plan import GROUP

if TYPE_CHECKING:
    from mininet.node import Node

FLOOD, SNOOPING, QUERIER = "flood", "snooping", "snooping+querier"
MODES = (FLOOD, SNOOPING, QUERIER)
QUERY_INTERVAL = 125  # seconds, RFC 3376 section 8.2
_RESPONSE_INTERVAL = 10  # seconds, RFC 3376 section 8.3
_FIRST_RESPONSE = 0.1  # seconds, while the network starts
_LONG = 3600  # seconds that a bridge is to believe in a querier that asked once


def mode_of(switch: Node) -> str:
    """How a switch treats multicast. Raises NetworkError for a word that is none of MODES."""
    mode = switch.params.get("multicast") or FLOOD
    if mode not in MODES:
        raise NetworkError(f"switch {switch}: multicast={mode!r} is unknown; known are {', '.join(MODES)}")
    return mode


@dataclasses.dataclass
class Segment:
    """Switches that frames pass between without a router, in the order of the network."""

    switches: list[Node]

    @property
    def modes(self) -> set[str]:
        return {mode_of(switch) for switch in self.switches}

    @property
    def candidates(self) -> list[Node]:
        """Those that offer to be the querier; the first is elected, having the lowest address."""
        return [switch for switch in self.switches if mode_of(switch) == QUERIER]

    def trunks(self, switch: Node) -> dict[Node, str]:
        """Neighbouring switches and the ports that lead to them."""
        return {other.node: port.name for port, other in _ports(switch) if not other.node.inNamespace}

    def stations(self) -> list[tuple[Node, Any, Any]]:
        """(switch, its port, the interface behind it) of every host and router."""
        return [(switch, port, other) for switch in self.switches for port, other in _ports(switch) if other.node.inNamespace]

    def towards(self, goal: Node) -> dict[Node, str]:
        """From every other switch: the port that leads to a switch."""
        found: dict[Node, str] = {}
        reached = [goal]
        for switch in reached:
            for neighbour, port in self.trunks(switch).items():
                if neighbour not in reached:
                    found[neighbour] = self.trunks(neighbour)[switch]
                    reached.append(neighbour)
        return found


def _ports(switch: Node) -> list[tuple[Any, Any]]:
    """(port, the interface at the other end of its link)."""
    links = [(intf, intf.link) for intf in switch.intfList() if intf.link is not None]
    return [(intf, link.intf2 if link.intf1 is intf else link.intf1) for intf, link in links]


def segments_of(net: Any) -> list[Segment]:
    """The network's segments, each with at least one switch."""
    found: list[Segment] = []
    left = list(net.switches)
    while left:
        reached = [left[0]]
        for switch in reached:
            reached += [other for other in Segment([]).trunks(switch) if other not in reached]
        found.append(Segment([switch for switch in left if switch in reached]))
        left = [switch for switch in left if switch not in reached]
    return found


def is_router(node: Node) -> bool:
    return bool(getattr(node, "router", False))


def querier_device(switch: Node, kind: str) -> str:
    """The kernel bridge that asks for a switch."""
    return switch.name if kind == "bridge" else f"{switch.name}-querier"


class Multicast:
    """The switches' treatment of multicast in a running network. kind: of switches, as Network.switch."""

    def __init__(self, net: Any, kind: str) -> None:
        self.net, self.kind = net, kind
        self.segments = segments_of(net)
        self.asked_for = any(switch.params.get("multicast") for switch in net.switches)
        self.snooping = [switch for switch in net.switches if mode_of(switch) != FLOOD]
        self._numbers = {switch: number for number, switch in enumerate(net.switches, 1)}

    def start(self) -> None:
        """Makes every switch treat multicast as its topology says, and returns once it has been seen to."""
        if not self.asked_for:
            return
        self.configure()
        wait_until_it_works(self)
        self.elect()

    def configure(self) -> None:
        """Makes every switch snoop that is to. Nobody has asked for members yet."""
        if not self.snooping:
            return
        if self.kind == "bridge":
            self._configure_bridges()
        else:
            self._configure_open_vswitch()

    def floods(self, node: Node) -> bool:
        """True if the switch that a host is on does not snoop."""
        own = [switch for segment in self.segments for switch, _, intf in segment.stations() if intf is node.defaultIntf()]
        return not any(switch in self.snooping for switch in own)

    def settled(self) -> None:
        """Returns when what switches have learned is also what they do: Open vSwitch changes its flows a moment later."""
        if self.snooping and self.kind != "bridge":
            _run(["ovs-appctl", "revalidator/wait"])

    def _configure_open_vswitch(self) -> None:
        words: list[str] = []
        for switch in self.snooping:
            words += ["--", "set", "Bridge", switch.name, "mcast_snooping_enable=true",
                      "other_config:mcast-snooping-disable-flood-unregistered=true"]  # fmt: skip
            for port, other in _ports(switch):
                # Reports cross to other switches, and a leave does not end the membership of everybody behind them.
                options = ["other_config:mcast-snooping-flood-reports=true"] if not _is_access(other) else []
                if is_router(other.node):
                    options.append("other_config:mcast-snooping-flood=true")
                words += ["--", "set", "Port", port.name, *options] if options else []
        _run(["ovs-vsctl", "--timeout=30", *words[1:]])
        lines = []
        for switch in self.snooping:
            lines += [f"link set dev {switch.name} addrgenmode none", f"link set dev {switch.name} up"]
            if mode_of(switch) == QUERIER:
                device = querier_device(switch, self.kind)
                # The addresses of the cell's root namespace belong to no host: nothing may answer there but the querier.
                lines += [f"link add {device} group {GROUP} type bridge", f"link set dev {device} addrgenmode none",
                          f"link set dev {switch.name} master {device}", f"link set dev {device} up"]  # fmt: skip
        _ip(lines)
        self._address_queriers()

    def _configure_bridges(self) -> None:
        lines = []
        for switch in self.snooping:
            lines.append(f"link set dev {switch.name} type bridge mcast_snooping 1 mcast_igmp_version 3 mcast_mld_version 2")
            if mode_of(switch) == SNOOPING:
                # A bridge that hears of no querier for so long floods again.
                lines.append(f"link set dev {switch.name} type bridge mcast_querier_interval {_LONG * 100}")
            for port, other in _ports(switch):
                if is_router(other.node):
                    lines.append(f"link set dev {port.name} type bridge_slave mcast_router 2")
                elif _is_access(other):
                    lines.append(f"link set dev {port.name} type bridge_slave mcast_fast_leave on")
        _ip(lines)
        self._address_queriers()

    def _address_queriers(self) -> None:
        """Addresses to ask from. The kernel takes a new IPv6 address into use a little later."""
        lines = []
        for segment in self.segments:
            for switch in segment.candidates:
                device, number = querier_device(switch, self.kind), self._numbers[switch]
                lines.append(f"address add {queries.source4(number)}/32 dev {device} scope link")
                lines.append(f"-6 address add {queries.source6(number)}/128 dev {device} scope link nodad")
        _ip(lines)

    def ask(self) -> None:
        """Has every segment's hosts asked for the groups they are members of: by its elected querier, or once, by its switches."""
        lines = []
        for segment in self.segments:
            if segment.candidates:
                lines += self._start_querier(segment.candidates[0])
                continue
            for switch in segment.switches:
                if mode_of(switch) == SNOOPING:
                    self._ask_once(switch)
        _ip(lines)

    def _start_querier(self, switch: Node) -> list[str]:
        """ip commands by which it asks now; again where it has begun to."""
        device = querier_device(switch, self.kind)
        options = f"mcast_igmp_version 3 mcast_mld_version 2 mcast_query_use_ifaddr 1 mcast_startup_query_count 1 \
mcast_query_response_interval {_FIRST_RESPONSE * 100:.0f} mcast_query_interval {self._interval(switch) * 100}"
        return [
            f"link set dev {device} type bridge {options} mcast_querier 0",
            f"link set dev {device} type bridge mcast_querier 1",
        ]

    @staticmethod
    def _interval(switch: Node) -> int:
        return int(switch.params.get("query_interval") or QUERY_INTERVAL)

    def _ask_once(self, switch: Node) -> None:
        number = self._numbers[switch]
        with contextlib.closing(socket.socket(socket.AF_PACKET, socket.SOCK_RAW)) as local:
            local.bind((switch.name, 0))
            for frame in queries.general(number, _FIRST_RESPONSE):
                local.send(frame)

    def elect(self) -> None:
        """Starts the queriers that are not elected, which keep silent as long as they hear a lower address, and gives all of
        them the time that RFC 3376 lets hosts take for an answer."""
        lines = []
        for segment in self.segments:
            for switch in segment.candidates[1:]:
                lines += self._start_querier(switch)
            for switch in segment.candidates:
                device = querier_device(switch, self.kind)
                response = min(_RESPONSE_INTERVAL, self._interval(switch) / 2)
                lines.append(f"link set dev {device} type bridge mcast_query_response_interval {response * 100:.0f}")
        _ip(lines)


def _is_access(other: Any) -> bool:
    """True for the far end of a port behind which there is one host and nothing else."""
    return other.node.inNamespace and not is_router(other.node)


def _ip(lines: list[str]) -> None:
    """Runs ip commands, in one process for each address family in a row."""
    for family, batch in _batches(lines):
        _run(["ip", *family, "-batch", "-"], "\n".join(batch) + "\n")


def _batches(lines: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    six = [line[3:] for line in lines if line.startswith("-6 ")]
    if six:
        yield ["-6"], six
    four = [line for line in lines if not line.startswith("-6 ")]
    if four:
        yield [], four


def _run(command: list[str], text: str = "") -> None:
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NetworkError(f"multicast in the switches: {' '.join(command)[:200]} said: {done.stderr.strip()[-300:]}\n{text}")
