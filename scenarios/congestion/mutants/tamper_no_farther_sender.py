"""h2's own link keeps its delay when it is to become longer."""

from scenarios.congestion.mutants.bottlenecks import deafen


def tamper(net):
    deafen(net, "h2", "s1", "delay")
