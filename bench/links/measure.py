"""Measures one row: inside a cell, on a network made for it."""

from __future__ import annotations

import dataclasses
import json
import os
import shlex
import time
from typing import Any

from bench.links import theory, traffic
from bench.links.captures import Datagram, datagram_goodput, datagrams, segment_goodput, segments
from bench.links.disturbance import Watch, processor_seconds
from bench.links.network import LINK, SEED, Middle, Pair, Rig, rig
from bench.links.points import Point
from harness.world.links import direction, emulator
from harness.world.links.queue import FRAME
from harness.world.links.wire_config import seed_of
from tests.harness.link_dice import lost as lost_by_seed

RATE_GOAL, DELAY_P50_GOAL, DELAY_P99_GOAL, BULK_GOAL, SHARE_GOAL = 0.5, 0.05, 0.5, 2.0, 1.0
"""Percent of theory; ms; ms; Gbit/s; percent of a core."""

HTB_AT_ONCE = 2
"""Full frames that HTB lets pass at once: tc's default cburst of 1,600 bytes is spent by more than it holds."""

BEFORE = "WIREPROOF_WIRE_BEFORE"
"""Environment variable with the path of the wire that "before" means."""

_PER_SECOND = 500
_SMALL = 200  # bytes of payload of packets that are only timed


@dataclasses.dataclass
class Figure:
    """error: in `error_unit`, percent of what is expected or a difference. good: None where no goal was set."""

    name: str
    unit: str
    expected: float | None
    measured: float
    error: float | None = None
    error_unit: str = "%"
    good: bool | None = None


def relative(name: str, unit: str, expected: float, measured: float, goal: float | None = None) -> Figure:
    error = 100 * (measured / expected - 1)
    return Figure(name, unit, expected, measured, error, "%", None if goal is None else abs(error) <= goal)


def udp(point: Point, link: Rig) -> tuple[list[Figure], dict[str, Any]]:
    assert point.bw
    with link.recorded(link.h2) as (file,):
        traffic.flood(link.h1, link.h2, point.seconds() + point.delay / 1e3, 1.3 * point.bw, theory.UDP_PAYLOAD)
    seen = datagrams(file)
    measured = datagram_goodput(seen, skip=5)
    goal = RATE_GOAL if point.means == "wire" else None
    return [relative("UDP goodput", "Mbit/s", theory.udp_goodput(point.bw), measured, goal)], {"packets": len(seen)}


def tcp(point: Point, link: Rig) -> tuple[list[Figure], dict[str, Any]]:
    assert point.bw
    with link.recorded(link.h2) as (file,):
        traffic.bulk(link.h1, link.h2, point.seconds())
    seen = segments(file)
    measured, again = segment_goodput(seen, begin=min(2.0, point.seconds() / 3))
    goal = RATE_GOAL if point.means == "wire" else None
    return [relative("TCP goodput", "Mbit/s", theory.tcp_goodput(point.bw), measured, goal)], {"packets": len(seen), "again": again}


def delay(point: Point, link: Rig) -> tuple[list[Figure], dict[str, Any]]:
    with link.recorded(link.h1, link.h2) as files:
        traffic.steady(link.h1, link.h2, int(_PER_SECOND * point.seconds()), 1 / _PER_SECOND, _SMALL)
        link.settle()
    sent, came = (datagrams(file) for file in files)
    errors = sorted(one - point.delay / 1e3 for one in under_way(sent, came))
    p50, p99 = theory.percentile(errors, 0.5) * 1e3, theory.percentile(errors, 0.99) * 1e3
    judged = point.means == "wire"
    figures = [
        Figure("delay p50", "ms", float(point.delay), point.delay + p50, p50, "ms", abs(p50) <= DELAY_P50_GOAL if judged else None),
        Figure("delay p99", "ms", float(point.delay), point.delay + p99, p99, "ms", abs(p99) <= DELAY_P99_GOAL if judged else None),
        Figure("delay least", "ms", float(point.delay), point.delay + errors[0] * 1e3, errors[0] * 1e3, "ms", None if not judged else errors[0] >= 0),
    ]
    return figures, {"packets": len(errors), "lost": len(sent) - len(came), "quantiles_ms": [one * 1e3 for one in theory.quantiles(errors)]}


def under_way(sent: list[Datagram], came: list[Datagram]) -> list[float]:
    """Seconds, of those that came."""
    began = {one.number: one.time for one in sent}
    return [one.time - began[one.number] for one in came if one.number in began]


