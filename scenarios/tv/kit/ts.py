"""Reads an MPEG transport stream (ISO/IEC 13818-1, 2.4.3) as arrays: one element per packet of 188 bytes.

Times are seconds; PCRs are ticks of 27 MHz, unwrapped so that they only grow across the 33-bit wrap. A stream whose
bytes are damaged is resynchronised on the sync byte; the bytes skipped on the way are counted.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import pathlib

import numpy as np

from harness.judge.waiting import ProgramFault

PACKET = 188
SYNC = 0x47
NULL_PID = 0x1FFF
TICKS = 27_000_000
_PCR_WRAP = (1 << 33) * 300


class NotTransportStream(ProgramFault, ValueError):
    """The bytes hold no two neighbouring packets of 188 bytes with a sync byte."""


@dataclasses.dataclass(frozen=True)
class AccessUnit:
    """The start of one PES packet, which for video is one coded picture: where it begins and when it is decoded."""

    packet: int
    decode_time: float


@dataclasses.dataclass(frozen=True)
class TransportStream:
    """The packets of a stream. packets has the shape (count, 188); offsets are their places in the file, in bytes."""

    packets: np.ndarray
    offsets: np.ndarray
    skipped: int

    def __len__(self) -> int:
        return len(self.packets)

    @functools.cached_property
    def pid(self) -> np.ndarray:
        """The packet identifier of each packet."""
        return ((self.packets[:, 1].astype(np.int32) & 0x1F) << 8) | self.packets[:, 2]

    @functools.cached_property
    def unit_start(self) -> np.ndarray:
        """True where a PES packet or a table section begins."""
        return (self.packets[:, 1] & 0x40) != 0

    @functools.cached_property
    def has_payload(self) -> np.ndarray:
        return (self.packets[:, 3] & 0x10) != 0

    @functools.cached_property
    def counter(self) -> np.ndarray:
        """The continuity counter of each packet, 0 to 15."""
        return self.packets[:, 3] & 0x0F

    @functools.cached_property
    def _adaptation_flags(self) -> np.ndarray:
        has_flags = ((self.packets[:, 3] & 0x20) != 0) & (self.packets[:, 4] > 0)
        return np.where(has_flags, self.packets[:, 5], 0)

    @property
    def null_packets(self) -> int:
        return int(np.count_nonzero(self.pid == NULL_PID))

    def describe(self) -> str:
        """Its packets, those without content, and its clock references, in a sentence."""
        where, ticks = self.pcr
        return (
            f"the stream has {len(self):,} packets of {PACKET} bytes, {self.null_packets:,} of them null packets; {len(where):,} clock references, "
            f"the last one {(ticks[-1] - ticks[0]) / TICKS:.4g} s after the first, in packets {where[0] + 1:,} to {where[-1] + 1:,}"
        )

    def pids(self) -> dict[int, int]:
        """How many packets each PID has."""
        values, counts = np.unique(self.pid, return_counts=True)
        return {int(value): int(count) for value, count in zip(values, counts)}

    def continuity_errors(self) -> int:
        """Counts the packets whose counter does not follow that of the same PID (2.4.3.3).

        A packet without payload repeats the counter; one duplicate of a packet is legal; an announced discontinuity and
        null packets are not errors.
        """
        errors = 0
        for pid in np.unique(self.pid):
            if pid == NULL_PID:
                continue
            which = np.flatnonzero(self.pid == pid)
            counter = self.counter[which].astype(np.int16)
            payload = self.has_payload[which]
            step = (counter[1:] - counter[:-1]) % 16
            duplicate = (step == 0) & payload[1:] & payload[:-1]
            duplicate[1:] &= ~duplicate[:-1].copy()
            legal = np.where(payload[1:], (step == 1) | duplicate, step == 0)
            announced = (self._adaptation_flags[which][1:] & 0x80) != 0
            errors += int(np.count_nonzero(~(legal | announced)))
        return errors

    @functools.cached_property
    def pcr_pid(self) -> int:
        """The PID that carries the most PCRs."""
        carriers = self.pid[self._with_pcr]
        if not len(carriers):
            raise NotTransportStream("the stream carries no program clock reference (PCR)")
        return int(np.bincount(carriers).argmax())

    @functools.cached_property
    def _with_pcr(self) -> np.ndarray:
        # An adaptation field shorter than 7 bytes cannot hold a PCR whatever its flags say.
        return ((self._adaptation_flags & 0x10) != 0) & (self.packets[:, 4] >= 7)

    @functools.cached_property
    def pcr(self) -> tuple[np.ndarray, np.ndarray]:
        """Packet numbers and PCR ticks (int64, unwrapped) of the program's clock, in the order of the stream."""
        where = np.flatnonzero(self._with_pcr & (self.pid == self.pcr_pid))
        field = self.packets[where, 6:12].astype(np.int64)
        base = (field[:, 0] << 25) | (field[:, 1] << 17) | (field[:, 2] << 9) | (field[:, 3] << 1) | (field[:, 4] >> 7)
        ticks = base * 300 + (((field[:, 4] & 1) << 8) | field[:, 5])
        wraps = np.cumsum(np.diff(ticks, prepend=ticks[:1]) < -_PCR_WRAP // 2)
        return where, ticks + wraps * _PCR_WRAP

    def pcr_rates(self) -> np.ndarray:
        """The bit rate of each interval between two neighbouring PCRs, in bit/s."""
        where, ticks = self.pcr
        elapsed = np.diff(ticks)
        if len(elapsed) == 0 or (elapsed <= 0).any():
            raise NotTransportStream("the program clock (PCR) stands still or runs backwards")
        return np.diff(where) * PACKET * 8 * TICKS / elapsed

    def duration(self) -> float:
        """Seconds of stream time, by its PCRs; the ends before the first and after the last PCR go at the mean rate."""
        where, ticks = self.pcr
        if len(where) < 2:
            raise NotTransportStream("the stream carries fewer than two PCRs")
        return float(len(self) * (ticks[-1] - ticks[0]) / (where[-1] - where[0]) / TICKS)

    def times(self) -> np.ndarray:
        """When each packet is sent, in seconds since the first one, interpolated between PCRs by bytes."""
        where, ticks = self.pcr
        mean = self.duration() / len(self)
        lead = where[0] * mean
        index = np.arange(len(self))
        times = np.interp(index, where, lead + (ticks - ticks[0]) / TICKS)
        times[: where[0]] = index[: where[0]] * mean
        times[where[-1] + 1 :] = times[where[-1]] + (index[where[-1] + 1 :] - where[-1]) * mean
        return times

    def access_units(self, pid: int | None = None) -> list[AccessUnit]:
        """The PES packets of a PID (by default the clock's, the video); decode_time on the same clock as times()."""
        where, ticks = self.pcr
        origin = ticks[0] / TICKS - where[0] * self.duration() / len(self)
        units = []
        for number in np.flatnonzero((self.pid == (self.pcr_pid if pid is None else pid)) & self.unit_start):
            packet = self.packets[number]
            start = 4 + (1 + int(packet[4]) if packet[3] & 0x20 else 0)
            header = bytes(packet[start : start + 19])
            if len(header) < 14 or header[:3] != b"\x00\x00\x01" or not header[7] & 0x80:
                continue
            stamp = header[14:19] if header[7] & 0x40 else header[9:14]
            if len(stamp) == 5:
                units.append(AccessUnit(int(number), _timestamp(stamp) / 90_000 - origin))
        return units


def _timestamp(field: bytes) -> int:
    """A PTS or DTS (2.4.3.7): 33 bits spread over 5 bytes, ticks of 90 kHz."""
    high, low = int.from_bytes(field[1:3], "big") >> 1, int.from_bytes(field[3:5], "big") >> 1
    return ((field[0] >> 1) & 7) << 30 | high << 15 | low


def parse(data: bytes) -> TransportStream:
    """Finds the packets in data. Raises NotTransportStream when there are none."""
    octets = np.frombuffer(data, dtype=np.uint8)
    sync = octets == SYNC
    # A sync byte is believed when the next packet's one stands in its place too, or the data end right there.
    believed = sync.copy()
    believed[:-PACKET] &= sync[PACKET:]
    believed[max(0, len(data) - PACKET) :] = False
    if len(data) >= PACKET and sync[-PACKET]:
        believed[-PACKET] = True
    candidates = np.flatnonzero(believed)
    runs, position, packets = [], 0, 0
    while position + PACKET <= len(data):
        ahead = sync[position : len(data) - PACKET + 1 : PACKET]
        length = len(ahead) if ahead.all() else int(np.argmin(ahead))
        if length:
            runs.append(position + PACKET * np.arange(length))
            packets += length
            position += PACKET * length
        else:
            following = np.searchsorted(candidates, position)
            if following == len(candidates):
                break
            position = int(candidates[following])
    if packets < 2:
        raise NotTransportStream(f"no MPEG transport stream: {len(data)} bytes without two packets of {PACKET} bytes")
    offsets = np.concatenate(runs)
    return TransportStream(octets[offsets[:, None] + np.arange(PACKET)], offsets, len(data) - PACKET * packets)


def read(path: str | os.PathLike[str]) -> TransportStream:
    """Reads a whole file. Raises OSError, or NotTransportStream naming the file."""
    try:
        return parse(pathlib.Path(path).read_bytes())
    except NotTransportStream as error:
        raise NotTransportStream(f"{os.fspath(path)}: {error}") from None
