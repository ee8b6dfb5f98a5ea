"""Do switches treat multicast as they are told to? Asked by packets, before a scenario uses the network.

Two hosts of each segment send to a group that nobody has joined, and to the group that every IPv6 host is a member of by its
address (solicited-node, RFC 4291 section 2.7.1); a broadcast behind them tells when all have arrived that ever will. Until
the right hosts and no others have got each, the question for members is asked again.
"""

from __future__ import annotations

import contextlib
import ipaddress
import time
from typing import TYPE_CHECKING, Any

from harness.world.network.beacons import Beacons
from harness.world.network.errors import NetworkError
from harness.world.network.multicast_tables import LOCAL, table_of

if TYPE_CHECKING:
    from harness.world.network.multicast import Multicast, Segment

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_DEADLINE = 20.0  # seconds
_ROUND = 2.0  # seconds that a round may take
_LOST = 0.2  # seconds after which a broadcast is sent again, since links may lose some
_AGAIN = 0.25  # seconds after which members are asked again, and then after twice as long
_PAUSE = 0.01  # seconds
_NOBODY: dict[int, _Address] = {1: ipaddress.IPv4Address("233.252.0.77"), 2: ipaddress.IPv6Address("ff12::db8:77")}
"""Groups that nobody has joined: of MCAST-TEST-NET (RFC 6676), and a transient one that no router hands on."""
_FIRST = 3
_MOST = 250


def wait_until_it_works(multicast: Multicast) -> None:
    """Raises NetworkError, with what is still wrong, when it does not in time."""
    deadline = time.monotonic() + _DEADLINE
    next_question, patience = 0.0, _AGAIN
    with contextlib.ExitStack() as stack:
        trials = [_Trial(segment) for segment in multicast.segments]
        for trial in trials:
            stack.callback(trial.close)
        while trials:
            if time.monotonic() > next_question:
                multicast.ask()
                next_question, patience = time.monotonic() + patience, 2 * patience
            trials = [trial for trial in trials if not (queriers_are_known(multicast, trial.segment) and trial.succeeds())]
            if trials and time.monotonic() > deadline:
                problems = "; ".join(trial.problem or "no querier was heard" for trial in trials)
                raise NetworkError(f"switches do not treat multicast as they were told to: {problems}")


def queriers_are_known(multicast: Multicast, segment: Segment) -> bool:
    """True once every switch of a segment that snoops knows where its elected querier is."""
    if not segment.candidates:
        return True
    elected = segment.candidates[0]
    towards: dict[Any, str] = segment.towards(elected)
    for switch in segment.switches:
        if switch not in multicast.snooping or (switch is elected and multicast.kind == "bridge"):
            continue
        if (LOCAL if switch is elected else towards[switch]) not in table_of(switch, multicast.kind).routers:
            return False
    return True


class _Trial:
    """Rounds of packets in one segment. problem: of the last round; empty when it went as it should."""

    def __init__(self, segment: Segment) -> None:
        from harness.world.network.multicast import FLOOD, is_router

        self.segment, self.problem = segment, ""
        stations = [intf for _, _, intf in segment.stations()]
        self._ears = [intf for intf in stations if not is_router(intf.node)][:_MOST]
        self._sources = list(dict.fromkeys([stations[0], stations[-1]])) if len(stations) > 1 else []
        self._groups = [_solicited(intf) for intf in self._ears]
        self._floods = segment.modes == {FLOOD}
        self._mixed = FLOOD in segment.modes and not self._floods
        self._number = 0
        self._ever: set[tuple[str, str, int]] = set()
        self._beacons = Beacons(self._sources, self._ears)

    def close(self) -> None:
        self._beacons.close()

    def succeeds(self) -> bool:
        """One round."""
        if not self._sources or not self._ears:
            return True
        self._number += 1
        for source in self._sources:
            for what, group in _NOBODY.items():
                self._beacons.to_group(source, group, self._number, what)
            for place, solicited in enumerate(self._groups):
                if solicited:
                    self._beacons.to_group(source, solicited, self._number, _FIRST + place)
            self._beacons.broadcast(source, self._number)
        wanted, seen = self._wanted(), self._collect()
        self._ever |= seen
        missing, extra = sorted(wanted - self._ever), sorted(seen - wanted)
        self.problem = ""
        if missing:
            self.problem = f"{missing[0][0]} did not get a packet to {self._group(missing[0][2])} from {missing[0][1]}"
        elif extra and not self._mixed:
            self.problem = f"{extra[0][0]} got a packet to {self._group(extra[0][2])} from {extra[0][1]}"
        if self.problem:
            time.sleep(_PAUSE)
        return not self.problem

    def _group(self, what: int) -> Any:
        return _NOBODY.get(what) or self._groups[what - _FIRST]

    def _wanted(self) -> set[tuple[str, str, int]]:
        """(ear, source, what) that should arrive."""
        wanted = set()
        for source in self._sources:
            for ear in self._ears:
                if ear is source:
                    continue
                place = self._ears.index(ear)
                for what in (*_NOBODY, *range(_FIRST, _FIRST + len(self._groups))):
                    group = self._group(what)
                    if group and (self._floods or (what >= _FIRST and group == self._groups[place])):
                        wanted.add((ear.name, source.name, what))
        return wanted

    def _collect(self) -> set[tuple[str, str, int]]:
        """What arrives before every ear has heard the broadcasts of this round."""
        names = {self._beacons.mac(source): source.name for source in self._sources}
        awaited = {(ear.name, source.name) for ear in self._ears for source in self._sources if ear is not source}
        seen = set()
        end = time.monotonic() + _ROUND
        while awaited and time.monotonic() < end:
            for ear, mac, number, what in self._beacons.arrivals(time.monotonic() + _LOST):
                if number == self._number and mac in names:
                    if what:
                        seen.add((ear.name, names[mac], what))
                    else:
                        awaited.discard((ear.name, names[mac]))
                if not awaited:
                    return seen
            for source in self._sources:
                self._beacons.broadcast(source, self._number)
        return seen


def _solicited(intf: Any) -> ipaddress.IPv6Address | None:
    """The first solicited-node group that an interface is a member of; None where IPv6 is switched off."""
    with open(f"/proc/{intf.node.pid}/net/igmp6", encoding="ascii") as file:
        for line in file:
            _, name, group, *_ = line.split()
            if name == intf.name and group.startswith("ff0200000000000000000001ff"):
                return ipaddress.IPv6Address(bytes.fromhex(group))
    return None
