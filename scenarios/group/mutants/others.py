"""Wrong programs, written from the sheets and the roles alone, without a look at the scenarios."""

from harness import Mutant, compiled, program

_CHAT = "--room {room} --name {name} [--port {port}] [--interface {interface}] [--ttl {ttl}]"
# Question, what is wrong, role, the id of what must catch it, command.
_PROGRAMS = [
    ("group.4-1-1", "latin-1", "mcast-chat", "speak", program("others/ChatLatin1.java", _CHAT, by="java")),
    ("group.4-1-1", "leaves-twice", "mcast-chat", "leave/datagrams", program("others/chat_select.py", "leaves-twice", _CHAT)),
    ("group.4-1-1", "own-twice", "mcast-chat", "speak/shown", program("others/chat_select.py", "own-twice", _CHAT)),
    ("group.4-1-1", "same-again-dropped", "mcast-chat", "lines", program("others/chat_select.py", "same-again-dropped", _CHAT)),
    ("group.4-1-1", "short-after-long-dropped", "mcast-chat", "lines", compiled("others/chat_short_after_long_dropped.c", _CHAT)),
    ("group.4-1-1", "quit-ends-all", "mcast-chat", "lines", program("others/chat_select.py", "quit-ends-all", _CHAT)),
    ("group.4-1-3", "ttl-64", "mcast-chat", "captures/ttl", program("others/chat_select.py", "ttl-64", _CHAT)),
    ("group.4-1-1-rooms", "rooms-mix", "mcast-chat", "alone/shown", program("others/chat_select.py", "rooms-mix", _CHAT)),
    ("group.4-1-1", "empty-line-leaves", "mcast-chat", "empty-line", program("others/chat_select.py", "empty-line-leaves", _CHAT)),
    ("group.4-1-1", "deaf-after-silence", "mcast-chat", "silence", program("others/chat_deaf_after_silence.py", _CHAT)),
]  # fmt: skip

MUTANTS = [Mutant(question, f"{role}-{name}", caught_by, {role: command}) for question, name, role, caught_by, command in _PROGRAMS]
