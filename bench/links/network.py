"""The network that a row is measured in, and its captures."""

from __future__ import annotations

import contextlib
import pathlib
import subprocess
import tempfile
from collections.abc import Iterator
from typing import Any

from mininet.topo import Topo

from bench.links.captures import SNAPLEN
from harness.evidence.capture.recorder import Recorder, finish
from harness.judge.waiting import wait_for
from harness.world.network import Network

SEED = 7
LINK = "s1-h2"
_EMPTY_SECONDS = 20.0


class Middle(Topo):
    """h1 - s1 - h2, where only the link to h2 is shaped. What h1 sends is seen by its own capture before it is shaped, whoever
    shapes: a host's own queueing discipline works before the host's capture, and pushes back on its programs."""

    def build(self, **wishes: Any) -> None:
        self.name = "middle"
        switch = self.addSwitch("s1")
        hosts = [self.addHost(f"h{number}", mac=f"00:00:00:00:00:0{number}") for number in (1, 2)]
        self.addLink(hosts[0], switch)
        self.addLink(switch, hosts[1], **wishes)


class Pair(Topo):
    """h1 - h2, and nothing else that could take time."""

    def build(self, **wishes: Any) -> None:
        self.name = "pair"
        hosts = [self.addHost(f"h{number}", mac=f"00:00:00:00:00:0{number}") for number in (1, 2)]
        self.addLink(*hosts, **wishes)


class Rig:
    """A running network, a folder for its files, and recorders at both hosts."""

    def __init__(self, network: Network, folder: pathlib.Path) -> None:
        self.network, self.folder = network, folder
        self.h1, self.h2 = network.net["h1"], network.net["h2"]

    def begin(self) -> None:
        """Every flow at its first packet, every queue empty."""
        self.network.begin()

    def set_mtu(self, size: int) -> None:
        """Bytes of the longest IP packet, of both hosts and of the link, which begins anew."""
        for wire in self.network.net.wires:
            for end in (wire.a, wire.b):
                subprocess.run(["ip", "link", "set", end, "mtu", str(size)], check=True)
        for host in (self.h1, self.h2):
            host.cmd(f"ip link set {host.defaultIntf()} mtu {size}")
        self.begin()

    def send_singly(self) -> None:
        """Hosts send segments one by one with their checksums, as on shaped links, and not in bundles."""
        for host in (self.h1, self.h2):
            device = host.defaultIntf()
            host.cmd(f"ethtool -K {device} tx off tso off gso off gro off; ip link set {device} gso_max_segs 1")

    @contextlib.contextmanager
    def recorded(self, *hosts: Any) -> Iterator[list[pathlib.Path]]:
        """Captures of the hosts' interfaces, whole at the end of the block. Raises ValueError where dumpcap missed packets."""
        files = [self.folder / f"{host.name}.pcapng" for host in hosts]
        recorders = [Recorder(host.defaultIntf(), file, SNAPLEN) for host, file in zip(hosts, files)]
        for recorder in recorders:
            recorder.wait_live()
        yield files
        finish(recorders)
        if missed := sum(recorder.dropped for recorder in recorders):
            raise ValueError(f"dumpcap missed {missed} packets")

    def settle(self) -> None:
        """Returns when nothing is under way to h2 any more."""
        link = self.network.link("s1", "h2")

        def empty() -> bool:
            counted = link.counters()["forward"]
            return counted.received <= counted.passed + counted.lost

        wait_for(empty, "the link to be empty", _EMPTY_SECONDS)

    @property
    def wire_pid(self) -> int:
        """Process id of the emulator; 0 where there is none."""
        return next((wire.pid for wire in self.network.net.wires), 0)

    def machine_drops(self) -> int:
        """Frames that were lost because the emulator was not run in time."""
        if not self.wire_pid:
            return 0
        counted = self.network.link_counters()
        return sum(one["dropped"].get(cause, 0) for link in counted.values() for one in link.values() for cause in _OWN)


_OWN = ("kernel", "overflow", "send", "too_big")


@contextlib.contextmanager
def rig(wishes: dict[str, Any], topology: type[Topo] = Middle, congestion_control: str = "cubic") -> Iterator[Rig]:
    """Neighbours know one another, so that nothing but the row's own packets crosses the link."""
    with tempfile.TemporaryDirectory() as folder:
        network = Network(
            topology(**wishes), switch="bridge", congestion_control=congestion_control, seed=SEED, folder=pathlib.Path(folder)
        )
        with network:
            for host, other in (network.net.hosts, network.net.hosts[::-1]):
                host.cmd(f"ip neigh replace {other.IP()} lladdr {other.MAC()} dev {host.defaultIntf()} nud permanent")
            yield Rig(network, pathlib.Path(folder))
