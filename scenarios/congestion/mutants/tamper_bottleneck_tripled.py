"""The bottleneck carries three times what it was asked to."""

from scenarios.congestion.mutants.bottlenecks import spoil


def tamper(net):
    spoil(net, bw=3)
