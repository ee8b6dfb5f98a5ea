"""A responder written from docs/protocols/rtt.md alone: a thread for datagrams, and one for each TCP client. rtt_responder.py PORT"""

import random
import socket
import socketserver
import struct
import sys
import threading
import time

HEAD = struct.Struct(">4sBBHQI")
sessions, lock = {}, threading.Lock()


def length_of(data):
    """Of the probe at the begin of the data; 0 while it is not all there, None where it is none."""
    if len(data) < 8:
        return 0
    magic, version, kind, length = struct.unpack_from(">4sBBH", data)
    return (length if len(data) >= length else 0) if magic == b"RTTP" and version == 1 and 1 <= kind <= 3 and 48 <= length <= 65507 else None


def reply_to(message, peer, arrived):
    _, _, kind, length, session, sequence = HEAD.unpack_from(message)
    if kind != 1:
        return b""
    with lock:
        seen, memory = sessions.setdefault((peer, session), (set(), random.randrange(1, 2**32)))
        kind = 3 if sequence in seen else 2
        seen.add(sequence)
        told = struct.pack(">III", len(seen), min(seen), memory)
    return (HEAD.pack(b"RTTP", 1, kind, length, session, sequence) + told + struct.pack(">QQ", arrived, time.monotonic_ns())).ljust(length, b"\0")


class Client(socketserver.BaseRequestHandler):
    def handle(self):
        data = b""
        while chunk := self.request.recv(4096):
            arrived, data = time.monotonic_ns(), data + chunk
            while (length := length_of(data)) and len(data) >= length:
                self.request.sendall(reply_to(data[:length], self.client_address, arrived))
                data = data[length:]
            if length_of(data) is None:
                return


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads, request_queue_size = True, True, 100


server = Server(("", int(sys.argv[1])), Client)
threading.Thread(target=server.serve_forever, daemon=True).start()
datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagrams.bind(("", int(sys.argv[1])))
while True:
    data, peer = datagrams.recvfrom(65536)
    if len(data) >= 48 and length_of(data) == len(data) and (reply := reply_to(data, peer, time.monotonic_ns())):
        datagrams.sendto(reply, peer)
