#!/usr/bin/env python3
# eliza, TCP, fork
import os
import random
import re
import signal
import socket
import sys

CHANGE = {"i": "you", "am": "are", "my": "your", "me": "you", "you": "I", "your": "my", "are": "am", "was": "were", "mine": "yours"}


def change(part):
    return " ".join(CHANGE.get(word, word) for word in part.lower().split())


def analyze(statement):
    statement = statement.rstrip(".!? ")
    rules = [
        (r"\bi am (.*)", "Why do you think that you are %s?"),
        (r"\bi'm (.*)", "How does it feel that you are %s?"),
        (r"\byou are (.*)", "Why do you care whether I am %s?"),
        (r"\bi feel (.*)", "When do you feel %s?"),
    ]
    for rule, response in rules:
        match = re.search(rule, statement, re.I)
        if match:
            return response % change(match.group(1))
    for word, response in (("mother", "Let us speak about your mother."), ("father", "Let us speak about your father."),
                           ("dream", "What do you make of the dream?"), ("computer", "Do machines worry you?")):
        if re.search(r"\b%ss?\b" % word, statement, re.I):
            return response
    return random.choice(("I see.", "Please tell me more.", "Why do you say that?"))


def read_line(conn, rest):
    while b"\n" not in rest[0]:
        piece = conn.recv(1024)
        if not piece:
            return ""
        rest[0] += piece
    line, rest[0] = rest[0].split(b"\n", 1)
    return line.decode("utf-8", "replace").strip()


def do_eliza(conn):
    conn.sendall(b"Hello. How are you feeling today?\n")
    rest = [b""]
    while 1:
        statement = read_line(conn, rest)
        if not statement:
            break
        if statement.lower().strip(".! ") in ("bye", "quit"):
            conn.sendall(b"Thank you for talking with me. Good bye.\n")
            break
        conn.sendall(analyze(statement).encode() + b"\n")
    conn.close()


def sigchld(*_):
    try:
        while True:
            pid, _status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            clients.discard(pid)
    except ChildProcessError:
        pass


def sigint(*_):
    s.close()
    for pid in list(clients):
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
    os._exit(0)


clients = set()
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", int(sys.argv[1])))
s.listen(10)
signal.signal(signal.SIGCHLD, sigchld)
signal.signal(signal.SIGINT, sigint)
signal.signal(signal.SIGTERM, sigint)
while 1:
    conn, addr = s.accept()
    pid = os.fork()
    if pid == 0:
        for n in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
            signal.signal(n, signal.SIG_DFL)
        s.close()
        try:
            do_eliza(conn)
        except OSError:
            pass
        os._exit(0)
    clients.add(pid)
    conn.close()
