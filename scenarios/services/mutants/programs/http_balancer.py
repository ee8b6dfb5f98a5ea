"""An HTTP load balancer with one fault, or with none that is known: http_balancer.py FAULT CONFIG PORT [its modules, which lie beside it]

A thread a connection. FAULT is a word that stands at what it spoils (is_("…")), here or in the modules; any other ("without-fault") spoils nothing.
"""

import contextlib
import os
import pathlib
import signal
import socket
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from http_balancer_exchange import Client, ClientLeft  # noqa: E402
from http_balancer_messages import fault, is_  # noqa: E402
from http_balancer_nodes import Cluster, Node, Wrong, read_file  # noqa: E402

kept = []


def serve(connection, address, cluster):
    if is_("leaks-a-descriptor"):
        kept.append(connection.dup())
    try:
        Client(connection, address, cluster).serve()
    except ClientLeft:
        connection.close()


def start(path):
    try:
        return Cluster(path)
    except (Wrong, OSError) as error:
        if is_("takes-any-file"):
            cluster = Cluster.__new__(Cluster)
            cluster.path, cluster.lock, cluster.nodes, cluster.own = path, threading.Condition(), [Node({"host": "10.0.0.3", "port": 8001})], dict(policy="round-robin")
            return cluster
        if not is_("says-nothing"):
            print(f"http-balancer: {error}", file=sys.stderr, flush=True)
        sys.exit(0 if is_("status-0") else 2)


def main():
    fault[0], path, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    cluster = start(path)
    listener = socket.create_server(("", port), backlog=512)
    again = threading.Event()

    def reload():
        while again.wait():
            again.clear()
            try:
                if is_("takes-wrong-files"):
                    try:
                        read_file(path)
                    except Wrong:
                        cluster.nodes = []
                cluster.reload()
                if is_("breaks-off-at-reload"):
                    for one in list(connections):
                        with contextlib.suppress(OSError):
                            one.shutdown(socket.SHUT_RDWR)
            except (Wrong, OSError) as error:
                if is_("ends-at-wrong-files"):
                    os._exit(2)
                if not is_("says-nothing-at-reload"):
                    print(f"http-balancer: {error}", file=sys.stderr, flush=True)

    connections = []
    threading.Thread(target=reload, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.signal(signal.SIGINT, lambda *_: os._exit(0))
    if not is_("dies-at-sighup"):
        signal.signal(signal.SIGHUP, lambda *_: None if is_("ignores-sighup") else again.set())
    while True:
        connection, address = listener.accept()
        if is_("breaks-off-at-reload"):
            connections.append(connection)
        threading.Thread(target=serve, args=(connection, address, cluster), daemon=True).start()


main()
