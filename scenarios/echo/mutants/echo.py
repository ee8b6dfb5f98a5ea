"""Wrong servers and clients of the echo service (lab echo)."""

from __future__ import annotations

from harness import Mutant, program

# Faults of servers that only echo, by question.
_SERVER = {
    "echo.queue": {
        "serves-concurrently": "the second belongs to no process yet",
        "port-built-in": "h1-echo-server on h1 to listen on tcp port 4269",
        "forgets-who-waits": "the second client's echo",
    },
    "echo.netstat": {
        "port-built-in": "h1-echo-server-2 on h1 to listen on tcp port 4269",
        "shares-its-port": "h1-echo-server-3 on h1 to end",
        "silent-when-the-port-is-taken": "it says why (EADDRINUSE)",
        "content-when-the-port-is-taken": "the third server's exit status",
        "listens-twice": "one line: the server listens",
    },
    "echo.clients": {
        "greets-the-second-client": "h2-telnet: the bytes that it sends back",
        "strips-carriage-returns": "h2-netcat: the bytes that it sends back",
    },
}
# The same programs in inetd's place, on its port.
_INETD = {
    "changes-letters": "the line comes back",
    "answers-byte-by-byte": "the sheet's seven frames, at the server",
    "greets": "the sheet's seven frames, at the client",
    "never-reaps": "processes that inetd left behind",
    "ends-with-its-first-client": "the next client's line comes back",
    "port-built-in": "h1-inetd on h1 to listen on tcp port 7",
}
# Servers that greet and say goodbye.
_WORDS = {
    "echo.ends": {
        "no-goodbye": "Ctrl+D: what the server says last still arrives",
        "resets-at-fin": "Ctrl+D: how the client ends",
        "does-not-survive-a-reset": "h1-echo-server on h1: status 1",
    },
    "echo.api": {
        "waits-for-the-client": "h2-echo-client on h2 to print",
        "welcomes-in-two-pieces": "the twelve frames, at the server",
        "no-prefix": "the line comes back, with the prefix",
        "says-goodbye-too-early": "what the client still receives after its FIN",
        "no-goodbye": "all that the server said, the goodbye last",
        "resets-at-fin": "how the client ends",
    },
}
_CLIENT = {
    "echo.ends": {
        "closes-at-once": "Ctrl+D: what the server says last still arrives",
        "catches-sigint": "Ctrl+C: how the client ends",
        "sends-a-last-word": "Ctrl+C: the signal, and the client's calls after it",
        "stays-after-the-end": "h2-echo-client on h2 to end",
    },
    "echo.api": {
        "closes-at-once": "which call makes which frame",
        "ends-both-sides": "the first call that ends a side",
        "sends-byte-by-byte": "which call makes which frame",
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
        "echo.clients", "ends-lines-by-lf", "h2-python-client: the bytes that the server receives",
        {"python-client": program("echo_client.py", "none", "{host}", "{port}", "lf")},
    ),
    Mutant(
        "echo.clients", "says-who-it-is", "h2-python-client: the bytes that the server receives",
        {"python-client": program("echo_client.py", "says-who-it-is", "{host}", "{port}", "crlf")},
    ),
]  # fmt: skip
