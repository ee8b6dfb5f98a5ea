"""By what means a link is made, and what tc and `wire` are told, without a network."""

from __future__ import annotations

import pytest

from harness.world.links import LinkError, UnsupportedLink, kernel
from harness.world.links.direction import Direction, LossModel
from harness.world.links.link import read
from harness.world.links.means import Abilities, Means, choose
from harness.world.links.queue import Queue
from harness.world.links.wire_config import change_config, config, describe, seed_of

NETEM, NO_NETEM = Abilities(netem=True, wire="wire"), Abilities(netem=False, wire="wire")
BARE = Abilities(netem=False)
HTB, LOSSY, NONE, BY_NETEM, WIRE = {"bw": 1, "queue": 9}, {"bw": 1, "delay": 5, "loss": 1}, Means.NONE, Means.NETEM, Means.WIRE


@pytest.mark.parametrize(
    "options, with_netem, without",
    [
        ({}, NONE, NONE), ({"seed": 5}, NONE, NONE), ({"means": "auto"}, NONE, NONE), ({"means": "wire"}, WIRE, WIRE),
        (HTB, Means.HTB, Means.HTB), ({**HTB, "seed": 5}, Means.HTB, Means.HTB), ({"bw": 1, "queue": "30ms"}, Means.HTB, Means.HTB),
        ({"bw": 1, "aqm": "drop-tail"}, Means.HTB, Means.HTB), ({"forward": {"bw": 1}}, Means.HTB, Means.HTB),
        (LOSSY, BY_NETEM, WIRE), ({"delay": 5}, BY_NETEM, WIRE), ({"backward": {"loss": 1}}, BY_NETEM, WIRE), ({"loss": 1, "loss_burst": 3}, BY_NETEM, WIRE),
        ({"delay": 5, "jitter": 1, "keep_order": False}, BY_NETEM, WIRE), ({"delay": 5, "seed": 3}, BY_NETEM, WIRE),
        ({"delay": 5, "jitter": 1}, BY_NETEM, WIRE), ({**LOSSY, "queue": "30ms"}, BY_NETEM, WIRE),
        # What netem, though present, is not able to do.
        ({**LOSSY, "seed": 3}, WIRE, WIRE), ({"bw": 1, "aqm": "codel"}, WIRE, WIRE),
        ({"lose": "first SYN"}, WIRE, WIRE), ({**HTB, "backward": {"lose": "all arp"}}, WIRE, WIRE),
        ({"delay": 5, "schedule": [{"at": 3, "down": True}]}, WIRE, WIRE),
        ({"schedule": [{"at": 3, "down": True}]}, WIRE, WIRE), ({"bw": 1, "burst": 5000}, WIRE, WIRE),
        ({"delay": 5, "jitter": 1, "distribution": [-1, 0, 1], "keep_order": False}, WIRE, WIRE),
    ],
)  # fmt: skip
def test_auto_takes_the_kernel_where_it_can(options: dict, with_netem: Means, without: Means) -> None:
    wish = read("h1-s1", options)
    assert choose("h1-s1", wish, "auto", NETEM) is with_netem
    assert choose("h1-s1", wish, "auto", NO_NETEM) is without


@pytest.mark.parametrize("options, means", [({}, NONE), (HTB, WIRE), (LOSSY, WIRE), ({**HTB, "means": "netem"}, Means.HTB)])
def test_wire_for_all(options: dict, means: Means) -> None:
    assert choose("h1-s1", read("h1-s1", options), "wire", NETEM) is means


@pytest.mark.parametrize(
    "options, preference, able, words",
    [
        (LOSSY, "netem", NO_NETEM, "no netem .sch_netem., which delay and loss would need. Use wire"), ({**LOSSY, "seed": 1}, "netem", NETEM, "no seed"),
        ({**LOSSY, "means": "netem"}, "wire", NO_NETEM, "cannot be made by netem"), ({"bw": 1, "burst": 5000}, "netem", NETEM, "burst"),
        ({"lose": "all arp"}, "netem", NETEM, "no shaper of the kernel loses by rule"),
        (LOSSY, "auto", BARE, "no netem.*wire is not built"), (HTB, "wire", BARE, "wire was asked for.*not built"),
        ({"bw": 1, "aqm": "codel"}, "auto", BARE, "codel is made by wire only.*not built"),
    ],
)  # fmt: skip
def test_means_that_cannot(options: dict, preference: str, able: Abilities, words: str) -> None:
    with pytest.raises(UnsupportedLink, match=words) as caught:
        choose("h1-s1", read("h1-s1", options), preference, able)
    assert "h1-s1" in str(caught.value)


def test_without_wire_the_kernel_still_does_what_it_can() -> None:
    assert choose("h1-s1", read("h1-s1", HTB), "auto", BARE) is Means.HTB
    assert choose("h1-s1", read("h1-s1", LOSSY), "auto", Abilities(netem=True)) is Means.NETEM


