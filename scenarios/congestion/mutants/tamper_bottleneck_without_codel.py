"""The bottleneck goes on with drop-tail when it is told to use CoDel."""

from scenarios.congestion.mutants.bottlenecks import deafen


def tamper(net):
    deafen(net, "s1", "s2", "discipline")
