"""Which packets of a flow `wire` loses, computed a second time from what is documented: the link is to agree with it."""

from __future__ import annotations

import ipaddress

_ALL = (1 << 64) - 1
_LOSS, _PURPOSE = 1, 0xD1342543DE82EF95
_IPV4, _UDP, _HAS_PORTS = 1, 17, 1


def scramble(value: int) -> int:
    """SplitMix64's finaliser (Steele, Lea and Flood 2014)."""
    value = (value + 0x9E3779B97F4A7C15) & _ALL
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & _ALL
    value = (value ^ value >> 27) * 0x94D049BB133111EB & _ALL
    return value ^ value >> 31


def lost(seed: int, source: str, destination: str, port: int, share: float, count: int, backward: bool = False) -> list[int]:
    """Numbers of the first `count` datagrams from port to port that a link with this seed (its own, not the run's) loses."""
    mixed = scramble((scramble(seed) + backward) & _ALL)
    for address in (source, destination):
        for word in (int(ipaddress.IPv4Address(address)) << 32, 0):
            mixed = scramble(mixed ^ word)
    flow = scramble(mixed ^ (_IPV4 << 56 | _UDP << 48 | _HAS_PORTS << 40 | port << 16 | port))
    return [index for index in range(count) if _share(scramble(flow ^ scramble(index))) < share]


def _share(dice: int) -> float:
    return (scramble((dice + _LOSS * _PURPOSE) & _ALL) >> 11) * 2.0**-53
