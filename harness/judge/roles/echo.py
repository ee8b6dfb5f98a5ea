"""Roles of the echo service, in the labs tv and echo."""

import pathlib

from harness.judge.roles.role import Role

_PYTHON_CLIENT = str(pathlib.Path(__file__).resolve().parents[3] / "scenarios" / "echo" / "clients" / "echo_client.py")

ROLES = [
    Role(
        "echo-server",
        ["echo-server", "{port}", ["--mode", "{mode}"], ["--welcome", "{welcome}"], ["--reply-prefix", "{reply_prefix}"],
         ["--goodbye", "{goodbye}", "--acknowledged-goodbye"]],
        {"port": "TCP port to listen on", "mode": "iterative, fork, select or async",
         "welcome": "text sent to each client first", "reply_prefix": "text sent before each line that comes back",
         "goodbye": "text sent after the client's FIN; the server's own FIN waits until it is acknowledged"},
        "Sends every byte back; after the client's FIN it sends what is left and closes. SIGINT closes in order, status 0.",
        "the TCP port is in state LISTEN",
        {
            "<bytes>": "to each client, what it has sent",
            "Address already in use": "on standard error, with the port's number, when another program has the port; status not 0",
        },
    ),
    Role(
        "echo-client",
        ["echo-client", "{host}", "{port}", ["--data", "{data}"], ["--file", "{file}"]],
        {"host": "server's address", "port": "server's TCP port", "data": "text to send", "file": "file to send"},
        "Sends its input, half-closes, prints what comes back; status 1 when it cannot connect.",
        says={
            "<bytes>": "on standard output at once, what comes back",
            "refused": "on standard error, when nobody listens; status not 0",
        },
        reads=frozenset({"file"}),
    ),
    Role(
        "python-client",
        ["/usr/bin/python3", _PYTHON_CLIENT, "{host}", "{port}"],
        {"host": "server's address", "port": "server's TCP port"},
        "Sends each line of its input, ended by CR LF, and prints the line that comes back; half-closes at the end of its input.",
        says={"<line>": "on standard output at once, each line that comes back"},
    ),
]  # fmt: skip
