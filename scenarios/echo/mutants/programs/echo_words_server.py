"""Echo servers that greet, each with one fault: for the half-close of the echo sheet.

echo_words_server.py FAULT PORT --welcome=TEXT --reply-prefix=TEXT --goodbye=TEXT; one client after another. The fault
"none" gives a correct server, so that a fault is the only thing a scenario can find.
"""

import fcntl
import os
import signal
import socket
import struct
import sys
import termios
import time

FAULT, PORT = sys.argv[1], int(sys.argv[2])
WORDS = {name: text.encode() for name, text in (word.removeprefix("--").split("=", 1) for word in sys.argv[3:])}
WELCOME, PREFIX, GOODBYE = (WORDS.get(name, b"") for name in ("welcome", "reply-prefix", "goodbye"))
SIOCOUTQ = termios.TIOCOUTQ


def greet(client):
    if FAULT == "no-welcome":
        return
    if FAULT == "welcomes-in-two-pieces":
        client.sendall(WELCOME[: len(WELCOME) // 2])
        wait_for_acknowledgement(client)
        client.sendall(WELCOME[len(WELCOME) // 2 :])
    else:
        client.sendall(WELCOME)


def wait_for_acknowledgement(client):
    """At most two seconds, until the client's system has acknowledged all."""
    deadline = time.monotonic() + 2
    while struct.unpack("i", fcntl.ioctl(client, SIOCOUTQ, b"\0" * 4))[0] and time.monotonic() < deadline:
        time.sleep(0.001)


def reply(client, data):
    if FAULT == "strips-carriage-returns":
        data = data.replace(b"\r", b"")
    lines = data.splitlines(keepends=True)
    prefix = b"" if FAULT == "no-prefix" else PREFIX
    client.sendall(b"".join(prefix + line for line in lines))
    if FAULT == "says-goodbye-too-early":
        client.sendall(GOODBYE)


def serve(client):
    if FAULT != "waits-for-the-client":
        greet(client)
    greeted = FAULT != "waits-for-the-client"
    while data := client.recv(65536):
        if not greeted:
            greet(client)
            greeted = True
        reply(client, data)
        if FAULT == "closes-after-the-reply":
            break
    if FAULT not in ("no-goodbye", "says-goodbye-too-early"):
        client.sendall(GOODBYE)
        if FAULT != "does-not-wait-for-the-acknowledgement":
            wait_for_acknowledgement(client)
    if FAULT == "never-closes":
        kept.append(client)
        return
    if FAULT == "resets-at-fin":
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if FAULT == "does-not-survive-a-reset":
        try:
            client.shutdown(socket.SHUT_WR)
        except OSError:
            os._exit(1)
    client.close()


kept = []
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: os._exit(0))
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", PORT))
listener.listen(16)
while True:
    connection, _ = listener.accept()
    serve(connection)