def test_rate_as_mininet_makes_it_with_a_bounded_queue() -> None:
    one = read("h1-s1", {"bw": 0.7}).forward
    assert kernel.commands("h1-eth0", one) == [
        "qdisc add dev h1-eth0 root handle 5:0 htb default 1",
        "class add dev h1-eth0 parent 5:0 classid 5:1 htb rate 0.700000Mbit burst 15k",
        "qdisc add dev h1-eth0 parent 5:1 handle 10: pfifo limit 20",
    ]
    assert kernel.describe(one) == "HTB 0.7 Mbit/s, pfifo 20 packets"
    assert kernel.commands("h1-eth0", read("h1-s1", {"bw": 8, "queue": "50ms"}).forward)[-1].endswith("bfifo limit 50000")


def test_mininets_own_queue() -> None:
    one = read("h1-s1", {"bw": 0.7, "queue": "mininet"}).forward
    assert len(kernel.commands("h1-eth0", one)) == 2 and one.queue is None and "1000" in kernel.describe(one)


def test_emulated_link_has_its_netem_before_the_rate() -> None:
    options = {"bw": 10, "queue": 30, "delay": "10ms", "jitter": 1, "loss": 5, "duplicate": "1%"}
    one = read("h1-s1", options).forward
    assert kernel.commands("x", one) == [
        "qdisc add dev x root handle 20: netem limit 10000 delay 10000us 1000us loss 5.00000% duplicate 1.00000% rate 100gbit",
        "qdisc add dev x parent 20:1 handle 5:0 htb default 1",
        "class add dev x parent 5:0 classid 5:1 htb rate 10.000000Mbit burst 15k",
        "qdisc add dev x parent 5:1 handle 10: pfifo limit 30",
    ]
    assert one.emulated == ["delay", "jitter", "loss", "duplicate"]
    assert kernel.describe(one).startswith("netem delay 10 ms") and kernel.describe(one).endswith("HTB 10 Mbit/s, pfifo 30 packets")


def test_netem_alone() -> None:
    options = {"loss": 4, "loss_burst": 5, "delay": 5, "jitter": 1, "distribution": "normal", "reorder": 3, "reorder_gap": 2, "keep_order": False}
    assert kernel.commands("x", read("h1-s1", options).forward) == [
        "qdisc add dev x root handle 20: netem limit 10000 delay 5000us 1000us distribution normal "
        "loss gemodel 0.83333% 20.00000% 100.00000% 0.00000% reorder 3.00000% gap 2"
    ]
    assert "netem limit 30000 delay 300000us 0us" in kernel.commands("x", read("h1-s1", {"delay": "300ms"}).forward)[0]


def test_changes_in_flight_keep_what_waits() -> None:
    one = read("h1-s1", {"bw": 1, "queue": 9}).forward
    assert kernel.change_commands("x", one, one.changed({"bw": 2, "queue": 5})) == [
        "class change dev x parent 5:0 classid 5:1 htb rate 2.000000Mbit burst 15k",
        "qdisc change dev x parent 5:1 handle 10: pfifo limit 5",
    ]
    assert kernel.change_commands("x", one, one.changed({"delay": 5})) is None, "another discipline is made anew"
    assert kernel.change_commands("x", one, one.changed({"bw": None})) is None
    lossy = one.changed({"delay": 5, "loss": 1, "corrupt": 2})
    lines = kernel.change_commands("x", lossy, lossy.changed({"corrupt": None, "loss": 3}))
    assert lines and lines[0] == "qdisc change dev x root handle 20: netem limit 10000 delay 5000us 0us loss 3.00000% corrupt 0.00000%"


def test_netem_forgets_in_flight_what_is_taken_away() -> None:
    one = read("h1-s1", {"delay": 5, "jitter": 1, "delay_correlation": 20, "loss": 5, "loss_correlation": 30}).forward
    change = {"delay_correlation": None, "loss_correlation": None, "keep_order": False}
    lines = kernel.change_commands("x", one, one.changed(change))
    assert lines and lines[0].endswith("delay 5000us 1000us 0.00000% loss 5.00000% 0.00000% rate 0bit")
    normal = one.changed({"distribution": "normal"})
    assert kernel.change_commands("x", one, normal) and kernel.change_commands("x", normal, one) is None


QDISC = {"kind": "htb", "handle": "5:", "root": True, "options": {}}
PFIFO = {"kind": "pfifo", "handle": "10:", "parent": "5:1", "options": {"limit": 20}}
NETEM_READ = {
    "kind": "netem", "handle": "20:", "root": True,
    "options": {"limit": 10000, "delay": {"delay": 0.01, "jitter": 0, "correlation": 0}, "loss-random": {"loss": 0.07, "correlation": 0}},
}  # fmt: skip
CLASS = "class htb 5:1 root leaf 10: prio 0 rate 700Kbit ceil 700Kbit burst 15Kb cburst 1599b"


