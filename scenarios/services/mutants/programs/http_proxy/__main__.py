"""A caching proxy, spoilt: http_proxy FAULT port=… cache=… size=… origin=… connect_ports=…; without a FAULT it is right.

A thread a client, a thread a request of an origin, whose answer all read who asked for the same meanwhile.
"""

import os
import signal
import socket
import sys
import threading

from answering import Answering, store
from faults import given, is_
from messages import Broken, Refused, Stream

PATIENCE = 30
one_at_a_time = threading.Lock()


def serve(connection):
    stream = Stream(connection)
    connection.settimeout(PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        while (request := stream.head()) is not None:
            if is_("one-client-at-a-time"):
                with one_at_a_time:
                    goes_on = Answering(stream, request).run()
            else:
                goes_on = Answering(stream, request).run()
            if not goes_on or is_("never-keeps"):
                break
    except Refused as refused:
        if is_("dies-at-a-bad-request") and refused.status == 400:
            os._exit(1)
        if not is_("silent-at-what-is-bad"):
            error(connection, refused.status)
        if is_("goes-on-after-a-bad-request"):
            return serve(connection)
        linger(connection)
    except (Broken, OSError):
        pass
    finally:
        end(connection)


def end(connection):
    try:
        connection.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    connection.close()


def error(connection, status):
    page = f"<!DOCTYPE html><title>{status}</title><h1>{status}</h1><p>The proxy cannot do this.</p>\n".encode()
    head = f"HTTP/1.1 {status} Refused\r\nContent-Type: text/html\r\nContent-Length: {len(page)}\r\nConnection: close\r\n\r\n"
    try:
        connection.sendall(head.encode() + page)
    except OSError:
        pass


def linger(connection):
    """Reads on for a while, lest a reset take the answer from who still sends."""
    try:
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(1)
        while connection.recv(65536):
            pass
    except OSError:
        pass


def main():
    signal.signal(signal.SIGTERM, lambda *_: (store.end(), os._exit(0)))
    served = 0
    listener = socket.create_server((given.get("host") or "", int(given["port"])), backlog=128)
    try:
        while True:
            connection, _ = listener.accept()
            served += 1
            if is_("serves-ten-clients") and served > 10:
                connection.close()
                continue
            threading.Thread(target=serve, args=(connection,), daemon=True).start()
    except KeyboardInterrupt:
        if is_("ignores-ctrl-c"):
            threading.Event().wait()
        store.end()
        sys.exit(0)


main()