def loss(point: Point, link: Rig) -> tuple[list[Figure], dict[str, Any]]:
    count = 4000 if point.quick else 20_000
    share, lists, sent_count = point.loss / 100, [], 0
    for _ in range(2):
        link.begin()
        with link.recorded(link.h1, link.h2) as files:
            traffic.steady(link.h1, link.h2, count, 1 / 8000, _SMALL)
            link.settle()
        sent, came = ({one.number for one in datagrams(file)} for file in files)
        lists.append(sorted(sent - came))
        sent_count += len(sent)
    lost = sum(map(len, lists))
    figure = Figure("loss", "%", point.loss, 100 * lost / sent_count, 100 * lost / sent_count - point.loss, "% points")
    more: dict[str, Any] = {"packets": sent_count, "lost": [len(one) for one in lists]}
    if point.means == "netem":  # by a seed the second run is no second draw
        more["chance"] = theory.two_sided(lost, sent_count, share)
    if point.means == "wire":
        predicted = lost_by_seed(seed_of(SEED, LINK), link.h1.IP(), link.h2.IP(), traffic.UDP_PORT, share, count)
        wrong = sum(len(set(one) ^ set(predicted)) for one in lists)
        more |= {"predicted": len(predicted), "wrong": wrong, "alike": lists[0] == lists[1], "machine": link.machine_drops()}
        figure.good = None if point.loss == 0 and not wrong else not wrong
        return [figure, Figure("losses not as the seed decides", "packets", 0.0, float(wrong), float(wrong), "packets", not wrong)], more
    return [figure], more


def queue(point: Point, link: Rig) -> tuple[list[Figure], dict[str, Any]]:
    assert point.bw
    bound = direction.read({"bw": point.bw, "queue": point.queue}).queue
    assert bound
    room = bound.frames(FRAME, point.bw)
    with link.recorded(link.h1, link.h2) as files:
        traffic.burst(link.h1, link.h2, 2 * room + 40, theory.UDP_PAYLOAD)
        link.settle()
    sent, came = (datagrams(file) for file in files)
    began = {one.number: one.time for one in sent}
    at_once = 1 if point.means == "wire" else HTB_AT_ONCE
    packets = theory.most_waiting([began[one.number] for one in came], [one.size for one in came], point.bw, at_once)
    more = {"packets": len(sent), "survived": len(came)}
    good = packets == room if point.means == "wire" else None
    return [Figure("most waiting", "packets", float(room), float(packets), float(packets - room), "packets", good)], more


def together(point: Point, link: Rig) -> tuple[list[Figure], dict[str, Any]]:
    """Nine tenths of the rate, so that nobody waits for long: delay and losses are those of the link."""
    assert point.bw
    every = theory.FULL_FRAME * 8e-6 / point.bw / 0.9
    count = int(point.seconds() / 2 / every)
    with link.recorded(link.h1, link.h2) as files:
        traffic.steady(link.h1, link.h2, count, every, theory.UDP_PAYLOAD)
        link.settle()
    sent, came = (datagrams(file) for file in files)
    errors = sorted(one - point.delay / 1e3 for one in under_way(sent, came))
    p50, lost = theory.percentile(errors, 0.5) * 1e3, len(sent) - len(came)
    share, judged = lost / len(sent), point.means == "wire"
    span = (sent[-1].time - sent[0].time) * len(sent) / (len(sent) - 1)
    goodput, offered = len(came) * theory.UDP_PAYLOAD * 8e-6 / span, len(sent) * theory.FULL_FRAME * 8e-6 / span
    more: dict[str, Any] = {"packets": len(sent), "lost": lost, "chance": theory.two_sided(lost, len(sent), point.loss / 100)}
    expected_loss = point.loss / 100
    if judged:
        predicted = lost_by_seed(seed_of(SEED, LINK), link.h1.IP(), link.h2.IP(), traffic.UDP_PORT, point.loss / 100, len(sent))
        wrong = len({one.number for one in sent} - {one.number for one in came} ^ set(predicted))
        more |= {"wrong": wrong}
        expected_loss = len(predicted) / len(sent)
    figures = [
        relative("UDP goodput", "Mbit/s", theory.udp_goodput(point.bw, offered, expected_loss), goodput, RATE_GOAL if judged else None),
        Figure("delay p50", "ms", float(point.delay), point.delay + p50, p50, "ms", abs(p50) <= DELAY_P50_GOAL if judged else None),
        Figure("loss", "%", point.loss, 100 * share, 100 * share - point.loss, "% points", not more["wrong"] if judged else None),
    ]
    return figures, more


