"""What a connection got of a link, and all that decides it: how far away it is, what it lost, and its congestion control."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from harness.evidence.capture.rates import Measured
from harness.judge.expect import amount
from scenarios.congestion.kit.flows import Delivery, Flow, start_flow
from scenarios.congestion.kit.windows import round_trip


@dataclasses.dataclass(frozen=True)
class Share:
    """goodput: bit/s; round_trip: seconds; loss: of its segments, as a share that is never 0 (a half of one where none was lost)."""

    flow: Flow
    delivery: Delivery
    goodput: Measured
    round_trip: float
    loss: float
    control: str

    def __str__(self) -> str:
        return (
            f"{self.flow.sender.name} had {amount(float(self.goodput), 'bit/s')} with {self.control}, a round trip of {1e3 * self.round_trip:.0f} ms "
            f"and {100 * self.loss:.2g} % lost"
        )


@dataclasses.dataclass(frozen=True)
class Sharing:
    """Connections that used a link at the same time, all since begin, as they were from start to end (seconds since the epoch)."""

    begin: float
    start: float
    end: float
    shares: list[Share]

    def __str__(self) -> str:
        return "; ".join(map(str, self.shares))

    @property
    def goodputs(self) -> list[Measured]:
        """bit/s of each."""
        return [one.goodput for one in self.shares]


def share(lab: Any, pairs: Sequence[tuple[Any, Any]], seconds: int, settled: float, number: int) -> Sharing:
    """Lets each sender send to its receiver over s1-s2, all at the same time. settled: seconds after which it counts; number: as for
    start_flow()."""
    flows = [start_flow(sender, receiver, seconds, number) for sender, receiver in pairs]
    lab.at(seconds / 2, since=flows[-1].client)
    controls = [flow.congestion_control() for flow in flows]
    for flow in flows:
        flow.finish(f"from {flow.sender.name} to {flow.receiver.name}")
    start, end = flows[-1].client.started + settled, flows[0].client.started + seconds
    drops, shares = lab.link("s1", "s2").drops(), []
    for flow, control in zip(flows, controls):
        delivery, trip = flow.delivery(), round_trip(lab.packets(flow.sender), flow, start, end)
        loss = flow.loss(drops, start, end) or 0.5 / len(delivery.times)
        shares.append(Share(flow, delivery, delivery.rate(start, end), trip, loss, control))
    return Sharing(start - settled, start, end, shares)


def plot_sharings(lab: Any, *sharings: Sharing) -> None:
    """Draws the goodputs over time, a panel for each."""
    panels = []
    for one in sharings:
        trips = " and ".join(f"{1e3 * each.round_trip:.0f}" for each in one.shares)
        rates = [(each.flow, each.delivery.rates(0.5, one.begin, one.end)) for each in one.shares]
        panels.append({
            "title": f"Round trips of {trips} ms", "y_label": "goodput (Mbit/s)",
            "series": [
                {"label": f"{flow.sender.name} to {flow.receiver.name}", "style": "step",
                 "x": list(rate.times - one.begin), "y": list(rate.values / 1e6)} for flow, rate in rates
            ],
        })  # fmt: skip
    lab.plot("rates", {"title": "Two connections on one link", "x_label": "time (s)", "panels": panels})
