"""Wrong message servers, clients and networks (lab transport)."""

from __future__ import annotations

from harness import Mutant, program

_FRAMES = "One message over TCP, and the server's receipt"
_TCP_SERVER = {
    "transport.1-1": {
        "echoes": "the client prints the receipt",
        "sends-the-silent-away": "what comes while a client thinks for three seconds",
        "dies-of-a-reset": "h4-peer",
        "adds-a-line-end": _FRAMES,
        "answers-without-waiting": "h2-tcp-client on h2 to answer",
        "closes-after-one-message": "h2-tcp-client on h2 ended with status 1",
        "ignores-end": "the server closes first, because of the word",
        "ends-without-an-answer": "h2-tcp-client on h2 to answer 'end'",
        "ends-for-all": "h3-tcp-client on h3 ended with status 1",
        "prints-nothing": "h1-tcp-server on h1 to print",
        "resets": "the server closes with FIN",
    },
    "transport.1-2": {
        "serves-concurrently": "two lines, LISTEN and ESTABLISHED, one PID",
        "port-built-in": "h1-tcp-server on h1 to listen on tcp port 12800",
    },
    "transport.1-3": {
        "serves-in-one-process": "but it gets no answer",
        "serves-concurrently": "none of them for h3",
        "ends-for-all": "h3-tcp-client on h3",
    },
    "transport.2-3b": {"adds-a-line-end": _FRAMES},
    "transport.3-fork": {
        "serves-iteratively": "h3-tcp-client on h3 to answer 'I am the second'",
        "serves-in-one-process": "child processes",
        "listens-in-every-child": "the parent listens, and nobody else",
        "never-reaps": "children that are left",
    },
    "transport.3-select": {
        "dies-beyond-fd-setsize": "h4-crowd-2 on h4",
        "refuses-without-words": "the words",
        "serves-in-one-process": "served: the descriptors that are left",
        "serves-iteratively": "h3-tcp-client on h3 to answer 'I am the second'",
    },
    "transport.hostile": {
        "prints-raw-bytes": "bytes in the server's output that could move a terminal",
        "dies-of-bad-text": "iterative: invalid UTF-8, a null byte, C1 controls: received and answered",
    },
}
_TCP_CLIENT = {
    "transport.1-1": {
        "sends-line-ends": _FRAMES,
        "sends-in-pieces": _FRAMES,
        "goes-on-after-end": "h2-tcp-client on h2 to end",
        "resets": "the client closes with FIN",
    },
    "transport.2-3b": {"keeps-trying": "SYN and RST, and nothing else"},
    "transport.hostile": {"prints-raw-bytes": "tcp-client: bytes in its output that could move a terminal"},
}
_UDP_SERVER = {
    "transport.2-1": {
        "serves-one-client-only": "h3-udp-client on h3 to answer 'client 2, message 1'",
        "answers-from-another-port": "h2-udp-client on h2 to answer",
        "answers-twice": "each answer goes where its question came from",
        "echoes": "client 1 is answered",
        "forks-for-each-client": "child processes of the server",
        "ends-for-all": "h3-udp-client on h3 to answer 'I stay'",
    },
    "transport.2-2": {
        "forks-for-each-client": "still one line for three clients",
        "never-answers": "h2-udp-client on h2 to answer",
    },
    "transport.2-4": {
        "hides-truncation": "delivered whole, truncated, dropped",
        "hides-drops": "the server's own account of dropped and unread",
        "receives-all": "it gets more than these",
        "keeps-the-large-buffer": "dropped",
        "answers-twice": "answers: one to each received datagram",
    },
    "transport.hostile": {"dies-of-bad-text": "datagrams that are not answered"},
}
_UDP_CLIENT = {
    "transport.2-2": {"connects": "its PID, its port, no state, no foreign end"},
    "transport.2-3a": {
        "connects": "h2-udp-client on h2 to print",
        "sends-line-ends": "the datagram, and ICMP port unreachable",
        "never-sends": "icmp.type == 3",
    },
    "transport.hostile": {"prints-raw-bytes": "udp-client: bytes in its output that could move a terminal"},
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
    Mutant("transport.2-3a", "nobody-is-told", "icmp.type == 3", tamper="tamper_no_unreachable.py"),
    Mutant("transport.2-3b", "refused-without-reset", "tcp.flags.reset == 1", tamper="tamper_rejects_first_connection.py"),
    Mutant("transport.2-4", "losses-inside-the-host", "sent = ", tamper="tamper_losses_inside_h1.py"),
]  # fmt: skip
