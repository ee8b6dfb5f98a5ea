"""Wrong programs, written from the sheets and the roles alone, without a look at the scenarios."""

from harness import Mutant, compiled, program

_CHAT = "--room {room} --name {name} [--port {port}] [--interface {interface}] [--ttl {ttl}]"
# Question, what is wrong, role, what must catch it, command.
_PROGRAMS = [
    ("group.4-1-1", "latin-1", "mcast-chat", "to read 'cleo", program("others/ChatLatin1.java", _CHAT, by="java")),
    ("group.4-1-1", "leaves-twice", "mcast-chat", "bob leaves by Ctrl+C: datagrams to the room", program("others/chat_leaves_twice.py", _CHAT)),
    ("group.4-1-1", "own-twice", "mcast-chat", "what ana says is shown to all, ana included", program("others/chat_own_twice.py", _CHAT)),
    ("group.4-1-1", "same-again-dropped", "mcast-chat", "to read 'ana again'", program("others/chat_same_again_dropped.py", _CHAT)),
    ("group.4-1-1", "short-after-long-dropped", "mcast-chat", "to read 'ana again'", compiled("others/chat_short_after_long_dropped.c", _CHAT)),
    ("group.4-1-1", "quit-ends-all", "mcast-chat", "to read", program("others/chat_quit_ends_all.py", _CHAT)),
    ("group.4-1-3", "ttl-64", "mcast-chat", "their time to live", program("others/chat_ttl_64.py", "--room {room} --name {name} [--port {port}] [--interface {interface}]")),
    ("group.4-1-1-rooms", "rooms-mix", "mcast-chat", "shown on h1 to its member alone", program("others/chat_rooms_mix.py", _CHAT)),
]  # fmt: skip

MUTANTS = [Mutant(question, f"{role}-{name}", caught_by, {role: command}) for question, name, role, caught_by, command in _PROGRAMS]
