"""Wrong echo servers, ELIZAs and multicast senders (lab tv, questions 15 to 20 and 23)."""

from __future__ import annotations

from harness import Mutant, program

_ECHO = {
    "tv.q15-17": {
        "serves-concurrently": "second/backlog",
        "loses-the-rest-at-fin": "binary/bytes",
        "ignores-short-writes": "binary/bytes",
        "text-only": "binary/bytes",
        "drops-single-bytes": "first/byte",
        "port-built-in": "port",
    },
    "tv.q18": {
        "serves-iteratively": "turns",
        "never-reaps": "leave/left",
        "deaf-to-sigint": "interrupt",
        "crashes-at-sigint": "interrupt/status",
        "leaves-its-children": "interrupt/children",
        "no-address-reuse": "again",
    },
    "tv.q19": {
        "serves-iteratively": "fork-second",
        "serves-concurrently": "iterative-second/waits",
        "never-reaps": "fork-leave/children",
    },
}
_ELIZA = {
    "waits-for-the-client": "greeting/words",
    "does-not-reflect": "reflections/your",
    "answers-all-alike": "keywords/different",
    "echoes-when-it-does-not-know": "fallback/own-words",
    "shares-its-memory": "second/apart",
    "one-client-at-a-time": "second",
    "leaves-without-farewell": "farewell/words",
    "does-not-close-after-bye": "farewell",
}
_SENDER = {
    "ignores-ttl": "calls/left-out",
    "wrong-ttl": "wire/ttl",
    "ignores-interface": "calls/left-out",
    "does-not-wait": "wire/pace",
    "pauses-too-briefly": "wire/pace",
    "sends-twice": "calls/stray",
    "ends-without-close": "calls/end",
}

MUTANTS = [
    *(
        Mutant(question, name, caught_by, {"echo-server": program("echo_server.py", name, "{port}", "{mode}")})
        for question, faults in _ECHO.items()
        for name, caught_by in faults.items()
    ),
    *(
        Mutant("tv.q20", name, caught_by, {"eliza-server": program("eliza_server.py", name, "{port}")})
        for name, caught_by in _ELIZA.items()
    ),
    *(
        Mutant("tv.q23", name, caught_by, {
            "tv-sender": program("multicast_sender.py", name, "{host}", "{port}", "{file}", "{ttl}", "{interface}", "{duration}")
        })
        for name, caught_by in _SENDER.items()
    ),
]  # fmt: skip
