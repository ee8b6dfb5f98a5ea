"""The bottleneck carries a tenth more than it was asked to."""

from scenarios.congestion.mutants.bottlenecks import spoil


def tamper(net):
    spoil(net, bw=1.1)
