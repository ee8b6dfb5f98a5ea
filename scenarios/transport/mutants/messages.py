"""Wrong message servers, clients and networks (lab transport)."""

from __future__ import annotations

from harness import Mutant, program

# Question → fault → the id of what must catch it.
_TCP_SERVER = {
    "transport.1-1": {
        "echoes": "first/receipt",
        "sends-the-silent-away": "broken-off/silence",
        "dies-of-a-reset": "broken-off",
        "adds-a-line-end": "first/frames",
        "answers-without-waiting": "more",
        "closes-after-one-message": "more",
        "ignores-end": "netcat/server-fin",
        "ends-without-an-answer": "end",
        "ends-for-all": "next",
        "prints-nothing": "first",
        "resets": "end/server-fin",
    },
    "transport.1-2": {"serves-concurrently": "lsof/server", "port-built-in": "before"},
    "transport.1-3": {
        "serves-in-one-process": "second/answers",
        "serves-concurrently": "backlog/sockets",
        "ends-for-all": "turn",
    },
    "transport.2-3b": {"adds-a-line-end": "again/frames"},
    "transport.3-fork": {
        "serves-iteratively": "second",
        "serves-in-one-process": "children/count",
        "listens-in-every-child": "children/lsof",
        "never-reaps": "left/zombies",
    },
    "transport.3-select": {
        "dies-beyond-fd-setsize": "beyond",
        "refuses-without-words": "beyond/words",
        "serves-in-one-process": "beyond/served",
        "serves-iteratively": "second",
    },
    "transport.hostile": {"prints-raw-bytes": "tcp-server-iterative/dangers", "dies-of-bad-text": "tcp-server-iterative/answered"},
}
_TCP_CLIENT = {
    "transport.1-1": {
        "sends-line-ends": "first/frames",
        "sends-in-pieces": "first/frames",
        "goes-on-after-end": "end",
        "resets": "end/client-fin",
    },
    "transport.2-3b": {"keeps-trying": "refused/frames"},
    "transport.hostile": {"prints-raw-bytes": "tcp-client/dangers"},
}
_UDP_SERVER = {
    "transport.2-1": {
        "serves-one-client-only": "turns",
        "answers-from-another-port": "turns",
        "answers-twice": "socket/answers",
        "echoes": "turns/receipt",
        "forks-for-each-client": "socket/children",
        "ends-for-all": "others",
    },
    "transport.2-2": {"forks-for-each-client": "clients/server", "never-answers": "clients"},
    "transport.2-4": {
        "hides-truncation": "truncated/kinds",
        "hides-drops": "overflow/own",
        "receives-all": "long-text/more",
        "keeps-the-large-buffer": "overflow/buffer",
        "answers-twice": "truncated/answers",
    },
    "transport.hostile": {"dies-of-bad-text": "udp-server/unanswered"},
}
_UDP_CLIENT = {
    "transport.2-2": {"connects": "unconnected/foreign"},
    "transport.2-3a": {"connects": "in-vain", "sends-line-ends": "early/frames", "never-sends": "early"},
    "transport.hostile": {"prints-raw-bytes": "udp-client/dangers"},
}
_ROLES = {
    "tcp-server": (_TCP_SERVER, "message_tcp_server.py {fault} {{port}} {{mode}}"),
    "tcp-client": (_TCP_CLIENT, "message_client.py {fault} tcp {{host}} {{port}}"),
    "udp-server": (
        _UDP_SERVER,
        "message_udp_server.py {fault} {{port}} --receive-size={{receive_size}} --receive-buffer={{receive_buffer}} "
        "--delay={{delay}} --json={{json}}",
    ),
    "udp-client": (_UDP_CLIENT, "message_client.py {fault} udp {{host}} {{port}}"),
}

MUTANTS = [
    Mutant(question, f"{role}-{fault}", caught_by, {role: program(*words.format(fault=fault).split())})
    for role, (questions, words) in _ROLES.items()
    for question, faults in questions.items()
    for fault, caught_by in faults.items()
] + [
    Mutant("transport.2-3a", "nobody-is-told", "early", tamper="tamper_no_unreachable.py"),
    Mutant("transport.2-3b", "refused-without-reset", "refused", tamper="tamper_rejects_first_connection.py"),
    Mutant("transport.2-4", "losses-inside-the-host", "overflow/sent", tamper="tamper_losses_inside_h1.py"),
]  # fmt: skip
