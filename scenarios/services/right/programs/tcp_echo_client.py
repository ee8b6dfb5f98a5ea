"""Cliente de eco por TCP: tcp_echo_client.py --data DATA [--host HOST] [--port PORT]"""

import argparse
import socket

parser = argparse.ArgumentParser()
parser.add_argument("--data", required=True)
parser.add_argument("--host", default="localhost")
parser.add_argument("--port", type=int, default=5007)
options = parser.parse_args()

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect((options.host, options.port))
client.sendall(options.data.encode())
data = client.recv(1024)
print("Recibido", repr(data.decode()))
client.close()
