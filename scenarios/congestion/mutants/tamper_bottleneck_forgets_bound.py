"""Five times as many packets find room before the bottleneck as were asked for, and changes of its queue are not heard."""

from scenarios.congestion.mutants.bottlenecks import deafen, spoil


def tamper(net):
    spoil(net, queue=5)
    deafen(net, "s1", "s2", "queue")
