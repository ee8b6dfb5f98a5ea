"""What the hosts send. Nothing is measured here: the captures tell."""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
import threading
import time
from collections.abc import Iterator
from typing import Any

from bench.links.captures import TCP_PORT, UDP_PORT
from harness.world.network.namespaces import visiting

_NUMBER = struct.Struct("!I")
_UDP_SEGMENT = 103  # of SOL_UDP: the kernel cuts one call's data into datagrams
_MOST_AT_ONCE = 40
_PIECE = 1 << 20
_BEHIND = 50  # datagrams that are sent at once where the sender was late


@contextlib.contextmanager
def _sockets(source: Any, target: Any) -> Iterator[socket.socket]:
    """A connected UDP socket at the source; at the target one that takes no notice, so that nobody answers "unreachable"."""
    with visiting(target.pid):
        inbox = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with visiting(source.pid):
        outbox = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with inbox, outbox:
        inbox.bind((target.IP(), UDP_PORT))
        outbox.bind((source.IP(), UDP_PORT))
        outbox.connect((target.IP(), UDP_PORT))
        yield outbox


def steady(source: Any, target: Any, count: int, every: float, payload: int) -> None:
    """Numbered datagrams, one each so many seconds."""
    rest = bytes(payload - _NUMBER.size)
    with _sockets(source, target) as outbox:
        begun, sent = time.monotonic(), 0
        while sent < count:
            due = min(count, int((time.monotonic() - begun) / every) + 1, sent + _BEHIND)
            for number in range(sent, due):
                outbox.send(_NUMBER.pack(number) + rest)
            sent = max(sent, due)
            time.sleep(max(0.0, begun + sent * every - time.monotonic()))


def flood(source: Any, target: Any, seconds: float, offered: float, payload: int) -> None:
    """Full datagrams at a rate of `offered` Mbit/s of their frames, in small groups."""
    frame_seconds = (payload + 42) * 8e-6 / offered
    group = max(1, min(_MOST_AT_ONCE, int(0.004 / frame_seconds)))
    data = [bytes(payload)] * group
    with _sockets(source, target) as outbox:
        begun = time.monotonic()
        turn = 0
        while (now := time.monotonic() - begun) < seconds:
            if turn * group * frame_seconds <= now:
                _send_together(outbox, data)
                turn += 1
            else:
                time.sleep(turn * group * frame_seconds - now)


def burst(source: Any, target: Any, count: int, payload: int) -> None:
    """Numbered datagrams as fast as they go: several from each call, since a program alone is slower than a quick link."""
    with _sockets(source, target) as outbox:
        outbox.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)
        pieces = [_NUMBER.pack(number) + bytes(payload - _NUMBER.size) for number in range(count)]
        for first in range(0, count, _MOST_AT_ONCE):
            _send_together(outbox, pieces[first : first + _MOST_AT_ONCE])


def _send_together(outbox: socket.socket, datagrams: list[bytes]) -> None:
    """Datagrams of one length from one call, where the kernel can: older ones want an interface that computes checksums for it."""
    try:
        outbox.setsockopt(socket.IPPROTO_UDP, _UDP_SEGMENT, len(datagrams[0]))
        outbox.send(b"".join(datagrams))
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        outbox.setsockopt(socket.IPPROTO_UDP, _UDP_SEGMENT, 0)
        for datagram in datagrams:
            outbox.send(datagram)


def bulk(source: Any, target: Any, seconds: float, streams: int = 1, wake_at: int = 1) -> list[tuple[float, int]]:
    """TCP connections with always something to send. (seconds, bytes that the receivers had read by then), ten times a second.

    wake_at: bytes that wake a receiver; the more, the less of the machine goes into reading.
    """
    ends = [_connection(source, target, TCP_PORT + number) for number in range(streams)]
    for _, server in ends:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, wake_at)
    counts, over = [0] * streams, threading.Event()
    threads = [threading.Thread(target=_send, args=(client, over)) for client, _ in ends]
    threads += [threading.Thread(target=_receive, args=(server, counts, number)) for number, (_, server) in enumerate(ends)]
    for thread in threads:
        thread.start()
    begun, found = time.monotonic(), []
    while (now := time.monotonic() - begun) < seconds:
        found.append((now, sum(counts)))
        time.sleep(0.1)
    over.set()
    for client, server in ends:
        for end in (client, server):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # what is left is not wanted
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
    for thread in threads:
        thread.join()
    for client, server in ends:
        client.close()
        server.close()
    return found


def _connection(source: Any, target: Any, port: int) -> tuple[socket.socket, socket.socket]:
    with visiting(target.pid):
        listener = socket.create_server((target.IP(), port))
    with visiting(source.pid):
        client = socket.socket()
    with listener:
        listener.settimeout(30)
        client.settimeout(30)
        client.connect((target.IP(), port))
        server, _ = listener.accept()
    client.settimeout(None)
    server.settimeout(None)
    return client, server


def _send(client: socket.socket, over: threading.Event) -> None:
    data = bytes(_PIECE)
    with contextlib.suppress(OSError):
        while not over.is_set():
            client.send(data)


def _receive(server: socket.socket, counts: list[int], number: int) -> None:
    room = bytearray(_PIECE)
    with contextlib.suppress(OSError):
        while length := server.recv_into(room):
            counts[number] += length
