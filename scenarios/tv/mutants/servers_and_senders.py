"""Wrong echo servers, ELIZAs and multicast senders (lab tv, questions 15 to 20 and 23)."""

from __future__ import annotations

from harness import Mutant, program

_ECHO = {
    "tv.q15-17": {
        "serves-concurrently": "one connection waits in the backlog",
        "loses-the-rest-at-fin": "bytes that come back of 1 MiB",
        "ignores-short-writes": "bytes that come back of 1 MiB",
        "text-only": "bytes that come back of 1 MiB",
        "drops-single-bytes": "a single byte comes back",
        "port-built-in": "h1-echo-server on h1 to listen on tcp port 2345",
    },
    "tv.q18": {
        "serves-iteratively": "to answer 'two'",
        "never-reaps": "children that are left",
        "deaf-to-sigint": "h1-echo-server on h1 to end",
        "crashes-at-sigint": "the server ends at Ctrl+C",
        "leaves-its-children": "no child outlives the server",
        "no-address-reuse": "Address already in use",
    },
    "tv.q19": {
        "serves-iteratively": "to answer 'me too'",
        "serves-concurrently": "iterative: the second client waits",
        "never-reaps": "fork: no child is left",
    },
}
_ELIZA = {
    "waits-for-the-client": "a greeting, before the client has said a word",
    "does-not-reflect": "I am → you are, my → your",
    "answers-all-alike": "different answers",
    "echoes-when-it-does-not-know": "nothing of what was said",
    "shares-its-memory": "what the first client told does not come up",
    "one-client-at-a-time": "h3-netcat on h3 to print",
    "leaves-without-farewell": "a farewell, and the server closes the connection",
    "does-not-close-after-bye": "tcp.flags.fin == 1",
}
_SENDER = {
    "ignores-ttl": "steps of the chart that are left out",
    "wrong-ttl": "to the group, with the TTL",
    "ignores-interface": "steps of the chart that are left out",
    "does-not-wait": "first to last datagram, at 638 kbit/s",
    "pauses-too-briefly": "first to last datagram, at 638 kbit/s",
    "sends-twice": "a call that has no place in the chart",
    "ends-without-close": "the way leads to the chart's end",
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
