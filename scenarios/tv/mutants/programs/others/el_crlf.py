#!/usr/bin/env python3
"""A friend over TCP: answers each line, one process for each client."""
import os
import random
import re
import signal
import socket
import sys

PERSONS = {"i": "you", "am": "are", "i'm": "you're", "my": "your", "me": "you", "mine": "yours", "you": "I", "your": "my", "are": "am"}
SCRIPT = (
    ("i am (.*)", ("Did you come to me because you are {0}?", "For how long do you feel that you are {0}?")),
    ("you are (.*)", ("Why does it matter whether I am {0}?", "So I am {0}, you say.")),
    (r".*\bmother\b.*", ("How did you get on with your mother?",)),
    (r".*\bdream(?:s|t|ed)?\b.*", ("What did you feel in that dream?",)),
    (r"i (?:want|would like|need) (.*)", ("What would change if you had {0}?",)),
    (".*", ("Go on.", "Tell me more of it.", "I see.")),
)


def react(line):
    for pattern, answers in SCRIPT:
        match = re.fullmatch(pattern, line.rstrip(" .!?"), re.IGNORECASE | re.DOTALL)
        if match:
            return random.choice(answers).format(*(" ".join(PERSONS.get(w.lower(), w) for w in g.split()) for g in match.groups()))


def converse(connection):
    lines = connection.makefile("rb")
    connection.sendall(b"Hello. How are things with you?\n")
    while True:
        line = lines.readline()
        if not line:
            return
        said = line.decode("utf-8", "replace").removesuffix("\n")
        if said.lower() in ("bye", "bye.", "bye!", "goodbye"):
            connection.sendall(b"Goodbye!\n")
            return
        connection.sendall((react(said) + "\n").encode())


def run(port):
    children = set()

    def reap(*_):
        try:
            while True:
                pid, _ = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                children.discard(pid)
        except ChildProcessError:
            return

    def stop(*_):
        for pid in list(children):
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                pass
        os._exit(0)

    server = socket.create_server(("", port), backlog=16)
    signal.signal(signal.SIGCHLD, reap)
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    while True:
        connection, _ = server.accept()
        pid = os.fork()
        if pid == 0:
            for n in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
                signal.signal(n, signal.SIG_DFL)
            server.close()
            random.seed()
            try:
                converse(connection)
            except OSError:
                pass
            os._exit(0)
        children.add(pid)
        connection.close()


run(int(sys.argv[1]))
