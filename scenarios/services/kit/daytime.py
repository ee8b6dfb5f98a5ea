"""Servers of date and time on h1, and clients on h2: what they are asked, and the times of day that they tell."""

from __future__ import annotations

import datetime
import math
import pathlib
import re
import time
import zoneinfo
from typing import Any

from harness import Peer, below, contains, matches
from scenarios.services.kit.fake_clock import environment

AGENTS = pathlib.Path(__file__).parents[1] / "agents"
PORT, HOME = 13, "America/Argentina/Buenos_Aires"
FORMAT = "%Y-%m-%dT%H:%M:%S"
MAGIC, LENGTH = b"WPDT", 192
QUESTION = MAGIC + bytes([1, 1]) + bytes(LENGTH - len(MAGIC) - 2)
"""For the server's own zone, with the id 0 (docs/protocols/daytime.md)."""
ANSWER = MAGIC + bytes([1, 2]) + bytes(LENGTH - len(MAGIC) - 2)
_TIME = re.compile(r"(?<!\d)(\d{1,2}):(\d\d):(\d\d)(?!\d)(?:\s*([ap])\.?m\b)?", re.IGNORECASE)
_QUARTER = 900  # s; offsets of all zones of today are whole quarters of an hour
_SLACK = 2  # s


def daytime_server(lab: Any, **parameters: Any) -> Any:
    """A server on h1 whose port is bound."""
    return lab.h1.start("daytime-server", port=PORT, **parameters).wait_listening(PORT, "udp")


def ask(lab: Any, **parameters: Any) -> Any:
    """A client on h2 that has ended."""
    client = lab.h2.start("daytime-client", host=lab.h1, port=PORT, **parameters)
    client.wait(30)
    return client


def home(lab: Any) -> str:
    """The server's zone; empty where it could not be told."""
    return HOME if lab.takes("daytime-server", "zone") else ""


def ahead(lab: Any, seconds: float) -> dict[str, Any]:
    """Parameters of a server whose clock is so many seconds ahead at first: told, or by what libfaketime makes of the system's calls."""
    if lab.takes("daytime-server", "offset"):
        return {"offset": seconds}
    return {"environment": environment(seconds)}


def off(text: str, zone: str, since: float, ahead_by: float = 0) -> float:
    """Seconds between the time of day that stands in a text and what a clock in the zone, so many seconds ahead, has shown since then (seconds
    since 1970) until now; of an unknown zone, within quarters of an hour; infinite where there is none."""
    found = _TIME.search(text)
    if found is None:
        return math.inf
    hour, minute, second = (int(found[part]) for part in (1, 2, 3))
    hour = hour % 12 + (12 if found[4] in "pP" else 0) if found[4] else hour
    local = datetime.datetime.fromtimestamp(since + ahead_by, zoneinfo.ZoneInfo(zone or "UTC"))
    period = 86400 if zone else _QUARTER
    after = 3600 * (hour - local.hour) + 60 * (minute - local.minute) + second - local.second
    after = (after + period // 2) % period - period // 2
    return max(0.0, -after, after - (time.time() - since) - 1)


def tells_the_time(lab: Any, text: str, zone: str, since: float, program: Any) -> None:
    """What the program has said has the year and the time of day, as they were between then and now."""
    year = matches(time.strftime(r"(?<![\d:])(20)?%y(?![\d:])"))
    lab.expect(text.strip(), year, f"what {program} tells, with the year in it", id="year", hint=program.state)
    lab.expect(off(text, zone, since), below(_SLACK, "s"), f"the clock in {text.strip()!r} is off, in {zone or 'any zone'}", id="clock", hint=program.state)


def answer(peer: Any, question: bytes) -> bytes:
    """What comes back for a datagram; empty when nothing does."""
    peer.send(question)
    return bytes(peer.receive(seconds=3))


def reply(peer: Any, question: bytes) -> str:
    """The same as text."""
    return answer(peer, question).decode("utf-8", "backslashreplace")


def synchronised(peer: Any) -> bool:
    """Whether a server says so that speaks docs/protocols/daytime.md."""
    octets = answer(peer, QUESTION)
    return len(octets) == LENGTH and bool(octets[7] & 1)


def speaks(lab: Any, peer: Any) -> bool:
    """Whether the server speaks docs/protocols/daytime.md: ours does, another one may. No sheet says how a zone is asked for."""
    return not lab.replaced("daytime-server") or answer(peer, QUESTION).startswith(MAGIC)


def understood(lab: Any, peer: Any) -> bool:
    """Whether client and server can speak of zones with each other."""
    if lab.replaced("daytime-client") or speaks(lab, peer):
        return True
    lab.tell("note", "", "", "daytime-server does not speak docs/protocols/daytime.md, as ours do; give its daytime-client too, by a second --with")
    return False


def of_one_protocol(lab: Any) -> None:
    """Of a client alone, when it has asked: it is judged if it speaks docs/protocols/daytime.md, as our server does."""
    alone = lab.replaced("daytime-client") and not lab.replaced("daytime-server")
    if alone and not lab.packets(lab.h1, f"udp.dstport == {PORT} && daytime_zone.kind == 1"):
        lab.skip("daytime-client does not speak docs/protocols/daytime.md, as ours do: give its daytime-server too, by a second --with")


def printed(lab: Any, client: Any, wanted: str, what: str) -> None:
    """The client prints exactly that time."""
    lab.expect(client.output, contains(wanted).ideally(f"{wanted}\n"), what, id="printed", hint=client.state)


def tells_the_servers_time(lab: Any, seconds: float) -> None:
    """A client of a server whose clock is so many seconds ahead tells that clock's time, not its own."""
    server = daytime_server(lab, zone=HOME, **ahead(lab, seconds))
    line = reply(Peer(lab.h3, lab.h1, PORT, "udp"), b"what time is it?")
    if off(line, home(lab), time.time() - 1, seconds) > _SLACK:
        lab.tell("note", "", "", f"{server} does not get its time from the C library, so nobody can make its clock wrong: {line.strip()!r}")
        return
    client = ask(lab, format=FORMAT)
    wrong = off(client.output, home(lab), client.started, seconds)
    lab.expect(wrong, below(_SLACK, "s"), f"the clock in {client.output.strip()!r} is off the server's", id="clock", hint=client.state)
