"""Wrong servers and clients of echo over TCP and UDP (services.ex01)."""

from __future__ import annotations

from harness import Mutant, program

# Question → fault → the id of what must catch it.
_UDP_SERVER = {
    "services.ex01": {
        "changes-letters": "local/udp-printed",
        "adds-a-line-end": "local/udp-back",
        "answers-twice": "local/udp-back",
        "answers-from-another-port": "local/udp-printed",
        "listens-locally": "remote/udp-printed",
    },
    "services.ex01-clients": {
        "serves-one-client-only": "udp/echo",
        "answers-the-first": "udp/echo",
        "forks-for-each-client": "as-it-is/children",
    },
    "services.ex01-datagrams": {
        "strips": "texts/line-ends",
        "knows-ascii-only": "texts/letters",
        "ends-at-a-null": "kinds/all-bytes",
        "dies-of-bad-text": "kinds/all-bytes",
        "empty-ends": "kinds/sizes",
        "ignores-empty": "kinds/sizes",
        "cuts-at-1024": "longest/bytes",
        "answers-from-the-first-address": "address/source",
        "answers-everybody": "loop/answers",
    },
}
_UDP_CLIENT = {
    "services.ex01": {"sends-twice": "local/udp-frames", "hides-the-words": "local/udp-in-the-clear", "prints-what-it-sent": "heard/udp-echo-client"},
    "services.ex01-replies": {
        "waits-for-ever": "lost",
        "repeats-what-is-lost": "lost/once",
        "takes-whatever-comes": "late",
        "calls-late-lost": "late",
        "hides-doubles": "doubled",
        "prints-doubles": "doubled/once",
        "counts-nothing": "counts/lost",
        "is-content": "counts/status",
        "overlooks-a-refusal": "refused",
    },
}
_TCP_CLIENT = {"services.ex01": {"hides-the-words": "local/tcp-in-the-clear", "prints-nothing": "local/tcp-printed", "prints-what-it-sent": "heard/echo-client"}}
_TCP_SERVER = {
    "services.ex01-clients": {"serves-concurrently": "iterative/answers", "serves-iteratively": "tcp/echo", "text-only": "tcp/echo"},
}
# As students write them, by select; their {mode} is what they are.
_SELECT_SERVER = {
    "services.ex01": {"adds-a-line-end": "local/tcp-back"},
    "services.ex01-clients": {"sends-to-all": "tcp/echo", "echoes-once-to-each": "tcp/echo", "knows-ascii-only": "tcp/echo"},
}
_ROLES = {
    "udp-echo-server": (_UDP_SERVER, "udp_echo_server.py {fault} {{port}}"),
    "udp-echo-client": (_UDP_CLIENT, "udp_echo_client.py {fault} {{host}} {{port}} --data={{data}} --timeout={{timeout}}"),
    "echo-client": (_TCP_CLIENT, "tcp_echo_client.py {fault} {{host}} {{port}} --data={{data}}"),
    "echo-server": (_TCP_SERVER, "echo_server.py {fault} {{port}} {{mode}}"),
}

MUTANTS = [
    Mutant(question, f"{role}-{fault}", caught_by, {role: program(*words.format(fault=fault).split())})
    for role, (questions, words) in _ROLES.items()
    for question, faults in questions.items()
    for fault, caught_by in faults.items()
]
_LETTERS = program("echo_server.py", "changes-letters", "{port}", "fork")
MUTANTS.append(Mutant("services.ex01", "echo-server-changes-letters", "local/tcp-printed", {"echo-server": _LETTERS}))
MUTANTS += [
    Mutant(question, f"echo-server-select-{fault}", caught_by, {"echo-server": program("tcp_echo_select.py", fault, "{port}")})
    for question, faults in _SELECT_SERVER.items()
    for fault, caught_by in faults.items()
]
