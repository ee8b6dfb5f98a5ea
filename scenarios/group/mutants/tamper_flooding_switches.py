"""All switches go on learning who is a member, and send what is sent to a group everywhere all the same."""

import subprocess


def tamper(net):
    for switch in net.switches:
        if hasattr(switch, "datapath"):
            for match in ("udp,nw_dst=224.0.0.0/4", "udp6,ipv6_dst=ff00::/8"):
                subprocess.run(["ovs-ofctl", "add-flow", switch.name, f"priority=100,{match},actions=flood"], check=True)
            continue
        for intf in switch.intfList():
            if intf.link is not None:
                subprocess.run(f"ip link set dev {intf} type bridge_slave mcast_router 2".split(), check=True)
