#!/usr/bin/env python3
"""yourfriend.py PORT: ELIZA over TCP, a process for each client."""
import os
import random
import re
import signal
import socket
import sys

REFLECTIONS = {"i": "you", "am": "are", "was": "were", "my": "your", "me": "you", "i'm": "you are", "mine": "yours",
               "you": "I", "are": "am", "your": "my", "yours": "mine", "myself": "yourself"}
RULES = [
    (r"\b(?:i am|i'm) (.*)", ["Why do you say that you are {0}?", "How long have you been {0}, now that you are {0}?"]),
    (r"\byou are (.*)", ["What makes you think that I am {0}?"]),
    (r"\b(?:mother|father|sister|brother)\b", ["Tell me more about your family."]),
    (r"\bdreams?\b", ["What does this dream tell you?", "Do you dream often?"]),
    (r"\bi need (.*)", ["Why do you need {0}?"]),
    (r"\bbecause\b", ["Is that the real reason?"]),
]
OTHERS = ["Please go on.", "How does that make you feel?", "I see. Tell me more."]


def reflect(words):
    return " ".join(REFLECTIONS.get(w, w) for w in words.lower().split())


def analyze(line):
    for pattern, answers in RULES:
        m = re.search(pattern, line.rstrip(" .!?"), re.I)
        if m:
            return random.choice(answers).format(*map(reflect, m.groups()))
    return random.choice(OTHERS)


def friend(conn):
    with conn, conn.makefile("rwb") as stream:
        def say(text):
            stream.write(text.encode() + b"\n")
            stream.flush()
        say("Hello. How are you feeling today?")
        for raw in stream:
            line = raw.decode("utf-8", "replace").strip()
            if "bye" in line.lower():
                say("Goodbye. Take care of yourself.")
                return
            say(analyze(line))


children = set()


def reap(*_):
    try:
        while (pid := os.waitpid(-1, os.WNOHANG)[0]):
            children.discard(pid)
    except ChildProcessError:
        pass


def stop(*_):
    for pid in list(children):
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
    os._exit(0)


s = socket.create_server(("", int(sys.argv[1])), backlog=16)
signal.signal(signal.SIGCHLD, reap)
signal.signal(signal.SIGINT, stop)
signal.signal(signal.SIGTERM, stop)
while True:
    conn, _ = s.accept()
    pid = os.fork()
    if pid == 0:
        for n in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
            signal.signal(n, signal.SIG_DFL)
        s.close()
        random.seed()
        try:
            friend(conn)
        except OSError:
            pass
        os._exit(0)
    children.add(pid)
    conn.close()
