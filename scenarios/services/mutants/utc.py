"""Wrong servers and clients of UTC (services.ex10 and what goes on from it)."""

from __future__ import annotations

from harness import Mutant, program

# Question → fault → the id of what must catch it.
_SERVER: dict[str, dict[str, str | tuple[str, ...]]] = {
    "services.ex10": {
        "serves-one-client": "slow/answers",
        "tells-local-time": "fast/right",
        "stands-still": "slow/right",
    },
    "services.ex10-error": {
        "knows-whole-seconds": "alike/offset",
        "works-in-secret": "alike/offset",
        "counts-microseconds": ("alike/status", "alike/offset"),
        "gives-ids-of-its-own": "alike/status",
        "swaps-its-times": "alike/status",
        "amplifies": "wire/sizes",
    },
    "services.ex10-beside": {"works-in-secret": "split-1/utc-client"},
    "services.ex10-restart": {"has-no-instance": "another/offset"},
    "services.ex10-years": {"has-31-bits": ("in-2038", "in-2038/steady"), "has-32-bits": ("in-2106", "in-2106/steady")},
    "services.ex10-hostile": {
        "dies-of-a-short-one": "silence/runs",
        "answers-answers": "silence/silent",
        "answers-everything": "silence/silent",
        "looks-at-the-magic-only": "silence/silent",
    },
}
_CLIENT: dict[str, dict[str, str | tuple[str, ...]]] = {
    "services.ex10": {
        "prints-nothing": "fast/told",
        "prints-its-own-time": "fast/right",
        "has-the-wrong-sign": "fast/right",
        "forgets-half-the-round-trip": "slow/right",
        "adds-the-whole-round-trip": "slow/right",
        "sets-the-hosts-clock": "host/calls",
    },
    "services.ex10-error": {
        "forgets-half-the-round-trip": "alike/offset",
        "knows-no-doubt": "alike/theory",
        "ignores-what-is-known": "least/theory",
    },
    "services.ex10-beside": {"forgets-half-the-round-trip": "split-1/utc-client", "has-the-wrong-sign": "split-1/utc-client"},
    "services.ex10-best": {
        "takes-the-first": "many/least",
        "takes-the-worst": "many/least",
        "averages": "many/least",
    },
    "services.ex10-slew": {
        "always-steps": "slew/stepped",
        "steps-and-says-it-slews": "slew/forwards",
        "slews-in-a-hurry": "slew/rate",
        "is-never-corrected": "slew/rate",
        "never-steps": "step/stepped",
        "tells-no-time": "slew/rate",
    },
    "services.ex10-restart": {
        "gives-up-at-a-loss": "gone/runs",
        "keeps-the-dead-ones-samples": "another/offset",
    },
    "services.ex10-drift": {
        "turns-the-drift-round": "learn/within",
        "is-sure-of-the-drift": "learn/within",
        "only-tells-the-drift": "corrected/right",
    },
    "services.ex10-years": {"has-31-bits": "in-2038/steady", "has-32-bits": "in-2106/steady"},
    "services.ex10-hostile": {
        "believes-any-id": "lies/truth",
        "believes-the-impossible": "lies/truth",
        "hears-everybody": "lies/truth",
    },
}
_OPTIONS = ("json", "samples", "rounds", "interval", "adjust", "least_delay", "drift", "drift_error")
_TO = ("{host}", "{port}", *(f"{name}={{{name}}}" for name in _OPTIONS))

MUTANTS = [
    Mutant("services.ex10", "client-forgets-and-tells-whole-seconds", "slow/right", {"utc-client": program("utc_client.pl", "{host}", "{port}", by="perl")}),
    *(
        Mutant(question, f"server-{fault}", caught, {"utc-server": program("utc_server.py", fault, "{port}")})
        for question, faults in _SERVER.items()
        for fault, caught in faults.items()
    ),
    *(
        Mutant(question, f"client-{fault}", caught, {"utc-client": program("utc_client.py", fault, *_TO)})
        for question, faults in _CLIENT.items()
        for fault, caught in faults.items()
    ),
]
