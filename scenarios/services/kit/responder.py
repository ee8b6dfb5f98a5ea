"""A responder of round-trip probes (docs/protocols/rtt.md), asked by hand: message by message."""

from __future__ import annotations

import dataclasses
import struct
from typing import Any

from harness import Peer
from scenarios.services.kit.rtt import RESPONDER_PORT

MAGIC = b"RTTP"
PROBE, REPLY, REPEAT = 1, 2, 3
_FIELDS = struct.Struct(">4sBBHQIIIIQQ")
HEADER = _FIELDS.size


@dataclasses.dataclass(frozen=True)
class Message:
    """arrived and answered: ns of the responder's clock."""

    type: int = PROBE
    length: int = HEADER
    session: int = 0
    sequence: int = 0
    received: int = 0
    since: int = 0
    memory: int = 0
    arrived: int = 0
    answered: int = 0

    @property
    def octets(self) -> bytes:
        return _FIELDS.pack(MAGIC, 1, *dataclasses.astuple(self)).ljust(self.length, b"\0")


def read(octets: bytes) -> Message | bytes:
    """The message that they are; they themselves, when they are none."""
    if len(octets) < HEADER:
        return octets
    magic, version, *fields = _FIELDS.unpack_from(octets)
    message = Message(*fields)
    return message if (magic, version, message.length) == (MAGIC, 1, len(octets)) else octets


class Prober:
    """Over UDP, by one port."""

    def __init__(self, host: Any, responder: Any, session: int) -> None:
        self.peer, self.session = Peer(host, responder, RESPONDER_PORT, "udp"), session

    def ask(self, sequence: int, length: int = HEADER) -> Any:
        """The reply to a probe; b"" when none comes."""
        self.peer.send(Message(length=length, session=self.session, sequence=sequence).octets)
        return read(self.peer.receive())

    def told(self, sequence: int) -> Any:
        """Type, sequence, received and since of the reply to a probe; what comes instead of one."""
        reply = self.ask(sequence)
        return (reply.type, reply.sequence, reply.received, reply.since) if isinstance(reply, Message) else reply


def responder(lab: Any, host: Any) -> Any:
    """One that listens on a host. Somebody's is asked first whether it speaks docs/protocols/rtt.md at all, which no sheet asks for."""
    one = host.start("rtt-responder", port=RESPONDER_PORT).wait_listening(RESPONDER_PORT, "udp").wait_listening(RESPONDER_PORT)
    if lab.replaced("rtt-responder"):
        peer = Peer(lab.h1, host, RESPONDER_PORT, "udp")
        peer.send(Message(session=2**64 - 1).octets)
        if not peer.receive().startswith((MAGIC + bytes([1, REPLY]), MAGIC + bytes([1, REPEAT]))):
            lab.skip("rtt-responder does not speak docs/protocols/rtt.md, in which it is asked here; an echo service need not")
    return one
