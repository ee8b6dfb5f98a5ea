"""A frame of an exchange between a client and a server, as a reference table states it and as a capture shows it."""

from __future__ import annotations

import dataclasses

CLIENT, SERVER = "client", "server"
KERNEL = "kernel"
_BITS = {"FIN": 1, "SYN": 2, "RST": 4, "PSH": 8, "ACK": 16, "URG": 32}


@dataclasses.dataclass(frozen=True)
class Frame:
    """One frame. side: who sends it; kind: TCP, UDP, ICMP or IP (a fragment); flags: TCP's as Wireshark writes them
    ("SYN, ACK"), or what an ICMP message says; payload: bytes above TCP or UDP; length: bytes on the wire without the
    frame check sequence, None where a table does not say.

    Of a reference: cause is the system call that makes the kernel send it ("kernel": none does), may_join that this FIN may
    ride on the data before it, remark a word for people. Of a capture: number, time (seconds since the epoch), and the relative
    sequence and acknowledgement numbers and ports, None where there are none.
    """

    side: str
    flags: str = ""
    payload: int = 0
    length: int | None = None
    kind: str = "TCP"
    cause: str = ""
    may_join: bool = False
    remark: str = ""
    number: int = 0
    time: float = 0.0
    sequence: int | None = None
    acknowledged: int | None = None
    retransmission: bool = False
    client_port: int | None = None
    server_port: int | None = None

    @property
    def flag_set(self) -> frozenset[str]:
        return frozenset(self.flags.split(", ")) if self.flags else frozenset()

    @property
    def pure_ack(self) -> bool:
        """True for a TCP segment that says nothing but what its sender has received."""
        return self.kind == "TCP" and self.flags == "ACK" and not self.payload

    @property
    def consumes(self) -> int:
        """Sequence numbers that the segment takes: its bytes, and one each for SYN and FIN (RFC 9293, 3.4)."""
        return self.payload + len(self.flag_set & {"SYN", "FIN"}) if self.kind == "TCP" else 0

    @property
    def label(self) -> str:
        """The frame in a few words: "SYN, ACK", "PSH, ACK 36", "UDP 4"."""
        what = self.flags if self.kind == "TCP" else f"{self.kind} {self.flags}".strip()
        return f"{what} {self.payload}" if self.payload or self.kind == "UDP" else what


def other(side: str) -> str:
    return SERVER if side == CLIENT else CLIENT


def flag_text(bits: int) -> str:
    """TCP's flag bits in words, in Wireshark's order. The bits of ECN are left out: they say nothing about the exchange."""
    return ", ".join(name for name, bit in _BITS.items() if bits & bit)
