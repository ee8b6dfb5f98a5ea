"""A Mininet network of the cell, from topology to running hosts."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import shlex
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

from mininet.link import Link, TCLink
from mininet.log import output
from mininet.net import Mininet
from mininet.node import Node
from mininet.topo import Topo

from harness.world import machine
from harness.world.links import emulator
from harness.world.links.audit import Lateness, audit, lateness
from harness.world.links.errors import LinkError
from harness.world.links.link import MEANS, Wish, read, split
from harness.world.links.means import Means, abilities, choose
from harness.world.links.wire import Wire, Wires
from harness.world.links.wire_config import seed_of
from harness.world.network.control import LinkControl
from harness.world.network.description import describe_host, describe_link, describe_switch
from harness.world.network.errors import NetworkError
from harness.world.network.multicast import Multicast
from harness.world.network.namespaces import Holders, visiting
from harness.world.network.neighbours import introduce
from harness.world.network.nodes import LabBridge, LabHost, LabIntf, LabLink, LabOVS
from harness.world.network.plan import Plan
from harness.world.network.rtnetlink import has_generic_family

SWITCHES = {
    "ovs": "Open vSwitch, userspace datapath",
    "ovs-kernel": "Open vSwitch, kernel datapath",
    "bridge": "Linux bridge",
}

# Whatever the machine has set in its own namespace, hosts are alike everywhere. Quiet: no duplicate address detection
# (an address is usable at once), no router solicitations.
_HOST_SETTINGS = {
    "ipv4/ip_forward": "0",
    "ipv4/ip_unprivileged_port_start": "0",  # a judged program has no capabilities, and may be asked for port 7
    "ipv4/conf/all/rp_filter": "0",
    "ipv4/conf/default/rp_filter": "0",
    "ipv6/conf/all/accept_dad": "0",
    "ipv6/conf/default/accept_dad": "0",
    "ipv6/conf/default/dad_transmits": "0",
    "ipv6/conf/default/router_solicitations": "0",
    "ipv6/conf/default/accept_ra": "0",
    # The multicast listener reports of bring-up go out at once, not up to a second later in the middle of a capture.
    "ipv6/conf/default/mldv2_unsolicited_report_interval": "1",
}
_REPORT_INTERVAL = "1000"  # milliseconds, the kernel's default, which holds again once the network is up


class LabNet(Mininet):
    """Mininet with all hosts' namespaces made at once and everything else sent to the kernel in few requests.

    links: "auto", "netem" or "wire", by what means links are made that do not say it themselves; seed: of links that declare
    none; wire: the command of the emulator; folder: where it leaves what it counts.
    """

    def __init__(
        self, topology: Topo, switch: Any, congestion_control: str | None, settings: dict[str, str], links: str, seed: int,
        wire: Sequence[str], folder: pathlib.Path | None,
    ) -> None:  # fmt: skip
        # Mininet.init() raises host-wide limits by sysctl: the host stays as it was.
        Mininet.inited = True
        self.holders = Holders()
        self.plan = Plan(congestion_control)
        self.wires = Wires(folder)
        self.seed = seed
        self._preference, self._able, self._wire = links, abilities(wire), list(wire)
        self._settings = settings
        self._ready: list[int] = []
        self._macs = 0
        super().__init__(
            topology, switch=switch, host=LabHost, link=LabLink, intf=LabIntf, controller=None, build=False
        )

    def build(self) -> None:
        names = self.topo.hosts()
        self._ready = self.holders.spawn(len(names), self._settings)[::-1]
        super().build()
        self.plan.settle()
        self.wires.start()  # they get ready while the switches start

    def addHost(self, name: str, cls: Any = None, **params: Any) -> Node:
        if cls and not issubclass(cls, LabHost):
            # Own overrides of the topology's class first, then ours, then Mininet's.
            cls = type(cls.__name__, (cls, LabHost), {})
        if params.get("inNamespace", True):
            params["holder"] = self._ready.pop() if self._ready else self.holders.spawn(1, self._settings)[0]
        return super().addHost(name, cls, plan=self.plan, **params)

    def addSwitch(self, name: str, cls: Any = None, **params: Any) -> Node:
        return super().addSwitch(name, cls, plan=self.plan, **params)

    def addLink(self, node1: Any, node2: Any, port1: Any = None, port2: Any = None, cls: Any = None, **params: Any):
        name = f"{node1}-{node2}"
        wish = read(name, params)
        means = choose(name, wish, self._preference, self._able)
        if cls in (None, Link, TCLink):  # LabLink does what they do
            number = 1 + sum(f"{link.intf1.node}-{link.intf2.node}" == name for link in self.links)
            name = name if number == 1 else f"{name}-{number}"
            _, params = split(params)
            params |= {"name": name, "wish": wish, "means": means, "wired": self._wired(name, wish)}
            cls = None
        elif means is Means.WIRE:
            raise LinkError(f"link {name}: wire joins links of Mininet's own classes only, not {cls.__name__}")
        link = super().addLink(node1, node2, port1, port2, cls, **params)
        if not self.plan.open:
            self.plan.settle()
            self._shape([link])
        if getattr(link, "wire", None):
            self.wires.add(link.wire, start=not self.plan.open)
        return link

    def _wired(self, name: str, wish: Wish) -> Callable[[str, str], Wire]:
        seed = seed_of(self.seed if wish.seed is None else wish.seed, name)
        return lambda a, b: Wire(name, a, b, wish, seed, self._wire)

    def _shape(self, links: list[Any]) -> None:
        ends = [intf for link in links if getattr(link, "means", None) is not Means.WIRE for intf in (link.intf1, link.intf2)]
        self.plan.shape([intf for intf in ends if isinstance(intf, LabIntf)])

    def delLink(self, link: Any) -> None:
        if getattr(link, "wire", None):
            self.wires.remove(link.wire)
        super().delLink(link)

    def randMac(self) -> str:
        """Mininet's random addresses for interfaces that nobody named: counted here, so that runs repeat."""
        self._macs += 1
        digits = f"02{self._macs:010x}"
        return ":".join(digits[i : i + 2] for i in range(0, 12, 2))

    def iperf(self, hosts=None, l4Type="TCP", udpBw="10M", fmt=None, seconds=5, port=5001) -> list[str]:
        """Mininet's iperf test: [server's, client's] rate, before them udpBw for UDP.

        Mininet 2.3.0 waits for a second report, of the connection by which it tried the port, that iperf 2.1 never
        prints; and it kills every iperf by name first.
        """
        if l4Type not in ("TCP", "UDP"):
            raise ValueError(f"iperf: l4Type is {l4Type!r}, not TCP or UDP")
        client, server = hosts or (self.hosts[0], self.hosts[-1])
        output("*** Iperf: testing", l4Type, "bandwidth between", client, "and", server, "\n")
        command = f"iperf -p {port}" + (" -u" if l4Type == "UDP" else "") + (f" -f {fmt}" if fmt else "")
        server.sendCmd(f"{command} -s")
        deadline = time.monotonic() + 10
        while f":{port:04X} " not in _read(f"/proc/{server.pid}/net/{l4Type.lower()}"):
            server.monitor(timeoutms=20)
            if not server.waiting or time.monotonic() > deadline:
                raise NetworkError(f"iperf's server on {server} does not listen on port {port}")
        at_client = client.cmd(f"{command} -t {seconds} -c {server.IP()}" + (f" -b {udpBw}" if l4Type == "UDP" else ""))
        at_server, deadline = "", time.monotonic() + 10
        while "/sec" not in at_server and server.waiting and time.monotonic() < deadline:
            at_server += server.monitor(timeoutms=100)
        server.sendInt()
        at_server += server.waitOutput()
        result = [*([udpBw] if l4Type == "UDP" else []), self._parseIperf(at_server), self._parseIperf(at_client)]
        output(f"*** Results: {result}\n")
        return result

    def start(self) -> None:
        super().start()
        # Open vSwitch clears the queueing disciplines of interfaces it takes over: shape when it is done.
        self._shape(self.links)
        for host in self.hosts:
            if host.inNamespace and "ipv6/conf/default/mldv2_unsolicited_report_interval" in self._settings:
                with visiting(host.pid):
                    for name in ("default", *host.intfNames()):
                        _write(f"/proc/sys/net/ipv6/conf/{name}/mldv2_unsolicited_report_interval", _REPORT_INTERVAL)
        self.wires.wait_ready()
        self.plan.open = False

    def stop(self) -> None:
        self.wires.stop()
        try:
            super().stop()
        finally:
            self.plan.open = False
            self.holders.release()
            self.plan.clear()


