"""Wrong servers of date and time (services.ex02)."""

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

MUTANTS = [
    Mutant("services.ex02", fault, caught, {"daytime-server": program("daytime_server.py", fault, "{port}", "{zone}")})
    for fault, caught in _DAYTIME_SERVER.items()
]
