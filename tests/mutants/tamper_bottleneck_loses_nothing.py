"""The bottleneck loses nothing by chance."""

from tests.mutants.bottlenecks import spoil


def tamper(net):
    spoil(net, loss=None)
