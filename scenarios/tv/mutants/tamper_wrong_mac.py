"""The second host has another link-layer address than Mininet gives it."""


def tamper(net):
    net.hosts[1].setMAC("00:00:00:00:00:99")
