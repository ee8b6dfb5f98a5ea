"""Its client: prints its own time, the server's, and the one that it sets."""

import argparse
import socket
from datetime import datetime

parser = argparse.ArgumentParser()
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=8000)
args = parser.parse_args()
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
t0 = datetime.utcnow()
sock.sendto(b"TIME", (args.host, args.port))
data, _ = sock.recvfrom(1024)
t1 = datetime.utcnow()
server = datetime.fromisoformat(data.decode())
print("Hora local:    ", t1)
print("Hora servidor: ", server)
print("Hora ajustada: ", server + (t1 - t0) / 2)
