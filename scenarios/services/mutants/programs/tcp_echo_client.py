"""Echo clients over TCP with one fault each: tcp_echo_client.py FAULT HOST PORT --data=TEXT. "none" gives a correct one."""

import base64
import socket
import sys

FAULT, HOST, PORT = sys.argv[1], sys.argv[2], int(sys.argv[3])
WORDS = sys.argv[4].removeprefix("--data=").encode()
sent = base64.b64encode(WORDS) if FAULT == "hides-the-words" else WORDS

with socket.create_connection((HOST, PORT)) as connection:
    connection.sendall(sent)
    connection.shutdown(socket.SHUT_WR)
    back = b""
    while part := connection.recv(4096):
        back += part
    if FAULT == "hides-the-words":
        back = base64.b64decode(back)
    print({"prints-nothing": "", "prints-what-it-sent": WORDS.decode()}.get(FAULT, back.decode()))
