"""What stands in a capture of one end of the link: when the kernel saw which of our packets."""

from __future__ import annotations

import dataclasses
import pathlib
import struct
from collections.abc import Iterator

UDP_PORT, TCP_PORT = 5000, 5001
SNAPLEN = 96
"""Bytes: all headers with their options, and the number behind them."""

_SECTION, _INTERFACE, _PACKET = 0x0A0D0D0A, 1, 6  # block types of pcapng
_RESOLUTION = 9  # option if_tsresol
_IPV4, _TCP, _UDP = b"\x08\x00", 6, 17


@dataclasses.dataclass(frozen=True)
class Datagram:
    """time: seconds since the epoch; number: the program's own; size: bytes of the frame."""

    time: float
    number: int
    size: int


@dataclasses.dataclass(frozen=True)
class Segment:
    """time: seconds since the epoch; sequence: of its first byte; payload: bytes."""

    time: float
    sequence: int
    payload: int


def frames(file: pathlib.Path) -> Iterator[tuple[float, int, bytes]]:
    """(seconds since the epoch, bytes of the frame, its first bytes) of each packet. Raises ValueError for what is no pcapng file."""
    data = file.read_bytes()
    if len(data) < 12 or struct.unpack_from("<II", data)[0] != _SECTION or struct.unpack_from("<I", data, 8)[0] != 0x1A2B3C4D:
        raise ValueError(f"{file} is no little-endian pcapng file")
    at, unit = 0, 1e-6
    while at + 12 <= len(data):
        kind, length = struct.unpack_from("<II", data, at)
        if length < 12 or at + length > len(data):
            break
        if kind == _INTERFACE:
            unit = _unit(data[at + 16 : at + length - 4])
        elif kind == _PACKET:
            high, low, kept, size = struct.unpack_from("<IIII", data, at + 12)
            yield (high << 32 | low) * unit, size, data[at + 28 : at + 28 + kept]
        at += length


def _unit(options: bytes) -> float:
    """Seconds that a time stamp of the interface counts."""
    at = 0
    while at + 4 <= len(options):
        code, length = struct.unpack_from("<HH", options, at)
        if code == _RESOLUTION:
            value = options[at + 4]
            return 2.0 ** -(value & 0x7F) if value & 0x80 else 10.0**-value
        if code == 0:
            break
        at += 4 + (length + 3) // 4 * 4
    return 1e-6


def datagrams(file: pathlib.Path) -> list[Datagram]:
    """Those of ours, to UDP_PORT, in the order of the capture."""
    found = []
    for time, size, frame in frames(file):
        if frame[12:14] == _IPV4 and frame[14] == 0x45 and frame[23] == _UDP and len(frame) >= 46:
            if int.from_bytes(frame[36:38], "big") == UDP_PORT:
                found.append(Datagram(time, int.from_bytes(frame[42:46], "big"), size))
    return found


def segments(file: pathlib.Path) -> list[Segment]:
    """Those to TCP_PORT that carry data, in the order of the capture."""
    found = []
    for time, _, frame in frames(file):
        if frame[12:14] == _IPV4 and frame[14] == 0x45 and frame[23] == _TCP and int.from_bytes(frame[36:38], "big") == TCP_PORT:
            payload = int.from_bytes(frame[16:18], "big") - 20 - (frame[46] >> 4) * 4
            if payload > 0:
                found.append(Segment(time, int.from_bytes(frame[38:42], "big"), payload))
    return found


def datagram_goodput(seen: list[Datagram], skip: int, headers: int = 42) -> float:
    """Mbit/s of the programs' bytes, over what came after the first `skip` (which a burst let pass). Raises ValueError for too few."""
    rest = seen[skip:]
    if len(rest) < 5:
        raise ValueError(f"only {len(seen)} datagrams arrived")
    return sum(one.size - headers for one in rest[1:]) * 8e-6 / (rest[-1].time - rest[0].time)


def segment_goodput(seen: list[Segment], begin: float) -> tuple[float, float]:
    """(Mbit/s of data that came for the first time, share of data that came again) from `begin` seconds after the first on."""
    known: set[int] = set()
    fresh = again = 0
    first = last = 0.0
    for one in seen:
        new = one.sequence not in known
        known.add(one.sequence)
        if one.time - seen[0].time < begin:
            continue
        if not first:
            first = one.time
            continue
        last = one.time
        fresh, again = (fresh + one.payload, again) if new else (fresh, again + one.payload)
    if last <= first:
        raise ValueError(f"only {len(seen)} segments arrived")
    return fresh * 8e-6 / (last - first), again / (fresh + again)
