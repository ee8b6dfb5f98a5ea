"""Wrong servers of date and time, and wrong clients of them (services.ex02 and its like)."""

from __future__ import annotations

from harness import Mutant, program

# Question → fault → the id of what must catch it.
_SERVER: dict[str, dict[str, str | tuple[str, ...]]] = {
    "services.ex02": {
        "knows-questions-only": "plain/year",
        "answers-its-first-client": "plain/year",
        "counts-from-1900": "plain/year",
        "is-in-no-zone": "plain/clock",
        "is-a-minute-slow": "plain/clock",
        "stands-still": "later/clock",
        "writes-three-lines": "line/one",
        "ends-at-an-empty-datagram": "line/empty",
        "has-whole-hours": "zones/now",
        "forgets-summer-time": "zones/printed",
        "changes-an-hour-late": "zones/printed",
        "takes-unknown-zones-for-utc": "nowhere/status",
        "is-silent-on-unknown-zones": "nowhere/told",
    },
    "services.ex02-limits": {
        "is-not-limited": "flood/replies",
        "limits-all-together": "flood/other",
        "answers-servers": "loop/answers",
        "answers-by-more-than-was-asked": ("hostile/answered", "hostile/length"),
        "ends-at-half-a-question": "hostile/answered",
        "answers-answers": "unasked/answers",
    },
    "services.ex02-sync": {
        "claims-to-be-synchronised": "said/quality",
        "believes-anybody": "ignorant/quality",
        "never-asks": ("ignorant/answers", "follows/asked"),
        "measures-and-goes-on": "follows/right",
        "has-the-wrong-sign": "follows/right",
        "has-its-sources-stratum": "source/quality",
        "tells-the-offset-backwards": "source/offset",
        "knows-no-bound": "source/bound",
        "is-synchronised-for-ever": "left",
    },
}
_CLIENT: dict[str, dict[str, str | tuple[str, ...]]] = {
    "services.ex02": {
        "shows-its-own-clock": "format/clock",
        "shows-its-own-clock-there": "another/clock",
        "has-a-format-of-its-own": "format/words",
        "shows-utc": ("format/clock", "zones/now"),
        "asks-for-no-zone": "zones/now",
        "asks-for-no-moment": "zones/printed",
        "looks-at-no-status": "nowhere/status",
        "is-content-without-a-zone": "nowhere/status",
        "does-not-tell-why": "nowhere/told",
    },
    "services.ex02-late": {
        "takes-whatever-comes": "answers/printed",
        "looks-at-no-id": "answers/printed",
        "looks-at-no-magic": "answers/printed",
        "takes-half-an-answer": "answers/printed",
        "takes-any-month": "answers/printed",
        "asks-twice": "answers/asked",
        "has-one-id": "answers/ids",
        "is-content-when-refused": "refused/status",
        "says-nothing-when-refused": "refused/told",
    },
}


def _server(fault: str) -> dict[str, str]:
    return {"daytime-server": program("daytime_server.py", fault, "{port}", "--zone={zone}", "--from={time_server}", "--ahead={offset}")}


def _client(fault: str) -> dict[str, str]:
    words = ["--format={format}", "--zone={zone}", "--at={at}"]
    return {"daytime-client": program("daytime_client.py", fault, "{host}", "{port}", *words)}


MUTANTS = [Mutant(question, fault, caught, _server(fault)) for question, faults in _SERVER.items() for fault, caught in faults.items()]
MUTANTS += [Mutant(question, fault, caught, _client(fault)) for question, faults in _CLIENT.items() for fault, caught in faults.items()]


def _pair(fault: str) -> dict[str, str]:
    words = ["--format={format}", "--zone={zone}", "--at={at}"]
    server = program("daytime_lengths.py", fault, "server", "{port}", "--format=", "--zone={zone}", "--at=")
    return {"daytime-server": server, "daytime-client": program("daytime_lengths.py", fault, "client", "{host}:{port}", *words)}


MUTANTS += [
    Mutant("services.ex02", f"pair-{fault}-of-any-length", caught, _pair(fault))
    for fault, caught in {"questions": "length/questions", "answers": "length/answers", "errors": "length/answers"}.items()
]
