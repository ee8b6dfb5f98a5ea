"""What a link may be asked to be, without a network: parsing, the tc commands, reading back."""

from __future__ import annotations

import pytest

from harness.network.links import LinkError, Shape, UnsupportedLink, default_queue, parse, verify


def test_default_is_no_shaping() -> None:
    shape = parse("h1-s1", {"port1": 0})
    assert not shape.shaped and shape.commands("h1-eth0") == [] and str(shape) == "none"


def test_rate_as_mininet_makes_it_with_a_bounded_queue() -> None:
    shape = parse("h1-s1", {"bw": 0.7})
    assert shape.commands("h1-eth0") == [
        "qdisc add dev h1-eth0 root handle 5:0 htb default 1",
        "class add dev h1-eth0 parent 5:0 classid 5:1 htb rate 0.700000Mbit burst 15k",
        "qdisc add dev h1-eth0 parent 5:1 handle 10: pfifo limit 20",
    ]
    assert str(shape) == "HTB 0.7 Mbit/s, pfifo 20 packets"


def test_mininets_own_queue() -> None:
    shape = parse("h1-s1", {"bw": 0.7, "queue": "mininet"})
    assert len(shape.commands("h1-eth0")) == 2 and shape.queue is None and "1000" in str(shape)


def test_default_queue_grows_with_the_rate() -> None:
    assert [default_queue(bw) for bw in (0.7, 10, 100)] == [20, 42, 413]
    assert default_queue(10, delay=0.05) == 124


def test_emulated_link_is_one_netem_below_the_rate() -> None:
    shape = parse("h1-s1", {"bw": 10, "queue": 30, "delay": "10ms", "jitter": 1, "loss": 5, "duplicate": "1%"})
    assert shape.commands("x")[-1] == (
        "qdisc add dev x parent 5:1 handle 10: netem limit 40 delay 10000us 1000us loss 5.00000% duplicate 1.00000%"
    )
    assert shape.emulated == ["delay", "jitter", "loss", "duplicate"]


@pytest.mark.parametrize(
    "options, words",
    [
        ({"bw": 0}, "bw=0 "), ({"bw": -1}, "bw=-1"), ({"bw": 2000}, "up to 1000"), ({"bw": "fast"}, "not a number"),
        ({"bw": float("nan")}, "finite"), ({"bw": float("inf")}, "finite"),
        ({"loss": 101}, "percentage"), ({"loss": -1}, "percentage"), ({"corrupt": 1e9}, "percentage"),
        ({"delay": "soon"}, "not a time"), ({"delay": "-5ms"}, "impossible"), ({"delay": "2h"}, "not a time"),
        ({"jitter": "5ms"}, "needs a delay"), ({"reorder": 5}, "needs a delay"),
        ({"queue": 5}, "without bw"), ({"bw": 1, "queue": 0}, "1 to"), ({"bw": 1, "queue": 2.5}, "1 to"),
        ({"bw": 1, "queue": "long"}, "mininet"), ({"bw": 1, "queue": True}, "1 to"),
        ({"bandwidth": 5}, "no property 'bandwidth'"),
    ],
)  # fmt: skip
def test_impossible_wish(options: dict, words: str) -> None:
    with pytest.raises(LinkError, match=words) as caught:
        parse("h1-s1", options)
    assert "h1-s1" in str(caught.value)


@pytest.mark.parametrize("option", ["max_queue_size", "seed"])
def test_unsupported_wish(option: str) -> None:
    with pytest.raises(UnsupportedLink, match=option):
        parse("h1-s1", {option: 10})


HTB = {"kind": "htb", "handle": "5:", "root": True, "options": {}}
PFIFO = {"kind": "pfifo", "handle": "10:", "parent": "5:1", "options": {"limit": 20}}
CLASS = "class htb 5:1 root leaf 10: prio 0 rate 700Kbit ceil 700Kbit burst 15Kb cburst 1599b"


def test_read_back_accepts_what_was_asked() -> None:
    verify("x", Shape(bw=0.7, queue=20), [HTB, PFIFO], [CLASS])
    verify("x", Shape(bw=0.7, queue=None), [HTB], [CLASS])


@pytest.mark.parametrize(
    "shape, qdiscs, classes",
    [
        (Shape(bw=0.7, queue=20), [], []),
        (Shape(bw=0.7, queue=20), [HTB], [CLASS]),
        (Shape(bw=0.7, queue=20), [HTB, PFIFO], []),
        (Shape(bw=0.7, queue=21), [HTB, PFIFO], [CLASS]),
        (Shape(bw=0.8, queue=20), [HTB, PFIFO], [CLASS]),
        (Shape(bw=0.7, queue=None), [HTB, PFIFO], [CLASS]),
        (Shape(delay=0.01), [], []),
    ],
)
def test_read_back_notices(shape: Shape, qdiscs: list, classes: list) -> None:
    with pytest.raises(LinkError, match="not shaped as asked"):
        verify("x", shape, qdiscs, classes)
