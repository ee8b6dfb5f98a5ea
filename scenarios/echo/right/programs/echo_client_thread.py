#!/usr/bin/env python3
"""Echo client with two threads: one reads the keyboard, the other one the socket."""
import os
import socket
import sys
import threading


def listen(s):
    while True:
        data = s.recv(4096)
        if not data:
            break
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


try:
    s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
except OSError as e:
    print("cannot connect:", e, file=sys.stderr)
    sys.exit(1)
t = threading.Thread(target=listen, args=(s,), daemon=True)
t.start()
while True:
    data = os.read(0, 4096)
    if not data:
        break
    s.sendall(data)
s.shutdown(socket.SHUT_WR)
t.join()
s.close()
