"""h1 begins with three segments towards h2, as TCP did before RFC 6928."""

from scenarios.congestion.mutants.bottlenecks import prefer


def tamper(net):
    prefer(net, "h1", "h2", "congctl", "reno", "initcwnd", "3")
