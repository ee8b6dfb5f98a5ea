#!/usr/bin/env python3
# Serveur Eliza, multiprocessus
import os
import random
import re
import signal
import socket
import sys

# my -> your, and so on; the new words in capitals, so that they are not turned again
PAIRS = [("your", "MY"), ("my", "YOUR"), ("you are", "I AM"), ("i am", "YOU ARE"), ("me", "YOU")]


def reflect(text):
    text = text.lower()
    for old, new in PAIRS:
        text = text.replace(old, new)
    return text.lower().replace("i am", "I am")


def analyze(text):
    text = text.strip().rstrip(".!?")
    m = re.search(r"\bi(?: am|'m) (.+)", text, re.I)
    if m:
        return "How do you feel when you are " + reflect(m.group(1)) + "?"
    m = re.search(r"\byou are (.+)", text, re.I)
    if m:
        return "You believe that I am " + reflect(m.group(1)) + "?"
    if re.search(r"\b(?:mother|father|parents)\b", text, re.I):
        return "I would like to know more about your family."
    if re.search(r"\bdream", text, re.I):
        return "A dream often has a meaning. Which one has this dream?"
    return random.choice(["And then?", "I am listening.", "What do you feel when you say that?"])


def do_eliza(conn):
    f = conn.makefile("rwb")
    f.write(b"Hello, how are you doing?\n")
    f.flush()
    for raw in f:
        text = raw.decode("utf-8", errors="replace").strip()
        if re.fullmatch(r"(good)?bye[.!]?", text, re.I):
            f.write(b"Bye, see you soon.\n")
            f.flush()
            break
        f.write(analyze(text).encode() + b"\n")
        f.flush()
    f.close()
    conn.close()


enfants = []


def arret(*_):
    for p in enfants:
        try:
            os.kill(p, signal.SIGTERM)
        except ProcessLookupError:
            pass
    os._exit(0)


signal.signal(signal.SIGCHLD, signal.SIG_IGN)
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", int(sys.argv[1])))
s.listen(5)
signal.signal(signal.SIGINT, arret)
signal.signal(signal.SIGTERM, arret)
while 1:
    conn, addr = s.accept()
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        s.close()
        try:
            do_eliza(conn)
        except OSError:
            pass
        os._exit(0)
    enfants = [p for p in enfants if os.path.exists("/proc/%d" % p)] + [pid]
    conn.close()
