"""How evenly a transport stream asks for its link (lab tv, question 7).

What is measured is the *wire* rate: every packet of the stream, null packets too, at the time its own clock (PCR) says
it is sent. A CBR multiplex fills what the pictures leave over with null packets, so that its wire rate never moves and
the unevenness of the pictures is absorbed once, by the decoder's own buffer, whose size the encoder guarantees (1 s).
A VBR stream has no fixed multiplex rate: each picture's packets follow each other as fast as they come.

The rate in windows of 100 ms exaggerates VBR, for a single large picture fills a window. The fair comparison is the
backlog at a link of constant rate: a short peak costs milliseconds there, a busy scene costs seconds.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from scenarios.tv.kit.ts import PACKET, TransportStream

_BITS = PACKET * 8


@dataclasses.dataclass(frozen=True)
class Rates:
    """Bit rates over consecutive windows of stream time, whole windows only: starts in s, values in bit/s."""

    window: float
    starts: np.ndarray
    values: np.ndarray

    @property
    def mean(self) -> float:
        return float(self.values.mean())

    @property
    def peak(self) -> float:
        return float(self.values.max())

    @property
    def peak_to_mean(self) -> float:
        return self.peak / self.mean


@dataclasses.dataclass(frozen=True)
class DecoderNeed:
    """What a decoder behind a link of constant rate needs to show every picture in time.

    start_up: seconds from the first byte's arrival to the first picture's decoding; bytes: the most that waits in
    its video buffer if it starts then.
    """

    start_up: float
    bytes: int


def of(stream: TransportStream, window: float = 0.1) -> Rates:
    """The wire rate in windows of the given length in seconds. Raises ValueError when the stream is shorter."""
    times = np.append(stream.times(), stream.duration())
    edges = np.arange(int(stream.duration() / window) + 1) * window
    if len(edges) < 2:
        raise ValueError(f"the stream lasts {stream.duration():.3f} s: not one window of {window} s")
    sent = np.interp(edges, times, np.arange(len(times)) * float(_BITS))
    return Rates(window, edges[:-1], np.diff(sent) / window)


def arrivals(stream: TransportStream, link: float) -> np.ndarray:
    """When each packet has crossed a link of so many bit/s with an endless queue, in seconds of stream time."""
    service = np.arange(len(stream) + 1) * _BITS / link
    return np.maximum.accumulate(stream.times() - service[:-1]) + service[1:]


def seconds_behind(stream: TransportStream, link: float) -> float:
    """By how many seconds the link falls behind the stream at worst: the longest wait in its queue."""
    return float((arrivals(stream, link) - _BITS / link - stream.times()).max())


def decoder_need(stream: TransportStream, link: float) -> DecoderNeed:
    """The start-up delay and buffer that let every picture arrive over the link before its decoding time (DTS).

    Raises ValueError when the stream carries no pictures with time stamps.
    """
    units = stream.access_units()
    if not units:
        raise ValueError("the stream carries no pictures with time stamps")
    arrived = arrivals(stream, link)
    video = np.flatnonzero(stream.pid == stream.pcr_pid)
    first = np.searchsorted(video, [unit.packet for unit in units])
    end = np.append(first[1:], len(video))
    complete = arrived[video[end - 1]]
    decode = np.array([unit.decode_time for unit in units])
    late = max(0.0, float((complete - decode).max()))
    # Just before each picture is taken out, what has arrived by then and was not taken yet is waiting.
    waiting = np.searchsorted(arrived[video], decode + late, side="right") - first
    return DecoderNeed(float(decode[0]) + late - float(arrived[0]), int(waiting.max()) * PACKET)
