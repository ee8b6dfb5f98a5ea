#!/usr/bin/env python3
"""An echo server as a student may hand it in: student_echo.py PORT [fork]"""

import os
import signal
import socket
import sys


def echo(connection):
    while True:
        data = connection.recv(4096)
        if not data:
            break
        connection.sendall(data)
    connection.close()


def main():
    port = int(sys.argv[1])
    concurrent = sys.argv[2:] == ["fork"]
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("0.0.0.0", port))
    server.listen(5)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel then keeps no zombies
    children = []
    try:
        while True:
            connection, address = server.accept()
            print("connection from", address, flush=True)
            if not concurrent:
                echo(connection)
                continue
            child = os.fork()
            if child == 0:
                server.close()
                echo(connection)
                os._exit(0)
            connection.close()
            children.append(child)
    except KeyboardInterrupt:
        server.close()
        for child in children:
            try:
                os.kill(child, signal.SIGTERM)
            except ProcessLookupError:
                pass


if __name__ == "__main__":
    main()
