"""Wrong probers (services.ex04)."""

from __future__ import annotations

from harness import Mutant, program

# Question → fault → the id of what must catch it.
_PROBER = {
    "services.ex04": {
        "tells-half": "udp/average",
        "adds-its-pause": "udp/average",
        "begins-at-the-second": "udp/received",
        "leaves-out-the-last": "udp/wire",
        "counts-what-it-sent": "udp/lost",
        "closes-in-time": "tcp/average",
    },
    "services.ex04-loss": {
        "counts-what-it-sent": "counts/received",
        "lost-is-zero": "counts/average",
        "gives-up-at-the-first": "counts/sent",
        "calls-none-lost": "counts/lost",
    },
}

MUTANTS = [
    Mutant(
        question,
        f"rtt-probe-{fault}",
        caught_by,
        {"rtt-probe": program("rtt_probe.py", fault, "{list}", "{port}", "{seconds}", "--udp={udp}", "--tcp={tcp}", "--interval={interval}")},
    )
    for question, faults in _PROBER.items()
    for fault, caught_by in faults.items()
]
