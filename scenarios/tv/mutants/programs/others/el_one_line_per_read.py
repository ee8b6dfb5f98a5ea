#!/usr/bin/env python3
"""ELIZA server: lines are put together from what arrives."""
import os
import random
import re
import signal
import socket
import sys


class Eliza:
    PERSONS = dict(i="you", am="are", my="your", me="you", mine="yours", you="I", your="my", yours="mine", are="am", was="were")
    KEYS = [
        (re.compile(r"\bi(?: am|'m) (.+)"), "Since when do you know that you are {}?"),
        (re.compile(r"\byou are (.+)"), "Perhaps I am {}; does it trouble you?"),
        (re.compile(r"\b(mother|father)\b"), "What comes to your mind when you think of your {}?"),
        (re.compile(r"\b(dream)"), "What does that {} suggest to you?"),
        (re.compile(r"\bi (?:want|need) (.+)"), "What would it mean to you if you got {}?"),
    ]
    ELSE = ["I am not sure that I understand you fully.", "Please continue.", "What does that suggest to you?"]

    def reply(self, line):
        line = line.lower().strip(" .,!?\r")
        for pattern, form in self.KEYS:
            if found := pattern.search(line):
                return form.format(" ".join(self.PERSONS.get(w, w) for w in found[1].split()))
        return random.choice(self.ELSE)


def session(c):
    eliza = Eliza()
    c.sendall(b"How do you do. What is your problem?\n")
    pending = b""
    while True:
        piece = c.recv(4096)
        if not piece:
            return
        pending += piece
        if b"\n" not in pending:
            continue
        line, _, pending = pending.partition(b"\n")
        text = line.decode("utf-8", "replace").strip()
        if text.lower().rstrip(".!") in ("bye", "goodbye"):
            c.sendall(b"Good bye. Come again.\n")
            return
        c.sendall(eliza.reply(text).encode() + b"\n")


def main():
    alive = set()

    def reap(*_):
        try:
            while True:
                pid = os.waitpid(-1, os.WNOHANG)[0]
                if not pid:
                    break
                alive.discard(pid)
        except ChildProcessError:
            pass

    def stop(*_):
        for pid in list(alive):
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                pass
        os._exit(0)

    listener = socket.create_server(("", int(sys.argv[1])), backlog=32)
    signal.signal(signal.SIGCHLD, reap)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while True:
        c, _ = listener.accept()
        pid = os.fork()
        if not pid:
            for n in signal.SIGCHLD, signal.SIGTERM, signal.SIGINT:
                signal.signal(n, signal.SIG_DFL)
            listener.close()
            random.seed()
            try:
                with c:
                    session(c)
            except OSError:
                pass
            os._exit(0)
        alive.add(pid)
        c.close()


main()
