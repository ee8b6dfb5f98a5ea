"""Cliente de eco por UDP: udp_echo_client.py --data DATA [--host HOST] [--port PORT]"""

import argparse
import socket

parser = argparse.ArgumentParser()
parser.add_argument("--data", required=True)
parser.add_argument("--host", default="localhost")
parser.add_argument("--port", type=int, default=5007)
options = parser.parse_args()

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.sendto(options.data.encode(), (options.host, options.port))
data, server = client.recvfrom(4096)
print("Respuesta de", server, ":", data.decode())
client.close()
