"""Links made by `wire` do what they are declared to do, and tell what they did."""

from __future__ import annotations

import math
import os
import pathlib
import signal
import threading

import pytest

from harness.world.links.chance import binomial_at_least, binomial_at_most
from harness.world.network import probe
from tests.harness.link_traffic import HEADERS, Seen, exchange, lost_by, of_flow, pair
from tests.harness.network_cell import run


def is_likely(count: int, trials: int, share: float) -> bool:
    return min(binomial_at_least(count, trials, share), binomial_at_most(count, trials, share)) > 1e-6


def clean(network) -> None:
    problems = network.end_links()
    assert not problems, problems


def delay() -> None:
    """Never early, and the quickest in time; the median may be what a busy machine adds."""
    with pair(means="wire", delay="20ms") as (network, _):
        for turned in (False, True):
            seen = exchange(network, 100, every=0.005, turned=turned)
            assert not seen.missing
            assert 0.020 <= min(seen.delays) + 0.0002 and min(seen.delays) <= 0.021, min(seen.delays)
        assert "rtt min" in (said := network.net["h1"].cmd("ping -c 5 -i 0.05 10.0.0.2"))
        assert 40 <= float(said.split("= ")[1].split("/")[0]) <= 42, said
        clean(network)


def loss(percent: float) -> None:
    """What did not arrive is what the link says it lost, packet by packet."""
    with pair(loss=percent, means="wire") as (network, link):
        seen = exchange(network, 4000)
        assert seen.missing == lost_by(link, "loss") and seen.inversions == 0
        assert is_likely(len(seen.missing), 4000, percent / 100), len(seen.missing)
        assert link.counters()["forward"].dropped == ({"loss": len(seen.missing)} if seen.missing else {})
        assert all(drop.length == 100 + HEADERS for drop in of_flow(link.drops()))
        clean(network)


def bursts() -> None:
    """4 % in bursts of 5 on average: Gilbert's model, where a burst is as long as the time until its end is drawn."""
    with pair(loss="4%", loss_burst=5, means="wire") as (network, link):
        missing = exchange(network, 8000).missing
        assert missing == lost_by(link, "loss")
        count = sum(number - 1 not in set(missing) for number in missing)
        assert 0.02 * 8000 < len(missing) < 0.07 * 8000 and 3.5 < len(missing) / count < 7, (len(missing), count)


def same_seed() -> None:
    """Three runs lose the same packets, whatever else is on the link; another seed, another link loses others."""
    lists = []
    for turn, seed in enumerate((7, 7, 7, 8)):
        with pair(loss="1%", seed=seed) as (network, link):
            if turn == 2:
                network.net["h1"].cmd("ping -c 20 -i 0.01 10.0.0.2; ping -c 5 -i 0.01 -s 1000 10.0.0.2")
            seen = exchange(network, 3000)
            assert seen.missing == lost_by(link, "loss")
            lists.append(seen.missing)
    assert lists[0] and lists[0] == lists[1] == lists[2] != lists[3]
    with pair(loss="1%", seed=3, means="wire") as (network, link):
        ways = [exchange(network, 3000, turned=turned).missing for turned in (False, True)]
        assert ways[0] != ways[1], "each direction draws for itself"


def rate(bw: float) -> None:
    with pair(bw=bw, queue=5000, means="wire") as (network, _):
        seen = exchange(network, max(60, int(bw * 20)), size=1472)
        assert not seen.missing
        assert abs(seen.rate() - bw) <= 0.01 * bw, seen.rate()
        clean(network)


def stopped_for_a_while() -> None:
    """An emulator that is not run for 75 ms brings 62 packets late and all others when they are due; what it does is 10 Mbit/s all the same."""
    with pair(bw=10, queue=5000, means="wire") as (network, _):
        wire = next(iter(network.net.wires))
        os.kill(wire.pid, signal.SIGSTOP)
        threading.Timer(0.075, os.kill, (wire.pid, signal.SIGCONT)).start()
        seen = exchange(network, 200, size=1472)
        assert not seen.missing and max(seen.delays) > 0.07
        assert abs(seen.rate() - 10) <= 0.1, seen.rate()


