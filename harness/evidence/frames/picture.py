"""Packets and system calls as sequence diagrams draw them (harness.report.sequence)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mininet.node import Node

from harness.evidence.capture.packets import Packet, Packets
from harness.evidence.frames import frame as exchanged
from harness.evidence.trace.causes import Cause, Causes
from harness.judge.result import Frame, Mark, TranscriptEntry

MOST_FRAMES = 200
# What Wireshark's Info column says of every segment, and a reader of a diagram does not ask.
_NOISE = re.compile(r" (?:Win|MSS|WS|TSval|TSecr|SLE|SRE)=\d+| SACK_PERM(?:=1)?| \[TCP segment of a reassembled PDU\]")
_FIN, _SYN, _RST = 1, 2, 4
_ASIDE = 1.0  # seconds before the first and after the last frame in which keys, signals and ends belong to the story
_KEYS = {"^C": "Ctrl+C", "^D": "Ctrl+D"}


def drawn(packets: Packets, nodes: Iterable[Node], started: float) -> list[Frame]:
    """The first MOST_FRAMES packets, between Mininet's nodes by their names. started: when the run's clock began, seconds since the epoch."""
    columns = {}
    for node in nodes:
        for interface in node.intfList():
            columns[(interface.IP() or "").split("/")[0]] = node.name
            columns[(interface.MAC() or "").lower()] = node.name
    return [
        Frame(
            packet.number,
            round(packet.time - started, 6),
            columns.get(packet.source) or columns.get(packet["eth.src"]) or packet.source,
            columns.get(packet.destination) or packet.destination,
            _NOISE.sub("", packet.info) if packet["tcp.flags"] is not None else packet.info,
            packets.interface,
            kind_of(packet),
        )
        for packet in (packets[row] for row in range(min(MOST_FRAMES, len(packets))))
    ]


def kind_of(packet: Packet) -> str:
    """The kind that gives a packet its colour: syn, fin, reset, data, ack, repeat, error or none."""
    if packet["icmp.type"] in (3, 4, 5, 11, 12) or packet["icmpv6.type"] in (1, 2, 3, 4):
        return "error"
    flags = packet["tcp.flags"]
    if flags is None:
        return ""
    if packet["tcp.analysis.retransmission"] is not None:
        return "repeat"
    for bit, kind in ((_RST, "reset"), (_SYN, "syn"), (_FIN, "fin")):
        if flags & bit:
            return kind
    return "data" if packet["tcp.len"] else "ack"


def of_frame(frame: exchanged.Frame, hosts: tuple[str, str], started: float) -> Frame:
    """A frame of an exchange between two hosts."""
    source, destination = hosts if frame.side == exchanged.CLIENT else hosts[::-1]
    label = f"[{frame.flags}] Seq={frame.sequence}" if frame.kind == "TCP" else f"{frame.kind} {frame.flags}".strip()
    if frame.kind == "TCP" and "ACK" in frame.flag_set:
        label += f" Ack={frame.acknowledged}"
    flags = frame.flag_set
    kind = "data" if frame.payload else "ack"
    for flag, name in (("FIN", "fin"), ("SYN", "syn"), ("RST", "reset")):
        kind = name if flag in flags else kind
    kind = "repeat" if frame.retransmission else kind if frame.kind == "TCP" else "error" if frame.kind == "ICMP" else ""
    return Frame(frame.number, _since(frame.time, started), source, destination, f"{label} Len={frame.payload}", kind=kind)


def marks(found: Causes, transcript: Sequence[TranscriptEntry], started: float) -> list[Mark]:
    """Calls, signals, keys and ends beside the columns of both hosts."""
    made: list[Mark] = []
    for one in found:
        made += _of_cause(one, found.hosts, started)
    if not len(found):
        return made
    first, last = found[0].frame.time - started - _ASIDE, found[-1].frame.time - started + _ASIDE
    for host, holding in zip(found.hosts, (found.client, found.server)):
        made += [Mark(_since(signal.start, started), host, signal.text, "signal") for signal in holding.signals]
        made += [Mark(_since(end.start, started), host, end.text, "killed" if end.signal else "end") for end in holding.ends]
    hosts = dict(zip(found.programs, found.hosts))
    for entry in transcript:
        if entry.kind == "type" and entry.program in hosts:
            made.append(Mark(entry.time, hosts[entry.program], _KEYS.get(entry.text) or _typed(entry.text), "type"))
    return [mark for mark in made if mark.number or first <= mark.time <= last]


def _of_cause(one: Cause, hosts: tuple[str, str], started: float) -> list[Mark]:
    sender, receiver = hosts if one.side == exchanged.CLIENT else hosts[::-1]
    number = one.frame.number
    made = [Mark(_since(call.end or call.start, started), receiver, call.text, "return", number) for call in one.received]
    if one.call is not None:
        return [Mark(_since(one.call.start, started), sender, one.call.text, "call", number), *made]
    text = "kernel" if one.cause == exchanged.KERNEL else "no call known"
    return [Mark(_since(one.frame.time, started), sender, text, "kernel", number), *made]


def _since(time: float, started: float) -> float:
    return round(time - started, 6)


def _typed(text: str) -> str:
    shown = text.rstrip("\n")
    return f"types {shown[:24]!r}" + ("…" if len(shown) > 24 else "")
