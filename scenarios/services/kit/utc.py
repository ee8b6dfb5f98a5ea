"""Clocks that are set over a network: servers and clients, the times that they tell, and what their datagrams carry."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy

from harness import ProgramFault, equals
from harness.evidence.trace import strace
from scenarios.services.kit.fake_clock import environment

PORT = 12810
DAY = 86_400  # s
SETTING = ("clock_settime", "settimeofday", "clock_adjtime", "adjtimex")
"""System calls that set the host's clock."""
_TRACED = (*strace.OPTIONS[:-1], f"trace={','.join(SETTING)},exit,exit_group")
_TIME = re.compile(r"(?<!\d)(\d{1,2}):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:\s*([ap])\.?m\b)?", re.IGNORECASE)
_SECONDS = re.compile(r"(?<![\d.])(\d{10})(?:\.(\d{1,9})\d*|(\d{3}|\d{6}|\d{9}))?(?!\d)")
_ARGUMENT = re.compile(r"tv_sec=(\d+).*?tv_([un])sec=(\d+)")


def utc_server(lab: Any, offset: float = 0, **parameters: Any) -> Any:
    """A server on h1 that listens, over UDP or TCP, with a clock that is so many seconds ahead."""
    server = lab.h1.start("utc-server", port=PORT, **_ahead(lab, "utc-server", offset), **parameters)

    def transport() -> str:
        return "udp" if lab.h1.listening(PORT, "udp") else "tcp" if lab.h1.listening(PORT, "tcp") else ""

    return server.wait_listening(PORT, lab.until(transport, "the server to listen on its port, over UDP or TCP", details=server.state))


def utc_client(lab: Any, offset: float = 0, **parameters: Any) -> Any:
    """A client on h2, whose clock is so many seconds ahead at first; the calls that set the host's are written down."""
    return lab.h2.start("utc-client", host=lab.h1, port=PORT, traced=_TRACED, **_ahead(lab, "utc-client", offset), **parameters)


def _ahead(lab: Any, role: str, seconds: float) -> dict[str, Any]:
    """Programs of ours are told; of others, the system's calls tell what libfaketime makes of the time."""
    if not lab.replaced(role):
        return {"offset": seconds}
    return {"environment": environment(seconds) if seconds else {}}


def rounds(lab: Any, client: Any, file: Any, deadline: float = 30) -> list[dict[str, Any]]:
    """What a client tells of its rounds, that was asked to do so by json=file, when it has ended."""
    status = client.wait(deadline)
    of_one_protocol(lab)
    lab.expect(status, equals(0), "the client's exit status", id="status", hint=client.state)
    found = list(client.left_json(file)["rounds"])
    if any("offset" not in one for one in found):
        raise ProgramFault(f"{client} found no offset in a round: {client.last_words()}")
    return found


def of_one_protocol(lab: Any) -> None:
    """No sheet says how server and client speak: somebody's one that does not speak as ours does (docs/protocols/utc.md) is not asked alone."""
    alone = [role for role in ("utc-server", "utc-client") if lab.replaced(role)]
    spoken = {"utc-server": f"udp.srcport == {PORT} && utc_time.kind == 2", "utc-client": f"udp.dstport == {PORT} && utc_time.kind == 1"}
    if len(alone) == 1 and not lab.packets(lab.h1, spoken[alone[0]]):
        other = "utc-client" if alone[0] == "utc-server" else "utc-server"
        lab.skip(f"{alone[0]} does not speak docs/protocols/utc.md, as ours do: give its {other} too, by a second --with")


@dataclasses.dataclass(frozen=True)
class Told:
    """A time of day, UTC. seconds: since midnight; step: seconds from one such time to the next that can be told."""

    seconds: float
    step: float

    def off(self, first: float, last: float) -> float:
        """How far it is from what the clock showed between two moments (seconds since 1970); below 0 it is slow."""
        late = (self.seconds - last % DAY + DAY / 2) % DAY - DAY / 2
        early = (self.seconds + self.step - first % DAY + DAY / 2) % DAY - DAY / 2
        return late if late > 0 else min(early, 0.0)


