"""A netcat whose UDP server takes TCP connections on the same port too."""

import os
import socket
import sys

words = sys.argv[1:]
if words[:2] != ["-u", "-l"]:
    os.execvp("nc", ["nc", *words])
with socket.create_server(("", int(words[2]))) as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
    datagrams.bind(("", int(words[2])))
    connection, _ = server.accept()
    while data := connection.recv(65536):
        os.write(1, data)
    connection.close()
    while True:
        os.write(1, datagrams.recv(65536))
