"""Mininet's hosts, interfaces, links and switches with their round trips through a shell taken out.

Everything stays Mininet's: the classes below derive from Mininet's own and change only *when* and *through what* the
kernel is told. While a network is being built (``Plan.open``) the wishes are collected and sent together through
rtnetlink; once it is up, the same methods do what stock Mininet does. The package's docstring lists the overrides.
"""

from __future__ import annotations

import os
import pathlib
import subprocess
from typing import Any, Callable

from mininet.link import Intf, Link
from mininet.node import Host, Node, OVSBridge
from mininet.nodelib import LinuxBridge

from harness.judge.waiting import wait_for
from harness.world.links import direction as directions
from harness.world.links.direction import PROPERTIES, Direction
from harness.world.links.link import Wish, read
from harness.world.links.means import Means
from harness.world.links.wire import Wire
from harness.world.network.control import LinkControl
from harness.world.network.plan import Plan

_FORWARDING = "3\n"  # BR_STATE_FORWARDING
_PORT_DEADLINE = 20.0  # seconds


class LazyNode(Node):
    """A Mininet node whose shell is started by the first command, not by the constructor.

    ``params`` hold ``plan`` and, for a node with namespaces of its own, ``holder``: the process that holds them.
    """

    inNamespace: bool

    @classmethod
    def setup(cls) -> None:
        """Mininet looks for mnexec and ifconfig with two ``which`` processes; the cell's doctor has looked already."""

    @property
    def plan(self) -> Plan:
        return self.params["plan"]

    def startShell(self, mnopts: str | None = None) -> None:
        """Called by Node's constructor: takes the holder for the node's process and starts no shell yet."""
        self.pid = self.params.get("holder") or os.getpid()
        self.stopped = False

    def ensure_shell(self) -> None:
        """Starts the shell that Mininet would have started at once, inside the holder's namespaces."""
        if self.shell or self.stopped:
            return
        self.plan.settle()
        holder, own = self.pid, self.inNamespace
        self.inNamespace = False  # keeps mnexec from making new namespaces: it is to enter the holder's
        try:
            super().startShell(f"-cda{holder}" if own else None)
        finally:
            self.inNamespace, self.pid = own, holder

    def cmd(self, *args: Any, **kwargs: Any) -> Any:
        if not self.inNamespace and args == ("ifconfig", "lo", "up"):
            return ""  # Switch's constructor asks for it; the cell's loopback is up
        self.ensure_shell()
        return super().cmd(*args, **kwargs)

    def sendCmd(self, *args: Any, **kwargs: Any) -> Any:
        self.ensure_shell()
        return super().sendCmd(*args, **kwargs)

    def terminate(self) -> None:
        super().terminate()
        self.stopped = True

    def setDefaultRoute(self, intf: Any = None) -> Any:
        if not self.plan.open:
            return super().setDefaultRoute(intf)
        words = str(intf).split() if intf and " " in str(intf) else ["dev", str(intf or self.defaultIntf())]
        route = dict(zip(words[::2], words[1::2]))
        if len(words) % 2 or not set(route) <= {"via", "dev"}:
            return super().setDefaultRoute(intf)  # anything finer than via and dev is left to ip(8)
        self.plan.default_route(self, route.get("via"), route.get("dev"))
        return ""

    def config(
        self, mac: Any = None, ip: Any = None, defaultRoute: Any = None, lo: str = "up", **params: Any
    ) -> dict[str, Any]:
        if not self.plan.open:
            return super().config(mac=mac, ip=ip, defaultRoute=defaultRoute, lo=lo, **params)
        result: dict[str, Any] = {}
        self.setParam(result, "setMAC", mac=mac)
        self.setParam(result, "setIP", ip=ip)
        self.setParam(result, "setDefaultRoute", defaultRoute=defaultRoute)
        if lo == "up":
            self.plan.up(self, "lo")
        return result


class LabHost(LazyNode, Host):
    """A host of the network."""


class LabIntf(Intf):
    """An interface that keeps what it is asked for until the plan carries it out."""

    mac: str | None
    shape = Direction()

    def setIP(self, ipstr: str, prefixLen: int | None = None) -> Any:
        plan = self.node.plan
        if not plan.open:
            return super().setIP(ipstr, prefixLen)
        address, _, length = ipstr.partition("/")
        if not length and prefixLen is None:
            raise ValueError(f"interface {self.name}: no prefix length given for address {ipstr}")
        self.ip, self.prefixLen = address, length or prefixLen
        plan.address(self)
        return ""

    def setMAC(self, macstr: str) -> Any:
        if not self.node.plan.open:
            return super().setMAC(macstr)
        if macstr != self.mac:
            self.mac = macstr
            self.node.plan.mac(self)
        return ""

    def isUp(self, setUp: bool = False) -> Any:
        if not (setUp and self.node.plan.open):
            return super().isUp(setUp)
        self.node.plan.up(self.node, self.name)
        return True

    def config(self, **params: Any) -> dict[str, Any]:
        """Mininet's options; those that shape change what the interface sends (as TCIntf's do), once the network is up."""
        result = super().config(**{key: params[key] for key in ("mac", "ip", "ifconfig", "up") if key in params})
        shaping, rest = ({key: params[key] for key in params if (key in PROPERTIES) is wanted} for wanted in (True, False))
        read(self.name, rest)
        if shaping and isinstance(self.link, LabLink):
            before = dict.fromkeys(self.shape.declared)
            self.link.control(self.node).set("forward", **{**before, **shaping})
        elif shaping:  # a link class of the topology's own
            old, self.shape = self.shape, directions.read(shaping)
            if not self.node.plan.open:
                self.node.plan.reshape(self, old)
        return result


