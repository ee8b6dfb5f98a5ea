"""A client of the echo service in Python: echo_client.py HOST PORT sends lines of its input, ended by CR LF, and prints the echo."""

import socket
import sys

with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as connection:
    answers = connection.makefile("rb")
    for line in sys.stdin.buffer:
        connection.sendall(line.rstrip(b"\r\n") + b"\r\n")
        sys.stdout.buffer.write(answers.readline())
        sys.stdout.buffer.flush()
    connection.shutdown(socket.SHUT_WR)
    answers.read()
