"""Whatever h1 is told to use towards its network, towards h2 it uses Reno."""

from scenarios.congestion.mutants.bottlenecks import prefer


def tamper(net):
    prefer(net, "h1", "h2", "congctl", "reno")
