"""1,000 packets find room before every link, in place of 20."""

import subprocess


def tamper(net):
    for link in net.links:
        for interface in (link.intf1, link.intf2):
            inside = ["mnexec", "-a", str(interface.node.pid)] if interface.node.inNamespace else []
            long = f"tc qdisc change dev {interface.name} parent 5:1 handle 10: pfifo limit 1000"
            subprocess.run([*inside, *long.split()], check=True)
