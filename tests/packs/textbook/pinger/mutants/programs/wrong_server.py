"""An echo server with one fault: wrong_server.py FAULT PORT"""

import socket
import sys

fault = sys.argv[1]
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("", int(sys.argv[2])))
received = 0
while True:
    message, client = server.recvfrom(2048)
    received += 1
    if fault == "loses-one" and received == 2:
        continue
    server.sendto(message.upper() if fault == "upper-case" else message[:10] if fault == "cuts" else message, client)
