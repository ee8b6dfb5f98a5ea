"""Message servers over TCP with one fault each: message_tcp_server.py FAULT PORT MODE.

MODE is iterative, fork, select or epoll. The fault "none" gives a correct server, so that a fault is the only thing a
scenario can find.
"""

import os
import resource
import selectors
import signal
import socket
import struct
import sys

FAULT, PORT, MODE = sys.argv[1], int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "iterative"
FD_SETSIZE = 1024
ANSWER = b"Message received"
STOPS = {signal.SIGINT, signal.SIGTERM, signal.SIGCHLD}
children = set()


def meet(client):
    if FAULT == "answers-without-waiting":
        client.sendall(ANSWER)


def talk_once(client, peer):
    """Takes one message and answers it; False when that was the last one."""
    try:
        if FAULT == "sends-the-silent-away":
            client.settimeout(2)
        message = client.recv(65536)
    except TimeoutError:
        return False
    except ConnectionResetError:
        if FAULT == "dies-of-a-reset":
            raise
        return False
    if not message:
        return False
    text = message.removesuffix(b"\n").removesuffix(b"\r")
    shown = ascii(text.decode() if FAULT == "dies-of-bad-text" else text).removeprefix("b")[1:-1]
    if FAULT == "prints-raw-bytes":
        sys.stdout.buffer.write(text + b"\n")
        sys.stdout.flush()
    elif FAULT != "prints-nothing":
        print(f"received {len(message)} bytes from {peer[0]}:{peer[1]}: {shown}", flush=True)
    last = text == b"end" and FAULT != "ignores-end"
    if last and FAULT == "ends-without-an-answer":
        return False
    if FAULT == "echoes":
        client.sendall(message)
    elif FAULT == "adds-a-line-end":
        client.sendall(ANSWER + b"\n")
    elif FAULT != "answers-without-waiting":
        client.sendall(ANSWER)
    if last and FAULT == "ends-for-all":
        os._exit(0)
    return not last and FAULT != "closes-after-one-message"


def leave(client):
    if FAULT == "resets":
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def serve(client, peer):
    meet(client)
    while talk_once(client, peer):
        pass
    leave(client)


def refused(client):
    """Whether select cannot watch the client."""
    if MODE != "select" or FAULT == "dies-beyond-fd-setsize" or client.fileno() < FD_SETSIZE:
        return False
    if FAULT != "refuses-without-words":
        client.sendall(f"refused: select knows {FD_SETSIZE} descriptors only\n".encode())
    client.close()
    return True


def serve_in_one_process():
    waiting = selectors.SelectSelector() if MODE == "select" else selectors.EpollSelector()
    waiting.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in waiting.select():
            if key.fileobj is not listener:
                if not talk_once(key.fileobj, key.data):
                    waiting.unregister(key.fileobj)
                    leave(key.fileobj)
                continue
            client, peer = listener.accept()
            if not refused(client):
                waiting.register(client, selectors.EVENT_READ, peer)
                meet(client)


def serve_by_accepting():
    while True:
        client, peer = listener.accept()
        if MODE == "iterative":
            serve(client, peer)
            continue
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)  # no child is born while the last ones are ended
        child = os.fork()
        if child == 0:
            children.clear()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
            if FAULT != "listens-in-every-child":
                listener.close()
            serve(client, peer)
            os._exit(0)
        children.add(child)
        client.close()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)


def reap(*_):
    try:
        while pid := os.waitpid(-1, os.WNOHANG)[0]:
            children.discard(pid)
    except ChildProcessError:
        pass


def stop(*_):
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if FAULT != "leaves-its-children":
        for pid in children:
            os.kill(pid, signal.SIGTERM)
    os._exit(0)


for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, stop)
if FAULT != "never-reaps":
    signal.signal(signal.SIGCHLD, reap)
resource.setrlimit(resource.RLIMIT_NOFILE, [resource.getrlimit(resource.RLIMIT_NOFILE)[1]] * 2)
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", 12801 if FAULT == "port-built-in" else PORT))
listener.listen(128)
MODE = {"serves-iteratively": "iterative", "serves-concurrently": "fork", "serves-in-one-process": "epoll"}.get(FAULT, MODE)
serve_in_one_process() if MODE in ("select", "epoll") else serve_by_accepting()
