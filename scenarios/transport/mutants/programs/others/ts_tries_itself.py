"""A server of messages that looks whether it can be reached, by a connection to itself that it keeps."""

import socket
import sys

server = socket.create_server(("", int(sys.argv[1])))
mine = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
server.accept()[0].detach()
while True:
    client, _ = server.accept()
    while data := client.recv(1024):
        print("received:", data.decode(), flush=True)
        client.sendall(b"Message received")
        if data == b"end":
            break
    client.close()
