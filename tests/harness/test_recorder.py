"""Captures hold the first and the last packet, can be read while they run, and count what they lost."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import socket
import time
from collections.abc import Callable, Iterator

import pytest

from harness.evidence.capture.recorder import CaptureError, Loopback, Recorder, finish, flush
from harness.judge.waiting import wait_for
from harness.world.cell.mounts import mount
from harness.world.network.namespaces import visiting
from tests.harness.link_traffic import exchange, pair
from tests.harness.network_cell import run


@contextlib.contextmanager
def _network() -> Iterator[tuple[object, Callable[[bytes, int], None]]]:
    """h1's interface, and a way to send datagrams from h1 to h2."""
    from harness.world.network import Network
    from topologies.single import Single

    with Network(Single(2)) as network:
        h1, h2 = network.net.hosts
        assert network.net.ping([h1, h2]) == 0  # both know each other's MAC address from now on
        with visiting(h1.pid):
            sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with sender:
            yield h1.defaultIntf(), lambda data, port: sender.sendto(data, (h2.IP(), port))


def first_and_last() -> None:
    with _network() as (interface, send):
        for number in range(5):
            recorders = [Recorder(interface, pathlib.Path(f"/tmp/{number}-{copy}.pcapng")) for copy in range(10)]
            for recorder in recorders:
                recorder.wait_live()
            send(b"first", 1001)
            send(b"last", 1002)
            finish(recorders)
            for recorder in recorders:
                ports = [packet["udp.dstport"] for packet in recorder.packets().where("udp && !icmp")]
                assert ports == [1001, 1002], f"{recorder.file}: {ports}"
                assert recorder.dropped == 0


def flushed_in_the_middle() -> None:
    with _network() as (interface, send):
        recorder = Recorder(interface, pathlib.Path("/tmp/flushed.pcapng"))
        recorder.wait_live()
        sent = 0
        for number in range(8):
            for _ in range(number * number * 20):
                send(b"x", 1001)
                sent += 1
            assert len(recorder.packets().where("udp && !icmp")) == sent, "every packet sent so far is there"
        # h2's answers and IPv6 may still come in; once it is quiet, nothing is decoded again.
        wait_for(lambda: recorder.packets() is recorder.packets(), "two reads of a quiet interface to be one", 20)
        finish([recorder])
        assert len(recorder.packets().where("udp && !icmp")) == sent
        assert len(recorder.packets().where("eth.type == 0x88b5")) == 0, "markers are no packets of the lab"
        finish([recorder])


def a_loopback_is_recorded() -> None:
    with _network() as (interface, send):
        recorder = Recorder(Loopback(interface.node), pathlib.Path("/tmp/loopback.pcapng"))
        assert recorder.name == "h1-lo"
        recorder.wait_live()
        send(b"to h2", 1001)
        with visiting(interface.node.pid):
            own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with own:
            for number in range(1, 4):
                own.sendto(bytes(65507), ("127.0.0.1", 1002))
                ports = [packet["udp.dstport"] for packet in recorder.packets().where("udp && !icmp")]
                assert ports == [1002] * number, "all that h1 sent to itself, once, and nothing else"
        wait_for(lambda: recorder.packets() is recorder.packets(), "two reads of a quiet interface to be one", 20)
        finish([recorder])
        assert (len(recorder.packets()), recorder.dropped) == (recorder.count, 0)


def drops_are_counted() -> None:
    with _network() as (interface, send):
        recorder = Recorder(interface, pathlib.Path("/tmp/drops.pcapng"))
        recorder.wait_live()
        os.kill(recorder._process.pid, signal.SIGSTOP)
        for _ in range(20_000):  # 28 MB into a buffer of 8 MiB
            send(bytes(1400), 1001)
        os.kill(recorder._process.pid, signal.SIGCONT)
        finish([recorder])
        there = len(recorder.packets().where("udp && !icmp"))
        assert there < 20_000 and recorder.dropped >= 20_000 - there


def dead_recorders_are_told() -> None:
    folder = pathlib.Path("/tmp/tiny")
    folder.mkdir()
    mount("tmpfs", str(folder), "tmpfs", 0, "size=16k")  # before the hosts copy the mounts
    with _network() as (interface, send):
        recorder = Recorder(interface, pathlib.Path("/tmp/dead.pcapng"))
        recorder.wait_live()
        recorder._process.kill()
        send(b"x", 1001)
        with pytest.raises(CaptureError, match="dumpcap on h1-eth0 ended with signal SIGKILL"):
            finish([recorder])
        full = Recorder(interface, folder / "full.pcapng")
        with pytest.raises(CaptureError, match="(?s)dumpcap on h1-eth0 ended with status .*[Ss]pace"):
            full.wait_live()
            for _ in range(100):
                send(bytes(1400), 1001)
            finish([full])


def at_both_ends(options: dict, cut: bool) -> None:
    """Whatever a link does to packets, it does nothing to the recording: all that h1 sent, and all that reached h2, is there
    at once, also while the link is cut and when it stays cut to the end."""
    with pair(**options) as (network, link):
        recorders = [Recorder(host.defaultIntf(), pathlib.Path(f"/tmp/{host}.pcapng")) for host in network.net.hosts]
        for recorder in recorders:
            recorder.wait_live()
        link.before_cut = lambda interfaces: flush(recorders)
        for turn in range(2):
            seen = exchange(network, 40, every=0.002)
            assert len(seen.numbers) == (40 if "loss" not in options else 0), (turn, seen.missing, seen.overlooked, link.counters())
            if cut:
                link.down()
            began = time.monotonic()
            counts = [len(recorder.packets().where("udp")) for recorder in recorders]
            assert counts == [40 * (turn + 1), len(seen.numbers) * (turn + 1)] and time.monotonic() - began < 5, (turn, counts, time.monotonic() - began)
            if cut and turn == 0:
                link.up()
        finish(recorders)
        assert [recorder.dropped for recorder in recorders] == [0, 0]
        assert len(recorders[0].packets().where("udp")) == 80


@pytest.mark.parametrize(
    "options, cut",
    [({"bw": 2}, True), ({"means": "wire"}, True), ({"delay": "3s", "loss": "100%", "means": "wire"}, False),
     ({"jitter": "30ms", "delay": "30ms", "means": "wire"}, False)],
)  # fmt: skip
def test_recording_links(options: dict, cut: bool) -> None:
    run(at_both_ends, options, cut)


@pytest.mark.parametrize(
    "story", [first_and_last, flushed_in_the_middle, a_loopback_is_recorded, drops_are_counted, dead_recorders_are_told],
    ids=lambda story: story.__name__,
)  # fmt: skip
def test_recorder(story: Callable[[], None]) -> None:
    run(story)
