"""Sends each line of the message by itself, commands in small letters: line_by_line.py HOST PORT SENDER RECIPIENT"""

import socket
import sys

with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as sock, sock.makefile("rwb") as line:

    def ask(command):
        if command:
            line.write(command + b"\r\n")
            line.flush()
        return line.readline()[:1]

    accepted = (
        ask(b"") == b"2"
        and ask(b"helo [10.0.0.1]") == b"2"
        and ask(b"mail from:<%s>" % sys.argv[3].encode()) == b"2"
        and ask(b"rcpt to:<%s>" % sys.argv[4].encode()) == b"2"
        and ask(b"data") == b"3"
    )
    if accepted:
        for text in sys.stdin.buffer:
            line.write(b"." * text.startswith(b".") + text.rstrip(b"\n") + b"\r\n")
            line.flush()
        accepted = ask(b".") == b"2"
    ask(b"quit")
sys.exit(not accepted)