def queue(bound: int | str, held: int) -> None:
    """Of 300 full frames at once, as many survive as the queue holds, the one that leaves at once, and those that leave meanwhile."""
    with pair(bw=1, queue=bound, means="wire") as (network, link):
        seen = exchange(network, 300, size=1472)
        meanwhile = math.ceil((seen.sent[-1] - seen.sent[0]) * 1e6 / 8 / 1514)
        assert held <= len(seen.numbers) <= held + 2 + meanwhile, (len(seen.numbers), meanwhile)
        assert seen.missing == lost_by(link, "queue")
        clean(network)


def head_and_codel() -> None:
    with pair(bw=1, queue=20, aqm="drop-head") as (network, link):
        seen = exchange(network, 300, size=1472)
        assert seen.numbers[-20:] == list(range(280, 300)), "the newest are kept"
        assert seen.missing == lost_by(link, "queue")
    with pair(bw=1, queue=500, aqm={"discipline": "codel", "target": "5ms", "interval": "100ms"}) as (network, link):
        seen = exchange(network, 200, size=1472)
        assert seen.missing and seen.missing == lost_by(link, "codel"), "a standing queue is not left alone"
    with pair(bw=1, queue=100, aqm={"discipline": "red", "min": 5, "max": 50, "probability": "10%", "weight": 0.2}) as (network, link):
        seen = exchange(network, 100, size=1472)
        assert seen.missing == lost_by(link, "red") != [], link.counters()


def duplicate() -> None:
    with pair(duplicate="10%", means="wire") as (network, link):
        seen = exchange(network, 2000)
        again = len(seen.numbers) - len(set(seen.numbers))
        assert not seen.missing and again == link.counters()["forward"].duplicated and is_likely(again, 2000, 0.1)
        clean(network)


def corrupt() -> None:
    """One flipped bit is always noticed by the checksums of IP and UDP."""
    with pair(corrupt="10%", means="wire") as (network, link):
        seen = exchange(network, 2000)
        counters = link.counters()["forward"]  # of the kernel's own packets (IPv6) some may be corrupted too
        assert 0 <= counters.corrupted - len(seen.missing) <= counters.received - 2000, (len(seen.missing), counters)
        assert is_likely(len(seen.missing), 2000, 0.1)
        assert not link.drops(), "a corrupted packet is delivered"
        clean(network)


def reorder() -> None:
    with pair(delay="10ms", reorder="10%", means="wire") as (network, link):
        seen = exchange(network, 500, every=0.001)
        assert not seen.missing
        early = sum(delay < 0.005 for delay in seen.delays)
        assert is_likely(early, 500, 0.1) and seen.inversions > 10 and link.counters()["forward"].reordered >= early, early
        clean(network)
    with pair(delay="10ms", reorder="100%", reorder_gap=5, means="wire") as (network, _):
        seen = exchange(network, 100, every=0.001)
        early = sorted(number for number, delay in zip(seen.numbers, seen.delays) if delay < 0.005)
        assert early == list(range(4, 100, 5)), "every fifth"


def jitter() -> None:
    """Delays spread over the range declared; packets overtake one another only where that is allowed."""
    for keep_order in (True, False):
        with pair(delay="20ms", jitter="10ms", keep_order=keep_order, means="wire") as (network, _):
            seen = exchange(network, 600, every=0.002)
            assert not seen.missing and (seen.inversions == 0) is keep_order
            assert min(seen.delays) >= 0.0098, min(seen.delays)
            if not keep_order:
                assert sum(delay < 0.015 for delay in seen.delays) > 90 and sum(delay > 0.025 for delay in seen.delays) > 90
            clean(network)


def schedule() -> None:
    """Down from 0.5 to 1 s; from 1.5 s on half the packets are lost."""
    changes = [{"at": 0.5, "until": 1, "down": True}, {"at": 1.5, "loss": "50%", "direction": "forward"}]
    with pair(schedule=changes) as (network, link):
        seen = exchange(network, 200, every=0.01)
        down, loss = lost_by(link, "down"), lost_by(link, "loss")
        assert sorted(down + loss) == seen.missing
        assert 45 <= len(down) <= 51 and down == list(range(down[0], down[-1] + 1)), down
        assert loss and min(loss) > down[-1] + 40 and is_likely(len(loss), 200 - 150, 0.5), loss
        clean(network)