class LabLink(Link):
    """A link that the plan makes together with all others: a veth pair, or two with `wire` in between.

    name: "h1-s1", its own in the network; wish: what it is asked to be; means: how that is made; wired: makes the emulator that
    joins two interfaces. routes: of its far end while its cable is pulled (cable.py).
    """

    def __init__(
        self,
        node1: LazyNode,
        node2: LazyNode,
        name: str = "",
        wish: Wish = Wish(),
        means: Means = Means.NONE,
        wired: Callable[[str, str], Wire] | None = None,
        **params: Any,
    ) -> None:
        self.name = name or f"{node1}-{node2}"
        self.wish, self.means, self._wired = wish, means, wired
        self.wire: Wire | None = None
        self.routes: list[str] | None = None
        super().__init__(node1, node2, **params)
        for intf, one in zip((self.intf1, self.intf2), wish.directions):
            intf.shape = one
            if means is not Means.NONE and intf.node.inNamespace:
                node1.plan.single_segments(intf)

    def makeIntfPair(self, intfname1, intfname2, addr1=None, addr2=None, node1=None, node2=None, deleteIntfs=True):
        plan, first, second = node1.plan, (node1, intfname1, addr1), (node2, intfname2, addr2)
        if self.means is Means.WIRE:
            assert self._wired
            a, b = plan.wire_names()
            plan.veth(first, (None, a, None))
            plan.veth((None, b, None), second)
            plan.up_inside(a)
            plan.up_inside(b)
            self.wire = self._wired(a, b)
        elif plan.open:
            plan.veth(first, second)
        else:
            super().makeIntfPair(intfname1, intfname2, addr1, addr2, node1, node2, deleteIntfs)
        if not plan.open:
            plan.settle()

    def sender(self, side: str) -> LabIntf:
        """The end that sends in a direction ("forward", "backward")."""
        return self.intf1 if side == "forward" else self.intf2

    def feeder(self, intf: LabIntf) -> tuple[Node | None, str]:
        """(node, interface) whose frames arrive at one of the ends with nothing in between: the other end, or the emulator's
        interface, which is in the cell's root namespace and belongs to no node."""
        first = intf is self.intf1
        if self.wire:
            return None, self.wire.a if first else self.wire.b
        other = self.intf2 if first else self.intf1
        return other.node, other.name

    def control(self, node: Node, tell: Callable[[str], None] = lambda text: None) -> LinkControl:
        """The link in the hands of a scenario, seen from a node at one of its ends."""
        return LinkControl(self, node is not self.intf1.node, tell)

    def stop(self) -> None:
        """Stock Mininet deletes both ends by a shell command each; the network deletes all at once."""


class LabOVS(LazyNode, OVSBridge):
    """Open vSwitch in standalone mode: bridges of all switches are made and deleted by one ovs-vsctl each."""

    @classmethod
    def setup(cls) -> None:
        """Mininet asks ovs-vsctl for its version; every version that understands ofport_request will do."""

    @classmethod
    def isOldOVS(cls) -> bool:
        return False

    @classmethod
    def batchStartup(cls, switches, run=None):
        for start in range(0, len(switches), 32):
            part = switches[start : start + 32]
            words = [word for switch in part for line in switch.commands for word in line.split()]
            _ovs_vsctl(words, f"starting switches {', '.join(map(str, part))}")
            for switch in part:
                switch.commands, switch.batch = [], False
        return switches

    @classmethod
    def batchShutdown(cls, switches, run=None):
        words = [word for switch in switches for word in ("--", "--if-exists", "del-br", switch.name)]
        _ovs_vsctl(words[1:], "stopping the switches")
        for switch in switches:
            switch.terminate()
        return switches


class LabBridge(LazyNode, LinuxBridge):
    """The kernel's bridge without spanning tree, made through rtnetlink instead of brctl."""

    def start(self, controllers: Any) -> None:
        self.plan.bridge(self)

    @classmethod
    def batchStartup(cls, switches, run=None):
        # The kernel takes notice of a port's carrier a little later, and drops what comes before.
        for switch in switches:
            for intf in switch.intfList():
                if intf.link is not None:
                    state = pathlib.Path(f"/sys/class/net/{intf.name}/brport/state")
                    wait_for(lambda: state.read_text() == _FORWARDING, f"{intf.name} to forward", _PORT_DEADLINE)
        return switches

    @classmethod
    def batchShutdown(cls, switches, run=None):
        for switch in switches:
            switch.terminate()
        return switches


def _ovs_vsctl(words: list[str], what: str) -> None:
    command = ["ovs-vsctl", "--timeout=30", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0 or "Error" in done.stderr:
        raise RuntimeError(f"{what} failed: ovs-vsctl said: {done.stderr.strip()}")
