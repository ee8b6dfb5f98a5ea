"""Servidor de eco por UDP: udp_echo_server.py [--host HOST] [--port PORT]"""

import argparse
import socket

parser = argparse.ArgumentParser()
parser.add_argument("--host", default="")
parser.add_argument("--port", type=int, default=5007)
options = parser.parse_args()

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((options.host, options.port))
print("Esperando datagramas...")
while True:
    data, address = server.recvfrom(4096)
    print("Recibido de", address, data)
    server.sendto(data, address)
