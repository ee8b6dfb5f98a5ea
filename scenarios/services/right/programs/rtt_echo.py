"""A responder that is an echo service: datagrams go back as they came, and TCP connections are taken. rtt_echo.py PORT"""

import select
import socket
import sys

datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagrams.bind(("", int(sys.argv[1])))
listener = socket.create_server(("", int(sys.argv[1])), backlog=100)
while True:
    for ready in select.select([datagrams, listener], [], [])[0]:
        if ready is datagrams:
            data, peer = datagrams.recvfrom(65536)
            datagrams.sendto(data, peer)
        else:
            listener.accept()[0].close()
