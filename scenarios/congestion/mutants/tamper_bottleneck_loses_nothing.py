"""The bottleneck loses nothing by chance."""

from scenarios.congestion.mutants.bottlenecks import spoil


def tamper(net):
    spoil(net, loss=None)
