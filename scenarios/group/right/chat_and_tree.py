"""Chats, nodes and rendezvous points as students of other languages write them, by the sheet and the specification."""

from harness import Right, compiled, program

_CHAT = ["4-1-1", "4-1-1-rooms", "4-1-2", "4-1-3"]
_PARAMETERS = ("address", "port", "data_port", "children_max", "refresh", "child_lifetime", "root_cache", "answer_timeout", "refresh_repeat", "rest")
_OPTIONS = " ".join(["--rdv-point {rdv_point}", *(f"[--{name.replace('_', '-')} {{{name}}}]" for name in _PARAMETERS)])
_LETTERS = " ".join(["-R {rdv_point}", *(f"[-{letter} {{{name}}}]" for letter, name in zip("apdcflkwur", _PARAMETERS))])
_FEW = " ".join(f"[--{name.replace('_', '-')} {{{name}}}]" for name in ("rdv_point", "port", "data_port", "refresh", "child_lifetime"))
# Role, whose habits, command, questions of this lab.
_PROGRAMS = [
    ("mcast-chat", "chat-threads-python", program("chat_threads.py", "-room {room} -name {name} [--port {port}]"), _CHAT),
    ("mcast-chat", "chat-poll-c", compiled("chat_poll.c", "-r {room} -n {name} [-p {port}] [-i {interface}] [-t {ttl}]"), [*_CHAT, "4-1-4"]),
    ("mcast-chat", "chat-select-perl", program("chat_select.pl", "-room {room} -name {name} [-port {port}]", by="perl"), _CHAT),
    ("mcast-node", "node-threads-python", program("node_threads.py", _OPTIONS), ["4-2-root", "4-2-data"]),
    ("mcast-node", "node-poll-c", compiled("node_poll.c", _LETTERS), ["4-2-root", "4-2-data"]),
    ("mcast-node", "node-timers-node", program("node_timers.js", _OPTIONS, by="node"), ["4-2-data"]),
    ("mcast-node", "node-select-python-its-own-type", program("node_select.py", _FEW), ["4-2-root", "4-2-data", "4-2-cost"]),
    ("rdv-point", "rendezvous-socketserver-python", program("rendezvous_socketserver.py", "[-p {port}] [-d {lifetime}]"), ["4-2-root", "4-2-data"]),
    ("rdv-point", "rendezvous-c", compiled("rendezvous.c", "[-p {port}] [-v {lifetime}]"), ["4-2-root", "4-2-data"]),
    ("rdv-point", "rendezvous-perl", program("rendezvous.pl", "[--port {port}] [--lifetime {lifetime}]", by="perl"), ["4-2-root"]),
]  # fmt: skip

RIGHT = [Right(f"group.{question}", name, {role: command}) for role, name, command, questions in _PROGRAMS for question in questions]
