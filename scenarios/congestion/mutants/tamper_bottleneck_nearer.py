"""The bottleneck takes two thirds of the delay that was asked for."""

from scenarios.congestion.mutants.bottlenecks import spoil


def tamper(net):
    spoil(net, delay=2 / 3)
