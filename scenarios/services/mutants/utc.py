"""Wrong clients that set their clock (services.ex10)."""

from __future__ import annotations

from harness import Mutant, program

# Fault → the id of what must catch it.
_UTC_CLIENT = {
    "forgets-half-the-round-trip": "alike/offset",
    "adds-the-whole-round-trip": "alike/offset",
    "has-the-wrong-sign": "alike/told",
    "sets-the-hosts-clock": "alike/host",
    "knows-no-doubt": "unlike/within",
    "ignores-what-is-known": "least/bound",
}

MUTANTS = [
    Mutant("services.ex10", fault, caught, {"utc-client": program("utc_client.py", fault, "{host}", "{port}", "{json}", "{least_delay}")})
    for fault, caught in _UTC_CLIENT.items()
]
