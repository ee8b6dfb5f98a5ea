"""Links that only the kernel's netem can make keep what they promise. Run in the emulated machine (./lab vm test).

Counts are held against the binomial distribution (four standard deviations: one false alarm in 16,000); times have
a lower bound that holds on any machine, and an upper one wide enough for an emulated one.
"""

from __future__ import annotations

import contextlib
import json
import math
import subprocess
import time
from collections.abc import Iterator
from typing import Any, Callable

import pytest

from harness.world.links import Link, LinkError
from harness.world.links.kernel import verify
from harness.world.links.means import Means
from harness.world.network import Network
from harness.world.network.namespaces import visiting
from tests.harness.network_cell import SWITCHES, output_of
from tests.vm.one_way import OneShapedLink, cross

MACHINE = 0.010  # seconds that an emulated machine may add to a delay of the median packet
FRAME_OVERHEAD = 42  # bytes of Ethernet, IPv4 and UDP headers


def figure(name: str, value: float, unit: str) -> None:
    """Printed inside a cell; measure() hands it to pytest's report."""
    print("FIGURE " + json.dumps([name, f"{value:.4g} {unit}".strip()]), flush=True)


@pytest.fixture
def measure(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Runs a function in a cell and keeps its figures."""

    def go(function: Any, *arguments: Any) -> None:
        for line in output_of(function, *arguments).splitlines():
            if line.startswith("FIGURE "):
                record_property(*json.loads(line.removeprefix("FIGURE ")))

    return go


def about(count: int, trials: int, probability: float) -> None:
    """Asserts that a count of independent events is within four standard deviations of the expected one."""
    expected = trials * probability
    assert abs(count - expected) <= 4 * math.sqrt(trials * probability * (1 - probability)) + 1, (
        f"{count} of {trials}, expected {expected:.0f}"
    )


@contextlib.contextmanager
def shaped(switch: str = "bridge", **wishes: Any) -> Iterator[Network]:
    """A running network with one link so declared, for which the harness chose netem by itself."""
    with Network(OneShapedLink(**Link(**wishes)), switch=switch) as network:
        network.net.staticArp()
        assert network.link("h1", "s1").means is Means.NETEM, network.describe()["links"][0]["shaper"]
        yield network


def round_trip(switch: str) -> None:
    with shaped(switch, delay="10ms") as network:
        h1, h2 = network.net["h1"], network.net["h2"]
        there, back = cross(h1, h2, 100, 0.01), cross(h2, h1, 100, 0.01)
        for crossing in (there, back):
            assert crossing.lost == crossing.duplicates == crossing.overtaken == 0, str(crossing)
            assert 0.010 <= crossing.delay(0) and crossing.delay(50) <= 0.010 + MACHINE, str(crossing)
        figure(f"delay=10ms over {switch}: one-way p50", there.delay(50) * 1e3, "ms")


@pytest.mark.parametrize("switch", SWITCHES)
def test_delay_in_both_directions(switch: str, measure: Callable[..., None]) -> None:
    measure(round_trip, switch)


def long_delay() -> None:
    with shaped(delay="300ms") as network:
        crossing = cross(network.net["h1"], network.net["h2"], 2000, 0.001)
        assert crossing.lost == crossing.overtaken == 0, str(crossing)
        assert 0.300 <= crossing.delay(0) and crossing.delay(50) <= 0.300 + MACHINE, str(crossing)
        figure("delay=300ms: one-way p50", crossing.delay(50) * 1e3, "ms")
        figure("delay=300ms: one-way p99", crossing.delay(99) * 1e3, "ms")


def test_long_delay(measure: Callable[..., None]) -> None:
    measure(long_delay)


def jitter() -> None:
    with shaped(delay="20ms", jitter="8ms") as network:
        # Wide apart, so that the packet ahead holds none back: the distribution is the declared one, 12 to 28 ms.
        crossing = cross(network.net["h1"], network.net["h2"], 400, 0.02)
        assert crossing.lost == crossing.overtaken == 0, str(crossing)
        assert 0.012 <= crossing.delay(0) and crossing.delay(50) <= 0.020 + MACHINE, str(crossing)
        assert crossing.spread >= 0.7 * 0.008 / math.sqrt(3), "a uniform distribution's standard deviation is a third of √3"
        figure("delay=20ms jitter=8ms: standard deviation (uniform: 4.62 ms)", crossing.spread * 1e3, "ms")
        # Close together many would overtake one another.
        crossing = cross(network.net["h1"], network.net["h2"], 1000, 0.001)
        assert crossing.lost == crossing.overtaken == 0, f"{crossing.overtaken} overtook others, and nobody asked for that"


def test_jitter_varies_the_delay_and_keeps_the_order(measure: Callable[..., None]) -> None:
    measure(jitter)


def loss(percent: float) -> None:
    with shaped(loss=percent) as network:
        crossing = cross(network.net["h1"], network.net["h2"], 3000, 0.001)
        assert crossing.accepted == crossing.sent, "the sender does not notice"
        assert crossing.duplicates == crossing.overtaken == 0, str(crossing)
        about(crossing.lost, crossing.sent, percent / 100)
        figure(f"loss={percent:g}: lost", 100 * crossing.lost / crossing.sent, "%")
        dropped = network.link("h1", "s1").counters()["forward"].dropped
        assert set(dropped) == {"loss"} and dropped["loss"] >= crossing.lost, f"the link counted {dropped}"


@pytest.mark.parametrize("percent", [1, 5, 20])
def test_loss(percent: float, measure: Callable[..., None]) -> None:
    measure(loss, percent)


def bursts() -> None:
    with shaped(loss=4, loss_burst=5) as network:
        crossing = cross(network.net["h1"], network.net["h2"], 6000, 0.001)
        lost = sorted(set(range(crossing.sent)) - {index for index, *_ in crossing.arrivals})
        runs = sum(index - 1 not in set(lost) for index in lost)
        # 48 bursts of 5 are expected; a burst's length varies as much as its mean.
        assert 0.02 <= len(lost) / crossing.sent <= 0.065 and 3.2 <= len(lost) / runs <= 7.5, f"{len(lost)} lost in {runs} runs"
        figure("loss=4 loss_burst=5: lost", 100 * len(lost) / crossing.sent, "%")
        figure("loss=4 loss_burst=5: mean length of a burst", len(lost) / runs, "packets")


def test_loss_in_bursts(measure: Callable[..., None]) -> None:
    measure(bursts)


def duplicate() -> None:
    for more in ({}, {"bw": 100}):
        with shaped(duplicate=10, **more) as network:
            crossing = cross(network.net["h1"], network.net["h2"], 3000, 0.001)
            assert crossing.lost == 0, str(crossing)
            about(crossing.duplicates, crossing.sent, 0.10)
            figure("duplicate=10" + (", bw=100" if more else "") + ": twice", 100 * crossing.duplicates / crossing.sent, "%")


def test_duplicate(measure: Callable[..., None]) -> None:
    measure(duplicate)


def reorder() -> None:
    with shaped(delay="20ms", reorder=10) as network:
        crossing = cross(network.net["h1"], network.net["h2"], 3000, 0.002)
        assert crossing.lost == crossing.duplicates == 0, str(crossing)
        early = sum(late < 0.010 for _, late, _ in crossing.arrivals)
        about(early, crossing.sent, 0.10)
        assert crossing.overtaken >= early, str(crossing)
        figure("delay=20ms reorder=10: sent ahead", 100 * early / crossing.sent, "%")


def test_reorder(measure: Callable[..., None]) -> None:
    measure(reorder)


def corrupt() -> None:
    with shaped(corrupt=20) as network:
        crossing = cross(network.net["h1"], network.net["h2"], 3000, 0.001)
        # One bit of the frame is flipped. A changed MAC address, header or payload is noticed and dropped by someone,
        # except for the few bits of a header that nobody checks.
        share = crossing.lost / crossing.sent
        assert 0.14 <= share <= 0.24, f"{share:.1%} did not arrive intact"
        errors = network.net["h2"].cmd("nstat -asz UdpInCsumErrors | tail -n1").split()[1]
        assert int(errors) > 0.1 * crossing.sent, "most were noticed by UDP's checksum"
        figure("corrupt=20: not intact", 100 * share, "%")


def test_corrupt(measure: Callable[..., None]) -> None:
    measure(corrupt)


def queue_of_a_long_link() -> None:
    for queue, options in ((20, {"loss": "0.001%"}), (20, {"delay": "100ms"}), (20, {"delay": "100ms", "jitter": "10ms"}),
                           ("30280b", {"delay": "100ms"}), ("24.3ms", {"delay": "100ms"})):  # fmt: skip
        with shaped(bw=10, queue=queue, **options) as network:
            crossing = cross(network.net["h1"], network.net["h2"], 300, 0, size=1472)
            arrived = len(crossing.arrivals)
            # Two full frames are let through at once, and some leave while the burst is still being sent.
            seconds = 20 * (1472 + FRAME_OVERHEAD) * 8 / 10e6
            assert 20 <= arrived <= 60, f"{arrived} of a burst of 300 came through a queue of {queue} with {options}"
            name = " ".join(f"{key}={value}" for key, value in {"bw": 10, "queue": queue, **options}.items())
            figure(f"{name}: survivors of 300 at once", arrived, "")
            assert crossing.delay(100) >= seconds, "the last one waited for the whole queue"
            dropped = network.link("h1", "s1").counters()["forward"].dropped
            assert dropped.get("queue", 0) >= crossing.lost - 2, f"the link counted {dropped}, {crossing.lost} are missing"


def test_queue_is_as_long_as_declared_whatever_the_delay(measure: Callable[..., None]) -> None:
    measure(queue_of_a_long_link)


def rate_and_delay() -> None:
    with shaped(bw=5, delay="20ms", queue=400) as network:
        crossing = cross(network.net["h1"], network.net["h2"], 300, 0, size=1472)
        assert crossing.lost == 0, str(crossing)
        # An emulated machine that wakes up late loses what should have left meanwhile: HTB's bucket holds one frame. So the
        # quickest stretch is judged, two frames of burst allowed; and the whole is never quicker.
        arrivals, frame = [arrived for *_, arrived in crossing.arrivals], (1472 + FRAME_OVERHEAD) * 8 / 1e6
        quickest = max(40 * frame / (late - early) for early, late in zip(arrivals, arrivals[40:]))
        rate = (len(arrivals) - 1) * frame / (arrivals[-1] - arrivals[0])
        assert 4.75 <= quickest <= 5.5 and rate <= 5.1, f"{rate} Mbit/s, in the quickest stretch {quickest}"
        figure("bw=5 delay=20ms: rate of the quickest 40 packets", quickest, "Mbit/s")
        figure("bw=5 delay=20ms: rate", rate, "Mbit/s")


def test_rate_behind_a_delay(measure: Callable[..., None]) -> None:
    measure(rate_and_delay)


def tcp_over_all_of_it(switch: str) -> None:
    from tests.harness.test_network import transfer

    options = {"bw": 20, "delay": "5ms", "jitter": "1ms", "loss": 1, "duplicate": 1, "reorder": 5, "corrupt": 0.5}
    with shaped(switch, **options) as network:
        began = time.monotonic()
        transfer(network.net["h1"], network.net["h2"], 1_000_000)
        figure(f"1 MB by TCP over a bad link, {switch}", time.monotonic() - began, "s")
        assert "netem delay 5 ms jitter 1 ms loss 1 %" in network.describe()["links"][0]["shaper"]


@pytest.mark.parametrize("switch", SWITCHES)
def test_tcp_arrives_unchanged_over_a_bad_link(switch: str, measure: Callable[..., None]) -> None:
    measure(tcp_over_all_of_it, switch)


def another_shape_in_flight() -> None:
    with shaped(delay="10ms") as network:
        h1, h2, link = network.net["h1"], network.net["h2"], network.link("h1", "s1")
        link.set(delay="60ms", jitter="20ms", loss="20%", bw=10)
        crossing = cross(h1, h2, 300, 0.002)
        assert 0.040 <= crossing.delay(0) and crossing.overtaken == 0 and crossing.lost > 20, str(crossing)
        link.set(keep_order=False, loss=None)
        crossing = cross(h1, h2, 300, 0.002)
        assert crossing.overtaken > 20 and crossing.lost == 0, str(crossing)
        link.set(delay=None, jitter=None)
        assert cross(h1, h2, 50, 0.01).delay(50) < 0.010
        link.down()
        assert not cross(h1, h2, 10, 0.01).arrivals
        link.up()
        network.net.staticArp()
        assert cross(h1, h2, 10, 0.01).lost == 0


def test_a_link_can_be_given_another_shape(measure: Callable[..., None]) -> None:
    measure(another_shape_in_flight)


def changed_behind_our_back() -> None:
    """What tc tells is compared with what was asked, value by value."""
    with shaped(bw=2, delay="10ms", loss=2) as network:
        intf = network.net["h1"].defaultIntf()

        def look() -> None:
            with visiting(intf.node.pid):
                told = subprocess.run(["tc", "-j", "qdisc", "show", "dev", intf.name], capture_output=True, text=True, check=True)
                classes = subprocess.run(["tc", "class", "show", "dev", intf.name], capture_output=True, text=True, check=True)
            verify(intf.name, intf.shape, json.loads(told.stdout), classes.stdout.splitlines())

        look()
        for change, word in (("delay 11ms loss 2%", "delay 0.011"), ("delay 10ms loss 3%", "loss 0.03"), ("delay 10ms", "loss 0 ")):
            with visiting(intf.node.pid):
                subprocess.run(f"tc qdisc change dev {intf.name} handle 20: root netem limit 10000 {change}".split(), check=True)
            with pytest.raises(LinkError, match=word):
                look()


def test_a_changed_netem_is_noticed(measure: Callable[..., None]) -> None:
    measure(changed_behind_our_back)
