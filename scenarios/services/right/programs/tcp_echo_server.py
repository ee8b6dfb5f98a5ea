"""Servidor de eco por TCP con un hilo por cliente: tcp_echo_server.py [--host HOST] [--port PORT]"""

import argparse
import socket
import threading

parser = argparse.ArgumentParser()
parser.add_argument("--host", default="")
parser.add_argument("--port", type=int, default=5007)
options = parser.parse_args()


def attend(connection, address):
    print("Conectado", address)
    while True:
        data = connection.recv(1024)
        if not data:
            break
        connection.sendall(data)
    connection.close()


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((options.host, options.port))
server.listen(5)
while True:
    connection, address = server.accept()
    threading.Thread(target=attend, args=(connection, address), daemon=True).start()