def trace() -> None:
    """1,504 bytes each 12 ms, and from the middle of each second on each 6 ms."""
    file = pathlib.Path("/tmp/link.trace")
    chances = [*range(12, 500, 12), *range(500, 1000, 6), 1000]
    file.write_text("".join(f"{chance}\n" for chance in chances))
    with pair(trace=file, queue=1000) as (network, _):
        assert f"trace link.trace (mean {len(chances) * 1504 * 8 / 1e6:.3g} Mbit/s" in network.describe()["links"][0]["shaper"]
        seen = exchange(network, 2 * len(chances), size=1472)
        span = seen.times[len(chances) + 9] - seen.times[9]
        assert not seen.missing and abs(span - 1) < 0.02, "one round of the trace takes a second"
        clean(network)


def asymmetric() -> None:
    with pair(delay="5ms", backward={"delay": "25ms", "bw": 2}, means="wire") as (network, link):
        result = probe(network)[0]
        assert result.ok, result.reason
        assert 4.8 < result.measured_delay[0] < 6.1 and 24.8 < result.measured_delay[1] < 26.3, result
        assert result.measured_bw[0] is None and abs(result.measured_bw[1] - 2) < 0.04
        assert min(exchange(network, 20, every=0.002).delays) < 0.006 and min(exchange(network, 20, every=0.002, turned=True).delays) > 0.024
        shaper = network.describe()["links"][0]["shaper"]
        assert "h1-eth0: wire delay 5 ms; h2-eth0: wire 2 Mbit/s, delay 25 ms, queue 20 packets" in shaper, shaper
        there, back = network.link("h2", "h1").counters()["forward"], link.counters()["backward"]
        assert there == back, "seen from the other end, forward is backward"


@pytest.mark.parametrize("property", [delay, bursts, same_seed, head_and_codel, duplicate, corrupt, reorder, jitter, schedule, asymmetric])
def test_property(property) -> None:
    run(property)


@pytest.mark.parametrize("percent", [0, 1, 20])
def test_loss(percent: float) -> None:
    run(loss, percent)


@pytest.mark.parametrize("bw", [0.1, 0.7, 10, 100])
def test_rate(bw: float) -> None:
    run(rate, bw)


def test_rate_of_an_emulator_that_was_stopped() -> None:
    run(stopped_for_a_while)


FRAME = (1472 + HEADERS) * 8 / 10e6  # seconds at 10 Mbit/s
SENT = [number * 1e-5 for number in range(200)]
DUE = [number * FRAME for number in range(200)]
LATE_AT_FIRST = [max(due, 0.075) for due in DUE]
LATE_IN_BETWEEN = [0.1 if 0.02 < due < 0.1 else due for due in DUE]
WITH_A_PAUSE = [number * 1e-5 if number < 50 else 0.2 + (number - 50) * 1e-5 for number in range(200)]


@pytest.mark.parametrize(
    "sent, came, burst, rate",
    [
        (SENT, DUE, 0, 10.0), (SENT, LATE_AT_FIRST, 0, 10.0), (SENT, LATE_IN_BETWEEN, 0, 10.0),
        (SENT, [due + 0.002 * (number % 7 > 0) for number, due in enumerate(DUE)], 0, 10.0),
        (WITH_A_PAUSE, [due if number < 50 else 0.2 + DUE[number - 50] for number, due in enumerate(DUE)], 0, 10.0),
        (SENT, [max(0.0, due - FRAME) for due in DUE], 1514, 10.0),
        (SENT, [due / 1.03 for due in DUE], 0, 10.3), (SENT, [max(due, 0.075) / 1.03 for due in DUE], 0, 10.3),
        (SENT, [due * 1.03 for due in DUE], 0, 10 / 1.03), (SENT, [max(due * 1.03, 0.075) for due in DUE], 0, 10 / 1.03),
    ],
)  # fmt: skip
def test_rate_of_what_came(sent: list[float], came: list[float], burst: int, rate: float) -> None:
    """Packets that come late hide neither the rate nor that it is wrong."""
    assert Seen(list(range(200)), [at + 2e-5 for at in came], sent, 1472).rate(burst) == pytest.approx(rate, rel=0.002)


@pytest.mark.parametrize("bound, held", [(5, 5), (100, 100), ("30280b", 20), ("100ms", 8)])
def test_queue(bound: int | str, held: int) -> None:
    run(queue, bound, held)


def test_trace() -> None:
    run(trace)
