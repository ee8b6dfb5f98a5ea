"""Whatever h1 is told to use towards its network, towards h3 it uses BBR."""

from scenarios.congestion.mutants.bottlenecks import prefer


def tamper(net):
    prefer(net, "h1", "h3", "congctl", "bbr")
