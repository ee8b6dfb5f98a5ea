"""What captures tell of flows, on captures whose every packet is known; and the formulas, on values from their papers."""

from __future__ import annotations

import math
import pathlib
import socket
import struct
from types import SimpleNamespace
from typing import NamedTuple

import numpy
import pytest

from harness.evidence.capture.packets import Packets
from harness.stage.casting import NotImplementedByRole
from scenarios.congestion.kit import theory
from scenarios.congestion.kit.flows import Delivery, Flow
from scenarios.congestion.kit.pings import round_trips
from scenarios.congestion.kit.routes import congestion_controls, use_congestion_control
from scenarios.congestion.kit.windows import InFlight, round_trip, rounds

_SYN, _ACK = 2, 16
_MSS = 1448
FLOW = Flow(sender=None, receiver=None, source_port=40001, port=5201, server=None, client=None, seconds=1)  # type: ignore[arg-type]


class Segment(NamedTuple):
    """A TCP segment from the sender, or with heard=True to it; at in seconds, sequence and acknowledged relative."""

    at: float
    sequence: int
    size: int = 0
    acknowledged: int = 1
    heard: bool = False
    flags: int = _ACK


def _frame(segment: Segment) -> bytes:
    ports = (5201, 40001) if segment.heard else (40001, 5201)
    tcp = struct.pack("!HHIIBBHHH", *ports, segment.sequence, segment.acknowledged, 5 << 4, segment.flags, 65535, 0, 0)
    return _ip(socket.IPPROTO_TCP, tcp + bytes(segment.size), segment.heard)


def _ip(protocol: int, payload: bytes, heard: bool) -> bytes:
    ends = [socket.inet_aton("10.0.0.1"), socket.inet_aton("10.0.0.2")]
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0)
    return bytes(12) + b"\x08\x00" + header + b"".join(ends[::-1] if heard else ends) + payload


def _echo(kind: int, number: int) -> bytes:
    return _ip(socket.IPPROTO_ICMP, struct.pack("!BBHHH", kind, 0, 0, 77, number) + bytes(56), kind == 0)


def _capture(file: pathlib.Path, frames: list[tuple[float, bytes]]) -> Packets:
    text = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    for at, frame in sorted(frames, key=lambda row: row[0]):
        text += struct.pack("<IIII", int(at), round(at % 1 * 1e6), len(frame), len(frame)) + frame
    file.write_bytes(text)
    return Packets.decode(file)


def _segments(file: pathlib.Path, segments: list[Segment]) -> Packets:
    opening = [Segment(9, 0, acknowledged=0, flags=_SYN), Segment(9.1, 0, heard=True, flags=_SYN | _ACK)]
    return _capture(file, [(one.at, _frame(one)) for one in [*opening, *segments]])


def _doubling(sizes: list[int]) -> list[Segment]:
    """Rounds of so many segments, one a second from 10 s on, each acknowledged one by one in the round after."""
    found, place = [], 1
    for second, size in enumerate(sizes, 10):
        for number in range(size):
            at = second + number / 1000
            found.append(Segment(at, place, _MSS))
            place += _MSS
            found.append(Segment(at + 0.9995, 1, acknowledged=place, heard=True))
    return found


def test_rounds_and_bytes_in_flight(tmp_path: pathlib.Path) -> None:
    packets = _segments(tmp_path / "rounds.pcap", _doubling([10, 20, 40]))
    found = rounds(packets, FLOW)
    assert [one.bytes for one in found] == [10 * _MSS, 20 * _MSS, 40 * _MSS]
    assert [one.start for one in found] == pytest.approx([10, 11, 12])
    flight = InFlight(packets, FLOW)
    assert flight.bytes.max() == 40 * _MSS and flight.bytes[-1] == 0
    assert flight.holds(10 * _MSS, 10.5, 10.6, room=0) and not flight.holds(11 * _MSS, 10.5, 10.6, room=_MSS / 2)
    assert flight.holds(11 * _MSS, 10.5, 10.6, room=_MSS) and not flight.holds(0, 10.5, 10.6, room=_MSS)
    assert round_trip(packets, FLOW, 10, 12.5) == pytest.approx(0.9995, abs=2e-6)


def test_what_was_sent_twice_counts_once(tmp_path: pathlib.Path) -> None:
    segments = [Segment(10 + number / 10, 1 + number * 1000, 1000) for number in (0, 1, 3, 4)]
    segments += [Segment(10.6, 2001, 1000), Segment(10.7, 3001, 1000)]  # the third, late; the fourth, needlessly
    packets = _segments(tmp_path / "again.pcap", segments)
    delivery = Delivery(packets.where(FLOW.filter()))
    assert delivery.rate(10, 11) == 5000 * 8 and delivery.rate(10.55, 10.65) == pytest.approx(1000 * 8 / 0.1)
    assert list(delivery.rates(0.5, 10, 11).values) == [4000 * 16, 1000 * 16]
    assert math.isnan(round_trip(packets, FLOW, 10, 11)), "nothing was acknowledged"
    assert Delivery(packets.where("udp")).rate(10, 11) == 0


def test_segments_that_were_sent_twice_tell_no_round_trip(tmp_path: pathlib.Path) -> None:
    segments = [Segment(10, 1, 100), Segment(10.5, 1, 100), Segment(10.6, 101, 100)]
    segments += [Segment(10.7, 1, acknowledged=101, heard=True), Segment(10.8, 1, acknowledged=201, heard=True)]
    packets = _segments(tmp_path / "karn.pcap", segments)
    assert round_trip(packets, FLOW, 10, 11) == pytest.approx(0.2, abs=2e-6), "Karn's rule"


def test_pings_are_told_by_their_numbers(tmp_path: pathlib.Path) -> None:
    frames = [(10.0, _echo(8, 1)), (10.1, _echo(8, 2)), (10.2, _echo(8, 3)), (10.35, _echo(0, 3)), (10.3, _echo(0, 1))]
    times, trips = round_trips(_capture(tmp_path / "pings.pcap", frames))
    assert list(times) == pytest.approx([10.0, 10.1, 10.2])
    numpy.testing.assert_allclose(trips, [0.3, numpy.nan, 0.15], atol=2e-6)


def test_theory() -> None:
    assert theory.payload_rate(10e6) == pytest.approx(9.564e6, rel=1e-3)
    assert theory.waiting_time(1000, 10e6) == pytest.approx(1.2112)
    assert theory.window_limited(16384, 0.1, 10e6) == pytest.approx(1.31e6, rel=1e-2)
    assert theory.window_limited(1e6, 0.1, 10e6) == theory.payload_rate(10e6)
    assert theory.mathis(0.1, 0.01) == pytest.approx(1.4187e6, rel=1e-3)
    assert theory.jain([3, 3, 3]) == 1 and theory.jain([1, 0, 0, 0]) == 0.25 and theory.jain([0, 0]) == 0
    assert theory.jain([3, 1]) == pytest.approx(0.8)


def test_congestion_control_that_no_kernel_has() -> None:
    assert "reno" in congestion_controls()
    with pytest.raises(NotImplementedByRole, match="no congestion control carrier-pigeon; it has .*reno"):
        use_congestion_control(SimpleNamespace(), "carrier-pigeon")
