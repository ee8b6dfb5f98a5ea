"""What stock Mininet builds for ``mn --topo single,N``, to hold a lab's network against.

`mn` runs in namespaces of its own inside the cell, where it cannot meet the lab's network; /proc/sys is read-only there,
since Mininet raises limits of the whole machine. Its switch is a Linux bridge, which wants no daemon: names, links and
addresses do not depend on the kind of switch.
"""

from __future__ import annotations

import dataclasses
import re
import subprocess
from typing import TYPE_CHECKING

from harness.judge.exits import describe_status
from harness.world.network.errors import NetworkError
from harness.world.tools_needed import require_own_sys, require_tool

if TYPE_CHECKING:
    from harness.stage.lab import Lab

_SANDBOX = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c"]
_PREPARE = "mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys && ip link set lo up && exec "
_DEADLINE = 30.0


@dataclasses.dataclass(frozen=True)
class Blueprint:
    """A network as Mininet's command line shows it.

    links: "h1-eth0<->s1-eth1 (OK OK)", the states of both ends in brackets. addresses: "h1-eth0 10.0.0.1/8", as the
    kernel has them; macs: "h1-eth0 00:00:00:00:00:01".
    """

    hosts: list[str]
    switches: list[str]
    links: list[str]
    addresses: list[str]
    macs: list[str]


def built_by_mn(lab: Lab, hosts: int) -> Blueprint:
    """Runs stock `mn --mac --topo single,hosts` (--mac: addresses that count up instead of random ones) and reads what it
    shows. Raises NetworkError with its last words when it fails, and MachineLacks."""
    require_tool("mn")
    require_own_sys()
    shown = ["dump", "links"]
    for number in range(1, hosts + 1):
        interface = f"h{number}-eth0"
        shown += [f"h{number} ip -o -4 address show {interface}", f"h{number} ip -o link show {interface}"]
    command = f"mn --mac --topo single,{hosts} --switch lxbr --controller none"
    lab.tell("start", "", "mn", command)
    done = subprocess.run(
        [*_SANDBOX, _PREPARE + command], input="\n".join(shown) + "\n",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=_DEADLINE, check=False,
    )  # fmt: skip
    _, _, text = done.stdout.partition("*** Starting CLI:")
    answers = text.partition("*** Stopping")[0].split("mininet> ")[1:]
    lab.tell("output", "", "mn", "".join(f"mininet> {one}\n{answer}" for one, answer in zip(shown, answers)).strip())
    if done.returncode or not text:
        raise NetworkError(f"'{command}' ended with {describe_status(done.returncode)}: {done.stdout[-600:].strip()}")
    return Blueprint(
        re.findall(r"<Host (\w+):", text),
        re.findall(r"<LinuxBridge (\w+):", text),
        re.findall(r"\S+<->\S+ \(.*?\)", text),
        *_kernel_addresses(text),
    )


def built_here(lab: Lab) -> Blueprint:
    """The lab's own network, asked in the same way."""
    text = ""
    for host in lab.hosts.values():
        text += host.run("ip", "-o", "-4", "address", "show", host.interface).output
        text += host.run("ip", "-o", "link", "show", host.interface).output
    net = lab.network.net
    return Blueprint(
        [host.name for host in net.hosts],
        [switch.name for switch in net.switches],
        [f"{link} {link.status()}" for link in net.links],
        *_kernel_addresses(text),
    )


def _kernel_addresses(text: str) -> tuple[list[str], list[str]]:
    """IPv4 and link-layer addresses in the output of `ip -o`."""
    addresses = re.findall(r"\d+: (\S+)\s+inet (\S+)", text)
    macs = re.findall(r"\d+: ([^@\s]+)@\S+ .*link/ether (\S+)", text)
    return [" ".join(row) for row in addresses], [" ".join(row) for row in macs]
