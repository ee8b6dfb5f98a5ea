"""Who heard a stream of numbered messages when, while nodes died: from packets, and the times at which they were spoken."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

Arrivals = Mapping[int, Mapping[str, float]]  # number → host → when it arrived there first
Spoken = Mapping[int, float]  # number → when it was spoken


def heard_again(arrivals: Arrivals, spoken: Spoken, hosts: Collection[str], since: float) -> dict[str, float]:
    """Host → seconds from `since` until the first message that was spoken after it arrived there; infinite if none did."""
    later = [number for number, time in spoken.items() if time > since]
    return {
        host: min((arrivals[number][host] for number in later if host in arrivals.get(number, {})), default=math.inf) - since
        for host in hosts
    }


def lost(arrivals: Arrivals, spoken: Spoken, hosts: Collection[str], start: float, end: float) -> dict[str, int]:
    """Host → how many of the messages spoken in this time never arrived there; hosts that got all are left out."""
    among = [number for number, time in spoken.items() if start <= time < end]
    found = {host: sum(host not in arrivals.get(number, {}) for number in among) for host in hosts}
    return {host: count for host, count in found.items() if count}


def audience(arrivals: Arrivals, spoken: Spoken, within: float = math.inf) -> list[int]:
    """For each message, in order: how many hosts it reached within so many seconds."""
    return [sum(when - spoken[number] <= within for when in arrivals.get(number, {}).values()) for number in sorted(spoken)]