def times(client: Any) -> list[Told]:
    """All that a client prints, and that it would set the host's clock to."""
    found = times_in(client.output + client.errors)
    for call in client.calls():
        for whole, unit, fraction in _ARGUMENT.findall(",".join(getattr(call, "arguments", ()))):
            found.append(_told(int(whole), fraction.zfill(9 if unit == "n" else 6)))
    return found


def times_in(text: str) -> list[Told]:
    """18:31:54.5, 6:31:54 PM, 1796063514.5, milliseconds, microseconds and nanoseconds since 1970."""
    found = []
    for hour, minute, second, fraction, half in _TIME.findall(text):
        hours = int(hour) % 12 + (12 if half in "pP" else 0) if half else int(hour)
        found.append(_told(3600 * hours + 60 * int(minute) + int(second), fraction))
    return found + [_told(int(whole), fraction or more) for whole, fraction, more in _SECONDS.findall(text)]


def _told(seconds: int, fraction: str) -> Told:
    return Told(seconds % DAY + (float(f"0.{fraction}") if fraction else 0.0), 10.0 ** -len(fraction))


def settings(client: Any) -> list[str]:
    """The calls by which a client would have set the host's clock."""
    return [call.text for call in client.calls() if getattr(call, "name", "") in SETTING]


@dataclasses.dataclass(frozen=True)
class OneExchange:
    """A question and its answer: T1 to T3 as they say, T4 when the answer came to the client's host, whose clock is the client's. Seconds."""

    received: float  # T2
    round_trip: float  # without the server's own time
    offset: float  # of the server's clock, by Cristian's algorithm


def exchanges(lab: Any, client: Any) -> list[OneExchange]:
    """What a client that has ended asked, and was answered, in docs/protocols/utc.md."""
    datagrams = lab.packets(lab.h2, "utc_time.kind && !icmp").between(client.started, client.ended)
    asked = {packet["utc_time.id"]: int(packet["utc_time.t1"]) for packet in datagrams.where("utc_time.kind == 1")}
    found = []
    for answer in datagrams.where("utc_time.kind == 2"):
        t1, t2, t3 = asked[answer["utc_time.id"]], int(answer["utc_time.t2"]), int(answer["utc_time.t3"])
        t4 = round(answer["frame.time_epoch"] * 1e9)
        found.append(OneExchange(t2 / 1e9, (t4 - t1 - (t3 - t2)) / 1e9, ((t2 - t1) + (t3 - t4)) / 2e9))
    return found


def clock_on_the_wire(lab: Any, client: Any) -> tuple[numpy.ndarray, numpy.ndarray]:
    """When a client asked, and how far its clock was ahead of the true time then (T1)."""
    questions = lab.packets(lab.h2, "utc_time.kind == 1").between(client.started, client.ended)
    ahead = [(int(packet["utc_time.t1"]) - round(packet["frame.time_epoch"] * 1e9)) / 1e9 for packet in questions]
    return questions.times, numpy.array(ahead)


def draw_drift(lab: Any, client: Any, told: list[dict[str, Any]], true: float) -> None:
    """Draws the client's clock over time, and what it tells of its drift. told: its rounds that do; true: the drift in millionths."""
    times, ahead = clock_on_the_wire(lab, client)
    series = {"clock": (times - times[0], 1e3 * ahead)}
    lab.plot_over_time("clock", "The client's clock, by the times in its questions", series, "ahead of true time (ms)")
    x = list(range(1, len(told) + 1))
    y, errors = [-one["drift"] for one in told], [one["drift_error"] for one in told]
    row = {"label": "estimated", "style": "medians", "x": x, "y": y, "lower": [a - b for a, b in zip(y, errors)], "upper": [a + b for a, b in zip(y, errors)]}
    panel = {"series": [row], "lines": [{"y": true, "label": "true drift"}]}
    lab.plot("drift", {"title": "Drift, and what is known of its error", "x_label": "rounds", "y_label": "millionths", "panels": [panel]})
