"""Echo servers with one fault each: echo_server.py FAULT PORT MODE; every MODE but iterative forks.

The fault "none" gives a correct server, so that a fault is the only thing a scenario can find.
"""

import contextlib
import os
import signal
import socket
import sys
import time

FAULT, PORT, MODE = sys.argv[1], int(sys.argv[2]), sys.argv[3]
children = set()
session = None


def serve(client):
    """Echoes until the client's end of stream."""
    if FAULT in ("loses-the-rest-at-fin", "ignores-short-writes"):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)  # makes the fault tell at once
    if FAULT == "greets" or (FAULT == "greets-the-second-client" and served == 1):
        client.sendall(b"Welcome\n")
    with client:
        if FAULT == "loses-the-rest-at-fin":
            return serve_without_the_rest(client)
        while data := client.recv(65536):
            if FAULT == "drops-single-bytes" and len(data) == 1:
                continue
            if FAULT == "ignores-short-writes":
                client.setblocking(False)
                try:
                    client.send(data)
                except BlockingIOError:
                    pass
                client.setblocking(True)
            elif FAULT == "answers-byte-by-byte":
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for i in range(len(data)):
                    client.sendall(data[i : i + 1])
            elif FAULT == "changes-letters":
                client.sendall(data.swapcase())
            elif FAULT == "strips-carriage-returns":
                client.sendall(data.replace(b"\r", b""))
            elif FAULT == "text-only":
                client.sendall(data.decode("ascii", "replace").encode("utf-8"))
            else:
                client.sendall(data)


def serve_without_the_rest(client):
    """Keeps what has not been sent yet in a queue, and forgets the queue at the end of stream."""
    client.setblocking(False)
    queue = b""
    while True:
        try:
            data = client.recv(1 << 20)
            if not data:
                return
            queue += data
        except BlockingIOError:
            time.sleep(0.001)  # no data to read: the time to write
        try:
            queue = queue[client.send(queue[:4096]) :] if queue else queue
        except BlockingIOError:
            pass


def reap(*_):
    try:
        while pid := os.waitpid(-1, os.WNOHANG)[0]:
            children.discard(pid)
    except ChildProcessError:
        pass


def stop(*_):
    if FAULT == "deaf-to-sigint":
        return
    if FAULT == "crashes-at-sigint":
        os.abort()
    listener.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if FAULT != "leaves-its-children":
        for pid in children:
            os.kill(pid, signal.SIGTERM)
        for pid in children:
            os.waitpid(pid, 0)
    os._exit(0)


signal.signal(signal.SIGINT, stop)
if FAULT == "killed-by-sigpipe":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
if FAULT != "never-reaps":
    signal.signal(signal.SIGCHLD, reap)
listener = socket.socket()
if FAULT != "no-address-reuse":
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
if FAULT == "shares-its-port":
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
try:
    listener.bind(("", 1234 if FAULT == "port-built-in" else PORT))
    listener.listen(0 if FAULT == "no-backlog" else 16)
except OSError as error:
    if FAULT != "silent-when-the-port-is-taken":
        print(f"listen on port {PORT}: {error.strerror}", file=sys.stderr)
    sys.exit(0 if FAULT == "content-when-the-port-is-taken" else 1)
if FAULT == "listens-twice":
    spare = socket.create_server(("", PORT + 1))
served = 0
concurrent = {"serves-concurrently": True, "serves-iteratively": False}.get(FAULT, MODE != "iterative")
while True:
    connection, _ = listener.accept()
    if not concurrent:
        if FAULT == "forgets-who-waits" and served:
            connection.close()
            continue
        with contextlib.suppress(ConnectionError):  # the client has gone
            serve(connection)
        served += 1
        continue
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        listener.close()
        serve(connection)
        os._exit(0)
    connection.close()
    children.add(child)
    if FAULT == "ends-with-its-first-client":
        os.waitpid(child, 0)
        os._exit(0)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
