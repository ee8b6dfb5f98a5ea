"""Takes the shapers off every link, so that each runs at the machine's speed."""


def tamper(net):
    for node in net.values():
        for interface in node.intfList():
            if interface.name != "lo":
                node.cmd(f"tc qdisc del dev {interface.name} root")
