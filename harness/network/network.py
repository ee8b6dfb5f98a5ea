"""A Mininet network of the cell, from topology to running hosts."""

from __future__ import annotations

import os
import socket
import time
from typing import Any

from mininet.link import Link, TCLink
from mininet.log import output
from mininet.net import Mininet
from mininet.node import Node
from mininet.topo import Topo

from harness.network.links import check_supported, parse
from harness.network.namespaces import Holders, visiting
from harness.network.nodes import LabBridge, LabHost, LabIntf, LabLink, LabOVS
from harness.network.plan import Plan
from harness.network.rtnetlink import has_generic_family

SWITCHES = {
    "ovs": "Open vSwitch, userspace datapath",
    "ovs-kernel": "Open vSwitch, kernel datapath",
    "bridge": "Linux bridge",
}

# Whatever the machine has set in its own namespace, hosts are alike everywhere. Quiet: no duplicate address detection
# (an address is usable at once), no router solicitations.
_HOST_SETTINGS = {
    "ipv4/ip_forward": "0",
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


class NetworkError(RuntimeError):
    """A network could not be made; the text says what was tried, what the system said, and what to do."""


class LabNet(Mininet):
    """Mininet with all hosts' namespaces made at once and everything else sent to the kernel in few requests."""

    def __init__(self, topology: Topo, switch: Any, congestion_control: str | None, settings: dict[str, str]) -> None:
        # Mininet.init() raises host-wide limits by sysctl: the host stays as it was.
        Mininet.inited = True
        self.holders = Holders()
        self.plan = Plan(congestion_control)
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
        for options in (params, params.get("params1") or {}, params.get("params2") or {}):
            check_supported(name, parse(name, options))
        cls = None if cls in (Link, TCLink) else cls  # LabLink does what both do
        return super().addLink(node1, node2, port1, port2, cls, **params)

    def randMac(self) -> str:  # type: ignore[override]
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
        self.plan.shape([intf for link in self.links for intf in (link.intf1, link.intf2) if isinstance(intf, LabIntf)])
        for host in self.hosts:
            if host.inNamespace and "ipv6/conf/default/mldv2_unsolicited_report_interval" in self._settings:
                with visiting(host.pid):
                    for name in ("default", *host.intfNames()):
                        _write(f"/proc/sys/net/ipv6/conf/{name}/mldv2_unsolicited_report_interval", _REPORT_INTERVAL)
        self.plan.open = False

    def stop(self) -> None:
        try:
            super().stop()
        finally:
            self.plan.open = False
            self.holders.release()
            self.plan.clear()


class Network:
    """A topology as a running Mininet network inside the cell: ``with Network(Single(3, bw=0.7)) as network: …``.

    switch: "ovs" (Open vSwitch, userspace datapath), "ovs-kernel", "bridge" (Linux bridge), or "auto": "ovs" where
    the cell's Open vSwitch runs and may open /dev/net/tun, else "bridge". All forward at once and flood multicast.
    congestion_control: TCP's, on every IPv4 route of every host; reno where the kernel has no cubic.
    """

    def __init__(self, topology: Topo, switch: str = "auto", congestion_control: str = "cubic") -> None:
        self.topology = topology
        self.switch = choose_switch(switch)
        self.start_seconds = 0.0
        cls, options = {
            "ovs": (LabOVS, {"datapath": "user"}),
            "ovs-kernel": (LabOVS, {"datapath": "kernel"}),
            "bridge": (LabBridge, {}),
        }[self.switch]
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
        self.net = LabNet(topology, kind, self._routes, settings)

    @property
    def name(self) -> str:
        """As one would name it to ``mn --topo``: "single,3"."""
        return getattr(self.topology, "name", type(self.topology).__name__.lower())

    def start(self) -> Network:
        began = time.monotonic()
        try:
            self.net.start()
        except BaseException:
            self.stop()
            raise
        self.start_seconds = time.monotonic() - began
        return self

    def stop(self) -> None:
        """Ends every program on the hosts and removes all interfaces and bridges from the cell's root namespace."""
        self.net.stop()

    def __enter__(self) -> Network:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def describe(self) -> dict[str, Any]:
        """What result.json says of the network."""
        nodes: list[Node] = self.net.hosts
        hosts = []
        for host in nodes:
            interfaces = [
                {"name": intf.name, "ip": f"{intf.ip}/{intf.prefixLen}" if intf.ip else "", "mac": intf.mac}
                for intf in host.intfList()
            ]
            router = {"router": True} if getattr(host, "router", False) else {}
            hosts.append({"name": host.name, "interfaces": interfaces, **router})
        links = []
        for link in self.net.links:
            ends = link.intf1, link.intf2
            texts = [str(intf.shape) for intf in ends]
            links.append(
                {
                    "a": ends[0].node.name,
                    "a_interface": ends[0].name,
                    "b": ends[1].node.name,
                    "b_interface": ends[1].name,
                    "bw": ends[0].shape.bw,
                    "queue": ends[0].shape.queue or ("mininet" if ends[0].shape.bw else None),
                    "shaper": texts[0] if texts[0] == texts[1] else f"{ends[0]}: {texts[0]}; {ends[1]}: {texts[1]}",
                }
            )
        return {
            "name": self.name,
            "hosts": hosts,
            "switches": [{"name": switch.name, "kind": SWITCHES[self.switch]} for switch in self.net.switches],
            "links": links,
            "congestion_control": f"{self._routes} on every IPv4 route, reno elsewhere" if self._routes else "reno",
            "offload": "tx, tso and gso off at the hosts",
        }


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
