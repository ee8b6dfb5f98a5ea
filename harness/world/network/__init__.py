"""Real Mininet networks inside a cell, brought up in a few requests to the kernel, shaped as declared, probed.

``Network`` deploys a topology; its ``net`` is a ``mininet.net.Mininet`` with hosts that are ``mininet.node.Host``: cmd,
popen, CLI, pingAll, iperf and the rest are Mininet's own. Stock Mininet spends its time in shell round trips, six
per host. What is overridden, and why:

- Mininet (LabNet): ``__init__`` (skips fixLimits, which sets sysctls of the whole machine), ``build`` (all hosts'
  namespaces are made at once; what was collected is sent), ``addHost``/``addSwitch`` (hand nodes their namespace and
  plan), ``addLink`` (checks link options; an unknown one is an error), ``randMac`` (counted, so that runs repeat),
  ``start`` (shapes links after Open vSwitch has taken the interfaces, whose queueing it clears), ``stop`` (ends
  programs on hosts, deletes all interfaces at once), ``iperf`` (the stock one hangs with iperf 2.1).
- Node (LazyNode, under LabHost, LabOVS, LabBridge, and any host class of a topology): ``setup`` (starts no ``which``),
  ``startShell`` (a paused process holds the namespaces, its id is ``pid``), ``cmd`` and ``sendCmd`` (start the shell
  when first needed), ``terminate``, ``config`` and ``setDefaultRoute`` (collected during build).
- Intf (LabIntf): ``setIP``, ``setMAC``, ``isUp``, ``config`` (collected during build; ``config`` shapes, as TCIntf's does,
  with a bounded queue). Link (LabLink): ``makeIntfPair`` (collected during build), ``stop`` (the network deletes).
- OVSBridge (LabOVS): ``setup``, ``isOldOVS`` (no version question), ``batchStartup``, ``batchShutdown`` (one ovs-vsctl
  whose errors are noticed). LinuxBridge (LabBridge): ``start`` (rtnetlink instead of brctl; floods multicast until multicast.py
  says otherwise), ``batchStartup``, ``batchShutdown``.

Once the network is up every method does what stock Mininet does, so the command line and ``addLink`` stay usable.
Hosts: TCP uses cubic on IPv4 routes and reno elsewhere; checksum and segmentation offload are off (TCP over the
userspace datapath hangs otherwise, and captures show real packets); IPv6 link-local addresses are usable at once.
"""

from harness.world.links import LinkError, UnsupportedLink
from harness.world.network.errors import NetworkError
from harness.world.network.network import Network
from harness.world.network.probe import LinkProbe, probe

__all__ = ["LinkError", "LinkProbe", "Network", "NetworkError", "UnsupportedLink", "probe"]
