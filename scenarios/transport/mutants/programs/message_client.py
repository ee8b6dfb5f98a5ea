"""Message clients with one fault each: message_client.py FAULT PROTOCOL HOST PORT; PROTOCOL is tcp or udp.

The fault "none" gives a correct client, so that a fault is the only thing a scenario can find.
"""

import socket
import struct
import sys

FAULT, PROTOCOL, HOST = sys.argv[1:4]
PORT = int(sys.argv[4]) if len(sys.argv) > 4 else 12800


def connect():
    """A TCP connection; the fault "keeps-trying" does not take a refusal for an answer, five times."""
    for _ in range(5 if FAULT == "keeps-trying" else 1):
        try:
            return socket.create_connection((HOST, PORT))
        except ConnectionRefusedError as error:
            print(f"connect to {HOST}:{PORT}: {error.strerror}", file=sys.stderr, flush=True)
    sys.exit(1)


def send(message):
    pieces = [message[: len(message) // 2], message[len(message) // 2 :]] if FAULT == "sends-in-pieces" else [message]
    for piece in pieces:
        if PROTOCOL == "tcp" or FAULT == "connects":
            channel.send(piece)
        else:
            channel.sendto(piece, (HOST, PORT))


if PROTOCOL == "tcp":
    channel = connect()
    channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
else:
    channel = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    channel.settimeout(1)
    if FAULT == "connects":
        channel.connect((HOST, PORT))
answered = 0
for line in sys.stdin.buffer:
    message = line if FAULT == "sends-line-ends" else line.rstrip(b"\r\n")
    if FAULT != "never-sends":
        send(message)
    try:
        answer = b"" if FAULT == "does-not-wait" else channel.recv(65536)
        if answer:
            answered += 1
            shown = answer if FAULT == "prints-raw-bytes" else ascii(answer)[2:-1].encode()
            sys.stdout.buffer.write(f"{HOST}:{PORT}: ".encode() + shown + b"\n")
            sys.stdout.flush()
        elif PROTOCOL == "tcp" and FAULT != "does-not-wait":
            sys.exit("closed the connection before it answered")
    except TimeoutError:
        print(f"no answer from {HOST}:{PORT}", file=sys.stderr, flush=True)
    except ConnectionRefusedError as error:
        sys.exit(f"receive from {HOST}:{PORT}: {error.strerror}")
    if message.strip() == b"end" and FAULT != "goes-on-after-end":
        break
if PROTOCOL == "tcp":
    if FAULT == "resets":
        channel.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    else:
        channel.shutdown(socket.SHUT_WR)
        while channel.recv(65536):
            pass
channel.close()
sys.exit(0 if answered or PROTOCOL == "tcp" else 1)
