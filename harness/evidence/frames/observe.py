"""The frames that a client and a server exchanged, out of a capture."""

from __future__ import annotations

from collections.abc import Iterable

from harness.evidence.capture.packets import Packet, Packets
from harness.evidence.frames.frame import CLIENT, SERVER, Frame, flag_text

_TCP, _UDP, _ICMP, _ICMP6 = 6, 17, 1, 58
_UDP_HEADER = 8
_UNREACHABLE = {0: "net unreachable", 1: "host unreachable", 2: "protocol unreachable", 3: "port unreachable"}
_ICMP_TYPES = {0: "echo reply", 8: "echo request", 11: "time exceeded"}


class SeveralConnections(ValueError):
    """Several TCP connections fit, and nobody said which one is meant."""


def exchange(packets: Packets, client: str, server: str, port: int | None = None, connection: int | None = None,
             kinds: Iterable[str] = ("TCP", "UDP", "ICMP", "IP")) -> list[Frame]:  # fmt: skip
    """The frames between two addresses. port: the server's; connection: the n-th TCP connection between them, from 0.
    Of TCP, one connection is meant: SeveralConnections is raised when there are more and connection is None."""
    wanted = set(kinds)
    chosen: list[tuple[Packet, Frame]] = []
    streams: list[int] = []
    for packet in packets.where(f"{_filter(client)} && {_filter(server)}"):
        frame = _frame(packet, client, server, port)
        if frame.kind not in wanted or (port is not None and frame.kind != "IP" and not _at(packet, frame, port)):
            continue
        if frame.kind == "TCP" and packet["tcp.stream"] not in streams:
            streams.append(packet["tcp.stream"])
        chosen.append((packet, frame))
    if len(streams) > 1 and connection is None:
        raise SeveralConnections(f"{len(streams)} connections between {client} and {server}: say which (connection=0 is the first)")
    if connection is not None:
        stream = streams[connection] if connection < len(streams) else None
        chosen = [(packet, frame) for packet, frame in chosen if frame.kind != "TCP" or packet["tcp.stream"] == stream]
    return [frame for _, frame in chosen]


def _filter(address: str) -> str:
    return f"{'ipv6' if ':' in address else 'ip'}.addr == {address}"


def _at(packet: Packet, frame: Frame, port: int) -> bool:
    """True if the server's end has this port. An ICMP error quotes the datagram that it is about, ports and all."""
    layer = "tcp" if frame.kind == "TCP" else "udp"
    if frame.kind == "ICMP":
        return port in (packet["udp.dstport"], packet["udp.srcport"], packet["tcp.dstport"], packet["tcp.srcport"])
    return packet[f"{layer}.dstport" if frame.side == CLIENT else f"{layer}.srcport"] == port


def _frame(packet: Packet, client: str, server: str, port: int | None) -> Frame:
    protocol = packet["ip.proto"] if packet["ip.proto"] is not None else packet["ipv6.nxt"]
    layer = {_TCP: "tcp", _UDP: "udp"}.get(protocol)
    ports = [packet[f"{layer}.{end}"] if layer else None for end in ("srcport", "dstport")]
    # On one host the server's port alone tells them apart.
    side = CLIENT if packet.source == client and (client != server or ports[0] != port) else SERVER
    client_port, server_port = ports if side == CLIENT else ports[::-1]
    common = {
        "side": side, "client_port": client_port, "server_port": server_port,
        "number": packet.number, "time": packet.time, "length": packet.length,
    }  # fmt: skip
    if packet["ip.flags.mf"] or packet["ip.frag_offset"]:
        return Frame(kind="IP", flags="fragment", payload=(packet["ip.len"] or 20) - 20, **common)
    if protocol == _TCP and packet["tcp.len"] is not None:
        return Frame(
            flags=flag_text(packet["tcp.flags"]), payload=packet["tcp.len"], sequence=packet["tcp.seq"],
            acknowledged=packet["tcp.ack"], retransmission=packet["tcp.analysis.retransmission"] is not None, **common,
        )  # fmt: skip
    if protocol == _UDP and packet["udp.length"] is not None:
        return Frame(kind="UDP", payload=packet["udp.length"] - _UDP_HEADER, **common)
    if protocol in (_ICMP, _ICMP6):
        return Frame(kind="ICMP", flags=_icmp(packet), **common)
    return Frame(kind="IP", flags=f"protocol {protocol}", **common)


def _icmp(packet: Packet) -> str:
    kind, code = packet["icmp.type"], packet["icmp.code"]
    if kind is None:
        return f"v6 type {packet['icmpv6.type']} code {packet['icmpv6.code']}"
    if kind == 3:
        return _UNREACHABLE.get(code, f"unreachable, code {code}")
    return _ICMP_TYPES.get(kind, f"type {kind} code {code}")
