"""A small ELIZA with one fault: eliza_server.py FAULT PORT. The fault "none" gives a correct one."""

import multiprocessing
import os
import re
import signal
import socket
import sys

FAULT, PORT = sys.argv[1], int(sys.argv[2])
PERSONS = {"i": "you", "am": "are", "my": "your", "me": "you", "you": "I", "are": "am", "your": "my"}
common_memory = multiprocessing.Array("c", 100)  # what the fault "shares-its-memory" shares


def turned(text):
    if FAULT == "does-not-reflect":
        return text
    return " ".join(PERSONS.get(word.lower(), word) for word in text.split())


def answer(line, memory):
    if FAULT == "answers-all-alike":
        return "Tell me more."
    if match := re.search(r"\bmy (mother|father) (.*)", line, re.IGNORECASE):
        memory[:] = [match[1]]
        if FAULT == "shares-its-memory":
            common_memory.value = match[1].encode()
        return f"Tell me more about your {match[1]}."
    if match := re.search(r"\b(i am|you are) (.*)", line, re.IGNORECASE):
        return f"So {turned(match[0])}?"
    if "dream" in line:
        return "What does that dream mean to you?"
    if FAULT == "echoes-when-it-does-not-know":
        return line
    if FAULT == "shares-its-memory" and common_memory.value:
        return f"Let us talk about your {common_memory.value.decode()}."
    return "Please go on."


def talk(client):
    greeting = "Hello, what is the matter?\n"
    with client, client.makefile("rw", newline="\n") as stream:
        if FAULT != "waits-for-the-client":
            stream.write(greeting)
            stream.flush()
        memory = []
        for line in stream:
            words = line.strip()
            if words.lower() in ("bye", "quit"):
                if FAULT == "does-not-close-after-bye":
                    stream.write("Good bye.\n")
                    stream.flush()
                    continue
                if FAULT != "leaves-without-farewell":
                    stream.write("Good bye.\n")
                stream.flush()
                return
            stream.write(answer(words, memory) + "\n")
            stream.flush()


signal.signal(signal.SIGCHLD, signal.SIG_IGN)
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", PORT))
listener.listen(16)
while True:
    connection, _ = listener.accept()
    if FAULT == "one-client-at-a-time":
        talk(connection)
    elif os.fork() == 0:
        listener.close()
        talk(connection)
        os._exit(0)
    connection.close()
