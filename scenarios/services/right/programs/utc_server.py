"""A UTC server as one writes it for the sheet: any datagram is answered by the time of day as text."""

import argparse
import socket
from datetime import datetime

parser = argparse.ArgumentParser()
parser.add_argument("--host", default="0.0.0.0")
parser.add_argument("--port", type=int, default=8000)
args = parser.parse_args()
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind((args.host, args.port))
try:
    while True:
        _, address = sock.recvfrom(1024)
        sock.sendto(datetime.utcnow().isoformat().encode(), address)
except KeyboardInterrupt:
    pass