def reno(point: Point, link: Rig) -> Figure:
    """TCP over the same link, beside a model of it."""
    assert point.bw
    with link.recorded(link.h2) as (file,):
        traffic.bulk(link.h1, link.h2, point.seconds())
    measured, _ = segment_goodput(segments(file), begin=point.seconds() / 4)
    round_trip = 2 * point.delay / 1e3
    model = theory.tcp_model(point.loss / 100, round_trip, max(0.2, round_trip + 0.2), point.bw)
    return relative("TCP goodput (Reno)", "Mbit/s", model, measured)


def bulk(point: Point, link: Rig) -> tuple[list[Figure], dict[str, Any]]:
    if point.mtu != 1500:
        link.set_mtu(point.mtu)
    if point.means == "single":
        link.send_singly()
    begun, spent = time.monotonic(), processor_seconds(link.wire_pid) if link.wire_pid else 0.0
    counts = traffic.bulk(link.h1, link.h2, point.seconds(), streams=4, wake_at=1 << 18)
    seconds = time.monotonic() - begun
    spent = processor_seconds(link.wire_pid) - spent if link.wire_pid else 0.0
    from_, to = counts[len(counts) // 4], counts[-1]
    measured = (to[1] - from_[1]) * 8e-9 / (to[0] - from_[0])
    good = measured >= BULK_GOAL if point.means == "wire" and point.delay == 10 else None
    return [Figure("TCP", "Gbit/s", None, measured, None, "", good)], {"wire_cores": spent / seconds, "machine": link.machine_drops()}


def share(point: Point, link: Rig) -> tuple[list[Figure], dict[str, Any]]:
    begun, spent = time.monotonic(), processor_seconds(link.wire_pid) if link.wire_pid else 0.0
    traffic.steady(link.h1, link.h2, int(_PER_SECOND * point.seconds()), 1 / _PER_SECOND, _SMALL)
    seconds = time.monotonic() - begun
    measured = 100 * (processor_seconds(link.wire_pid) - spent) / seconds if link.wire_pid else 0.0
    good = measured <= SHARE_GOAL if link.wire_pid else None
    return [Figure("processor", "% of a core", None, measured, None, "", good)], {}


_MEASURES = {"udp": udp, "tcp": tcp, "delay": delay, "loss": loss, "queue": queue, "all": together, "bulk": bulk, "share": share}


def measure(point: Point) -> dict[str, Any]:
    """Figures of a row, and how quiet the machine was meanwhile. Raises ValueError where nothing could be measured."""
    begun = time.monotonic()
    kind = Pair if point.kind in ("bulk", "share") else Middle
    if point.means == "before":
        os.environ[emulator.VARIABLE] = shlex.quote(os.environ[BEFORE])
    with rig(point.wishes, kind) as link:
        link.begin()
        watch = Watch()
        figures, more = _MEASURES[point.kind](point, link)
        disturbance = watch.finish()
        shaper = next((one["shaper"] for one in link.network.describe()["links"][::-1]), "none")
    if point.kind == "all" and not point.quick:
        with rig(point.wishes, kind, "reno") as link:
            link.begin()
            try:
                figures.append(reno(point, link))
            except (ValueError, OSError) as problem:  # hardly a segment may come through where a fifth is lost each way
                more["reno"] = str(problem)
    reasons = disturbance.reasons(point.own_load)
    if more.get("machine") and point.kind != "bulk":  # which asks for more than any machine can carry
        reasons.append(f"the emulator was not run in time for {more['machine']} frames")
    return {
        "id": point.id, "point": dataclasses.asdict(point), "shaper": shaper, "figures": [dataclasses.asdict(one) for one in figures],
        "more": more, "disturbance": dataclasses.asdict(disturbance), "weight": disturbance.weight, "disturbed": reasons,
        "seconds": time.monotonic() - begun,
    }  # fmt: skip


def inside(argument: dict[str, Any]) -> int:
    """In the cell: the row goes to the status pipe as JSON, or {"problem": …}."""
    import mininet.log

    mininet.log.setLogLevel("error")
    try:
        answer = measure(Point(**argument))
    except (ValueError, OSError, RuntimeError) as problem:
        answer = {"problem": f"{type(problem).__name__}: {problem}"}
    with os.fdopen(int(os.environ["WIREPROOF_STATUS"]), "w", closefd=False) as status:
        json.dump(answer, status)
    return 0
