"""An echo server in a loop, one client after another: echo_one.py PORT"""

import socket
import sys

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", int(sys.argv[1])))
listener.listen(1)
try:
    while True:
        connection, address = listener.accept()
        print("connected:", address)
        with connection:
            while True:
                data = connection.recv(64)
                if not data:
                    break
                connection.sendall(data)
except KeyboardInterrupt:
    print("bye")
