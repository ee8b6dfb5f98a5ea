"""Echo clients with one fault each: echo_client.py FAULT HOST PORT [END], where END, if given, replaces the end of each line.

The fault "none" gives a correct client, so that a fault is the only thing a scenario can find.
"""

import os
import select
import signal
import socket
import sys

FAULT, HOST, PORT = sys.argv[1], sys.argv[2], int(sys.argv[3])
END = {"crlf": b"\r\n", "lf": b"\n"}[sys.argv[4]] if len(sys.argv) > 4 else None


def interrupted(*_):
    if FAULT == "sends-a-last-word":
        connection.sendall(b"bye\n")
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    else:
        connection.shutdown(socket.SHUT_WR)
        receive_the_rest()
        os._exit(0)


def show(data):
    os.write(1, data)


def receive_the_rest():
    while data := connection.recv(65536):
        show(data)


def send(text):
    if END is not None:
        text = text.rstrip(b"\r\n") + END
    if FAULT == "sends-byte-by-byte":
        for i in range(len(text)):
            connection.sendall(text[i : i + 1])
    else:
        connection.sendall(text)


connection = socket.create_connection((HOST, PORT))
connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
signal.signal(signal.SIGINT, interrupted if FAULT in ("sends-a-last-word", "catches-sigint") else signal.SIG_DFL)
if FAULT == "says-who-it-is":
    connection.sendall(b"I am Python\r\n")
    connection.recv(65536)
while True:
    ready, _, _ = select.select([connection, 0], [], [])
    if connection in ready:
        answer = connection.recv(65536)
        if not answer:
            sys.exit(0)
        show(answer)
    if 0 in ready:
        typed = os.read(0, 65536)
        if not typed:
            break
        send(typed)
if FAULT == "closes-at-once":
    connection.close()
    sys.exit(0)
if FAULT == "stays-after-the-end":
    signal.pause()
connection.shutdown(socket.SHUT_RDWR if FAULT == "ends-both-sides" else socket.SHUT_WR)
receive_the_rest()