class Network:
    """A topology as a running Mininet network inside the cell: ``with Network(Single(3, bw=0.7)) as network: …``.

    switch: "ovs" (Open vSwitch, userspace datapath), "ovs-kernel", "bridge" (Linux bridge), or "auto": "ovs" where
    the cell's Open vSwitch runs and may open /dev/net/tun, else "bridge". All forward at once, and flood multicast unless the
    topology says otherwise (docs/multicast.md).
    congestion_control: TCP's, on every IPv4 route of every host; reno where the kernel has no cubic.
    links: by what means links are made that do not say it themselves (means=): "auto", "netem" or "wire"; by default
    $WIREPROOF_LINKS, else "auto". seed: of links that declare none. wire: the emulator's command, by default
    $WIREPROOF_WIRE, else `wire` of this build.
    folder: where it leaves what it counts, link-h1-s1.counters.jsonl and others; by default nowhere.
    """

    def __init__(
        self, topology: Topo, switch: str = "auto", congestion_control: str = "cubic", links: str | None = None, seed: int = 1,
        wire: Sequence[str] | None = None, folder: pathlib.Path | None = None,
    ) -> None:  # fmt: skip
        self.topology = topology
        self.switch = choose_switch(switch)
        self.start_seconds = 0.0
        kinds: dict[str, tuple[type[Any], dict[str, str]]] = {
            "ovs": (LabOVS, {"datapath": "user"}),
            "ovs-kernel": (LabOVS, {"datapath": "kernel"}),
            "bridge": (LabBridge, {}),
        }
        cls, options = kinds[self.switch]
        available = _read("/proc/sys/net/ipv4/tcp_available_congestion_control").split()
        if congestion_control not in available and congestion_control != "cubic":
            raise NetworkError(
                f"TCP congestion control {congestion_control!r} is not in this kernel, which has {', '.join(available)}"
            )
        self._routes = congestion_control if congestion_control in available else None
        # Classes that carry the option, since Mininet builds switches from a class.
        kind = type(cls.__name__, (cls,), {"__init__": lambda self, name, **kw: cls.__init__(self, name, **options, **kw)})
        # What no route of ours covers (loopback, IPv6) must not fall to the machine's default, which may be bbr;
        # an ordinary namespace may choose reno only.
        settings = _HOST_SETTINGS | {"ipv4/tcp_congestion_control": "reno"}
        settings = {key: value for key, value in settings.items() if os.path.exists(f"/proc/sys/net/{key}")}
        self._wire = list(wire or emulator.command(machine.programs_folder()))
        self.net = LabNet(topology, kind, self._routes, settings, _preference(links), seed, self._wire, folder)

    @property
    def name(self) -> str:
        """As one would name it to ``mn --topo``: "single,3"."""
        return getattr(self.topology, "name", type(self.topology).__name__.lower())

    def start(self) -> Network:
        began = time.monotonic()
        try:
            self.net.start()
            introduce(self.net.hosts)
            self.multicast = Multicast(self.net, self.switch)
            self.multicast.start()
        except BaseException:
            self.stop()
            raise
        self.start_seconds = time.monotonic() - began
        return self

    def begin(self) -> None:
        """The scenario begins now: rules of loss, schedules and traces of links start, what their emulators count is at nothing, and
        every flow is at its first packet, so that a seed decides the same whatever went before."""
        if len(self.net.wires):
            self.net.wires.begin()

    def link(self, a: str, b: str, number: int = 1, tell: Callable[[str], None] = lambda text: None) -> LinkControl:
        """The link between two nodes, seen from the first of them; number: which of several. tell: takes what is done to it, in
        words. Raises LinkError when there is no such link."""
        found = [link for link in self.net.links if {link.intf1.node.name, link.intf2.node.name} == {a, b}]
        if not 1 <= number <= len(found) or not isinstance(found[number - 1], LabLink):
            links = ", ".join(f"{link.intf1.node}-{link.intf2.node}" for link in self.net.links)
            raise LinkError(f"there is no link {a}-{b}" + (f" number {number}" if found else "") + f"; the network has {links}")
        return found[number - 1].control(self.net[a], tell)

    def broken_links(self) -> list[str]:
        """A sentence for each link whose emulator ended by itself; empty when all is well."""
        return self.net.wires.ended()

    def link_counters(self) -> dict[str, Any]:
        """What passed each shaped link and what did not: "h1-s1" → "forward", "backward" → counters. A dead emulator tells nothing."""
        links = [link.control(link.intf1.node) for link in self.net.links if getattr(link, "means", Means.NONE) is not Means.NONE]
        alive = [link for link in links if not link.broken]
        return {link.name: {side: dataclasses.asdict(one) for side, one in link.counters().items()} for link in alive}

    def end_links(self) -> list[str]:
        """Ends the emulators, so that their files are whole; a sentence for each link that was not what it was declared to be."""
        self.net.wires.end()
        dead = self.broken_links()
        return dead or [problem for wire in self.net.wires for problem in audit(wire)]

    def lateness(self) -> dict[str, Lateness]:
        """How late the emulators were, by the name of the link; after end_links()."""
        return {wire.name: lateness(wire) for wire in self.net.wires}

    def stop(self) -> None:
        """Ends every program on the hosts and removes all interfaces and bridges from the cell's root namespace."""
        self.net.stop()

    def __enter__(self) -> Network:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def describe(self) -> dict[str, Any]:
        """What result.json says of the network."""
        return {
            "name": self.name,
            "hosts": [describe_host(host) for host in self.net.hosts],
            "switches": [describe_switch(switch, SWITCHES[self.switch]) for switch in self.net.switches],
            "links": [describe_link(link) for link in self.net.links],
            "congestion_control": f"{self._routes} on every IPv4 route, reno elsewhere" if self._routes else "reno",
            "offload": "tx, tso, gso and gro off at the hosts",
            **({"emulator": shlex.join(self._wire)} if len(self.net.wires) and emulator.is_replaced() else {}),
        }


