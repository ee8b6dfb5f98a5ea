"""Messages of the chat's protocol (docs/protocols/mcast-chat.md), as a capture has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness import equals

if TYPE_CHECKING:
    from harness.evidence.capture.packets import Packets
    from harness.stage.lab import Lab

_HEADER = 8  # bytes of UDP's
_SHOWN = 40  # characters


def as_the_protocol_has_it(lab: Lab, seen: Packets, exchange: Sequence[str], largest: int) -> None:
    """States that the datagrams are these, in this order, and how many bytes the longest has."""
    said = [" ".join(filter(None, (one["mcast_chat.type"], one["mcast_chat.name"], one["mcast_chat.text"]))) for one in seen]
    what = "the whole conversation, as datagrams"
    lab.expect(said, equals(list(exchange)), what, on=seen, id="exchange", hint=lambda: _first(said, exchange))
    lengths = [one["udp.length"] - _HEADER for one in seen]
    lab.expect(max(lengths, default=0), equals(largest, "bytes"), "the longest datagram", on=seen, id="longest")


def _first(said: Sequence[str], wanted: Sequence[str]) -> str:
    """The first message that is another one than it should be."""
    pairs = list(zip([*said, "(nothing)"], [*wanted, "(nothing)"]))
    number = next((number for number, (one, other) in enumerate(pairs) if one != other), len(pairs) - 1)
    found, should = pairs[number]
    return f"{len(said)} datagrams, not {len(wanted)}; datagram {number + 1} is {found[:_SHOWN]!r} and not {should[:_SHOWN]!r}"
