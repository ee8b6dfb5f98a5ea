"""Wrong servers and clients of the time of day (services.ex02, services.ex10)."""

from __future__ import annotations

from harness import Mutant, program

# Fault → the id of what must catch it.
_DAYTIME_SERVER = {
    "knows-questions-only": "plain/year",
    "ends-lines-by-lf": "plain/ascii",
    "forgets-summer-time": "zones/clock",
    "has-whole-hours": "zones/clock",
    "changes-an-hour-late": "zones/clock",
    "claims-to-be-synchronised": "zones/synchronised",
    "takes-unknown-zones-for-utc": "nowhere/status",
    "is-silent-on-unknown-zones": ("nowhere/told", "nowhere"),
    "is-not-limited": "limited/replies",
}
_UTC_CLIENT = {
    "forgets-half-the-round-trip": "alike/offset",
    "adds-the-whole-round-trip": "alike/offset",
    "has-the-wrong-sign": "alike/told",
    "sets-the-hosts-clock": "alike/host",
    "knows-no-doubt": "unlike/within",
    "ignores-what-is-known": "least/bound",
}

MUTANTS = [
    *(
        Mutant("services.ex02", fault, caught, {"daytime-server": program("daytime_server.py", fault, "{port}", "{zone}")})
        for fault, caught in _DAYTIME_SERVER.items()
    ),
    *(
        Mutant("services.ex10", fault, caught, {"utc-client": program("utc_client.py", fault, "{host}", "{port}", "{json}", "{least_delay}")})
        for fault, caught in _UTC_CLIENT.items()
    ),
]
