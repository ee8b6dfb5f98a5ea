"""The second host has an address that Mininet would not give it."""


def tamper(net):
    net.hosts[1].setIP("10.0.0.9/8")