def test_read_back_accepts_what_was_asked() -> None:
    kernel.verify("x", Direction(bw=0.7, queue=Queue(20)), [QDISC, PFIFO], [CLASS])
    kernel.verify("x", Direction(bw=0.7, queue=None), [QDISC], [CLASS])
    kernel.verify("x", Direction(delay=0.01, loss=7), [NETEM_READ], [])


@pytest.mark.parametrize(
    "one, qdiscs, classes",
    [
        (Direction(bw=0.7, queue=Queue(20)), [], []),
        (Direction(bw=0.7, queue=Queue(20)), [QDISC], [CLASS]),
        (Direction(bw=0.7, queue=Queue(20)), [QDISC, PFIFO], []),
        (Direction(bw=0.7, queue=Queue(21)), [QDISC, PFIFO], [CLASS]),
        (Direction(bw=0.7, queue=Queue(20, "bytes")), [QDISC, PFIFO], [CLASS]),
        (Direction(bw=0.8, queue=Queue(20)), [QDISC, PFIFO], [CLASS]),
        (Direction(bw=0.7, queue=None), [QDISC, PFIFO], [CLASS]),
        (Direction(delay=0.01), [], []),
        (Direction(delay=0.01), [NETEM_READ], []),
        (Direction(delay=0.01, loss=6), [NETEM_READ], []),
        (Direction(delay=0.02, loss=7), [NETEM_READ], []),
        (Direction(delay=0.01, jitter=0.001, loss=7), [NETEM_READ], []),
        (Direction(delay=0.01, loss=7, loss_model=LossModel(0.01, 0.2)), [NETEM_READ], []),
        (Direction(bw=0.7, queue=Queue(20)), [NETEM_READ, QDISC, PFIFO], [CLASS]),
    ],
)
def test_read_back_notices(one: Direction, qdiscs: list, classes: list) -> None:
    with pytest.raises(LinkError, match="not shaped as asked"):
        kernel.verify("x", one, qdiscs, classes)


def test_what_wire_is_told() -> None:
    options = {"bw": 0.7, "delay": "10ms", "jitter": 2, "distribution": "normal", "loss": "1%", "queue": "50ms", "aqm": "codel",
               "backward": {"bw": 2, "queue": 9, "loss": 4, "loss_burst": 5, "aqm": {"discipline": "red", "min": 2, "max": 8, "probability": "5%"}},
               "schedule": [{"at": 30, "bw": 0.5, "direction": "forward"}, {"at": "10s", "until": 12, "down": True}, {"at": 40, "loss": None}]}  # fmt: skip
    told = config(read("h1-s1", options), 7, begun=True)
    assert told["seed"] == 7
    assert told["forward"] == {
        "rate": 700e3, "queue": {"milliseconds": 50}, "discipline": "codel", "delay": 0.01, "jitter": 0.002, "distribution": "normal",
        "loss": 0.01,
    }  # fmt: skip
    assert told["backward"] == {
        "rate": 2e6, "queue": {"packets": 9}, "discipline": "red", "red": {"min": 2, "max": 8, "probability": 0.05}, "delay": 0.01,
        "jitter": 0.002, "distribution": "normal", "loss_model": {"gilbert_elliott": pytest.approx({"p": 1 / 120, "r": 0.2, "h": 0.0, "k": 1.0})},
    }  # fmt: skip
    assert told["schedule"] == [
        {"at": 10.0, "direction": "forward", "until": 12.0, "down": True},
        {"at": 10.0, "direction": "backward", "until": 12.0, "down": True},
        {"at": 30.0, "direction": "forward", "rate": 500e3},
        {"at": 40.0, "direction": "forward", "loss": None},
        {"at": 40.0, "direction": "backward", "loss_model": None},
    ]
    assert "schedule" not in config(read("h1-s1", options), 7, begun=False), "it is not probed while it changes"


def test_a_change_names_what_differs() -> None:
    one = read("h1-s1", {"bw": 1, "delay": 5, "jitter": 1, "loss": 1}).forward
    assert change_config(one, one.changed({"delay": 9, "jitter": None})) == {"delay": 0.009, "jitter": None, "distribution": None}
    assert change_config(one, one) == {}


def test_every_link_draws_for_itself() -> None:
    assert len({seed_of(seed, link) for seed in range(3) for link in ("h1-s1", "h2-s1")}) == 6
    assert seed_of(1, "h1-s1") == seed_of(1, "h1-s1") < 1 << 53, "JSON numbers are exact up to there"


def test_the_evidence_says_what_a_link_is() -> None:
    wish = read("h1-s1", {"bw": 0.7, "delay": "10ms", "loss": 1, "schedule": [{"at": 30, "bw": 0.5}]})
    assert describe(wish, wish.forward, 7) == "wire 0.7 Mbit/s, delay 10 ms, loss 1 %, queue 20 packets, seed 7, at 30 s bw 0.5"
