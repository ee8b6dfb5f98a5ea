"""The last host has a second link to the switch."""


def tamper(net):
    net.addLink(net.hosts[-1], net.switches[0])
