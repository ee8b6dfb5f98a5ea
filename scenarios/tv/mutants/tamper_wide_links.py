"""Every link carries 2 Mbit/s, whatever it was asked to be."""

import subprocess


def tamper(net):
    for link in net.links:
        for interface in (link.intf1, link.intf2):
            inside = ["mnexec", "-a", str(interface.node.pid)] if interface.node.inNamespace else []
            wide = f"tc class change dev {interface.name} parent 5: classid 5:1 htb rate 2Mbit burst 15k"
            subprocess.run([*inside, *wide.split()], check=True)
