"""h2 lets nobody have more than 40 segments under way to it."""

from scenarios.congestion.mutants.bottlenecks import prefer


def tamper(net):
    prefer(net, "h2", "h1", "window", str(40 * 1448))
