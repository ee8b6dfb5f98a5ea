"""An HTTP server with one fault, or with none that is known: spoilt_http_server FAULT ROOT PORT [--log=FILE] [--timeout=SECONDS]

A thread a connection. FAULT is a word that stands in one of these files, at what it spoils; any other ("without-fault") spoils nothing.
"""

import signal
import socket
import sys
import threading

from connection import Connection, idle, stopping
from faults import PORT, is_

one_at_a_time = threading.Lock()


def serve(connection, address):
    if is_("one-client-at-a-time"):
        with one_at_a_time:
            Connection(connection, address).serve()
    elif is_("three-clients-in-all") and len(threading.enumerate()) > 3:
        connection.close()
    else:
        Connection(connection, address).serve()


def main():
    listener = socket.create_server(("127.0.0.1" if is_("listens-for-itself") else "", PORT), backlog=128)
    told = PORT if is_("tells-the-port-it-was-told") else listener.getsockname()[1]
    if not is_("does-not-tell-its-port"):
        print(f"listening on 0.0.0.0:{told}", file=sys.stderr, flush=True)
    threads, served = [], 0

    def stop(*_):
        stopping.set()
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        while True:
            connection, address = listener.accept()
            served += 1
            if is_("serves-ten-clients") and served > 10:
                connection.close()
                continue
            threads = [one for one in threads if one.is_alive()]
            threads.append(threading.Thread(target=serve, args=(connection, address), daemon=True))
            threads[-1].start()
    except KeyboardInterrupt:
        stopping.set()
        if is_("ignores-ctrl-c"):
            threading.Event().wait()
        if not is_("keeps-its-door-open"):
            listener.close()
        for one in list(idle):
            one.shutdown(socket.SHUT_RDWR)
        if not is_("breaks-off-at-sigterm"):
            for thread in threads:
                thread.join(20)


main()
