"""Packets by name: words for the display filters that scenarios use most, so that nobody counts flags by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.stage.host import Host

_SAID = {
    "SYN": "tcp.flags.syn == 1", "FIN": "tcp.flags.fin == 1", "RST": "tcp.flags.reset == 1", "PSH": "tcp.flags.push == 1",
    "ACK": "tcp.flags.ack == 1", "data": "tcp.len > 0",
}  # fmt: skip


class Filter(str):
    """A display filter; words: what it chooses, for people."""

    words: str

    def __new__(cls, text: str, words: str) -> Filter:
        one = super().__new__(cls, text)
        one.words = words
        return one

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return str(self), self.words  # by which it is copied


def tcp(*what: str, source: Host | int | None = None, to: Host | int | None = None, acknowledges: int | None = None) -> Filter:
    """Segments of TCP. what: flags that are set ("SYN", "FIN", "RST", "PSH", "ACK"), or "data" for those that carry some; source and to: a
    host, or the port of a server; acknowledges: so many bytes of data, all that was sent to it before."""
    parts = [_SAID[one] for one in what] + _ends("tcp", source, to)
    words = " ".join(what) or "segment"
    if acknowledges is not None:
        parts.append(f"tcp.ack == {1 + acknowledges}")  # the SYN takes number 0 (RFC 9293, 3.4)
        words = f"acknowledgement of {acknowledges} bytes"
    return Filter(" && ".join(parts) or "tcp", f"{words}{_words(source, to)}")


def udp(*, source: Host | int | None = None, to: Host | int | None = None) -> Filter:
    """Datagrams of UDP, without those that ICMP quotes; source and to: a host, or the port of a server."""
    return Filter(" && ".join(["udp", *_ends("udp", source, to), "!icmp && !icmpv6"]), f"datagram{_words(source, to)}")


def _ends(protocol: str, source: Host | int | None, to: Host | int | None) -> list[str]:
    found = []
    for end, port, place in ((source, "srcport", "src"), (to, "dstport", "dst")):
        if isinstance(end, int):
            found.append(f"{protocol}.{port} == {end}")
        elif end is not None:
            found.append(f"{'ipv6' if ':' in str(end) else 'ip'}.{place} == {end}")
    return found


def _words(source: Host | int | None, to: Host | int | None) -> str:
    ends = [(word, end) for word, end in (("from", source), ("to", to)) if end is not None]
    return "".join(f" {word} {f'port {end}' if isinstance(end, int) else getattr(end, 'name', str(end))}" for word, end in ends)
