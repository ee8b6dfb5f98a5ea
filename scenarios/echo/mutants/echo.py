"""Wrong servers and clients of the echo service (lab echo)."""

from __future__ import annotations

from harness import Mutant, program

# Faults of servers that only echo, by question, with the id of what must catch them.
_SERVER = {
    "echo.queue": {
        "serves-concurrently": "second/sockets",
        "port-built-in": "port",
        "forgets-who-waits": "served",
    },
    "echo.netstat": {
        "port-built-in": "two",
        "shares-its-port": "third",
        "silent-when-the-port-is-taken": "third/why",
        "content-when-the-port-is-taken": "third/status",
        "listens-twice": "one/line",
    },
    "echo.clients": {
        "greets-the-second-client": "sees-telnet/sent",
        "strips-carriage-returns": "sees-netcat/sent",
        "killed-by-sigpipe": "gone/survives",
    },
}
# The same programs in inetd's place, on its port.
_INETD = {
    "changes-letters": "line/echo",
    "answers-byte-by-byte": "line/frames-at-server",
    "greets": "line/frames-at-client",
    "never-reaps": "leaves/children",
    "ends-with-its-first-client": "next/echo",
    "port-built-in": "listens",
}
# Servers that greet and say goodbye.
_WORDS = {
    "echo.ends": {
        "no-goodbye": "half-close/goodbye",
        "resets-at-fin": "ctrl-d/status",
        "does-not-survive-a-reset": "goes-on",
    },
    "echo.api": {
        "waits-for-the-client": "talk",
        "welcomes-in-two-pieces": "half-close/frames-at-server",
        "no-prefix": "talk/echo",
        "says-goodbye-too-early": "calls/after-fin",
        "no-goodbye": "half-close/output",
        "resets-at-fin": "half-close/status",
    },
}
_CLIENT = {
    "echo.ends": {
        "closes-at-once": "half-close/goodbye",
        "catches-sigint": "ctrl-c/status",
        "sends-a-last-word": "killed/later",
        "stays-after-the-end": "ctrl-d",
    },
    "echo.api": {
        "closes-at-once": "calls/causes",
        "ends-both-sides": "calls/ending",
        "sends-byte-by-byte": "calls/causes",
    },
}
_WITH_WORDS = ["'--welcome={welcome}'", "'--reply-prefix={reply_prefix}'", "'--goodbye={goodbye}'"]

MUTANTS = [
    *(
        Mutant(question, name, caught_by, {"echo-server": program("echo_server.py", name, "{port}", "iterative")})
        for question, faults in _SERVER.items()
        for name, caught_by in faults.items()
    ),
    *(
        Mutant("echo.inetd", name, caught_by, {"inetd": program("echo_server.py", name, "7", "fork")})
        for name, caught_by in _INETD.items()
    ),
    *(
        Mutant(question, name, caught_by, {"echo-server": program("echo_words_server.py", name, "{port}", *_WITH_WORDS)})
        for question, faults in _WORDS.items()
        for name, caught_by in faults.items()
    ),
    *(
        Mutant(question, name, caught_by, {"echo-client": program("echo_client.py", name, "{host}", "{port}")})
        for question, faults in _CLIENT.items()
        for name, caught_by in faults.items()
    ),
    Mutant(
        "echo.clients", "ends-lines-by-lf", "sees-python-client/received",
        {"python-client": program("echo_client.py", "none", "{host}", "{port}", "lf")},
    ),
    Mutant(
        "echo.clients", "says-who-it-is", "sees-python-client/received",
        {"python-client": program("echo_client.py", "says-who-it-is", "{host}", "{port}", "crlf")},
    ),
]  # fmt: skip