def _preference(links: str | None) -> str:
    wish = links or os.environ.get("WIREPROOF_LINKS") or "auto"
    if wish not in MEANS:
        raise NetworkError(f"links={wish!r}: there are no such means; known are {', '.join(MEANS)}")
    return wish


def choose_switch(wish: str) -> str:
    """The switch to use for a wish; raises NetworkError when the cell cannot have it, saying why."""
    if wish not in ("auto", *SWITCHES):
        raise NetworkError(f"there is no switch {wish!r}; known are auto, {', '.join(SWITCHES)}")
    running, tun = _ovs_runs(), os.access("/dev/net/tun", os.R_OK | os.W_OK)
    if wish == "auto":
        return "ovs" if running and tun else "bridge"
    if wish.startswith("ovs") and not running:
        raise NetworkError(f"switch {wish!r}: no Open vSwitch answers in this cell; use switch='bridge'")
    if wish == "ovs" and not tun:
        raise NetworkError(
            "switch 'ovs': /dev/net/tun cannot be opened, and without it Open vSwitch's userspace datapath forwards "
            "nothing and says nothing; let it be opened (chmod 0666 /dev/net/tun) or use switch='bridge'"
        )
    if wish == "ovs-kernel" and not has_generic_family("ovs_datapath"):
        raise NetworkError(
            "switch 'ovs-kernel': this kernel has no Open vSwitch datapath (modprobe openvswitch); use switch='ovs'"
        )
    return wish


def _ovs_runs() -> bool:
    folder = os.environ.get("OVS_RUNDIR", "/var/run/openvswitch")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as database:
        try:
            database.connect(f"{folder}/db.sock")
        except OSError:
            return False
    return True


def _read(path: str) -> str:
    with open(path, encoding="ascii") as file:
        return file.read()


def _write(path: str, value: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(value)
