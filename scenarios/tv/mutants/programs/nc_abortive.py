"""A TCP netcat that resets its connection when it has sent everything, in place of closing it in order."""

import fcntl
import os
import socket
import struct
import sys
import termios
import time

words = [word for word in sys.argv[1:] if word not in ("-N", "-v")]
if words[0] == "-l":
    with socket.create_server(("", int(words[1]))) as server:
        connection, _ = server.accept()
    try:
        while data := connection.recv(65536):
            os.write(1, data)
    except ConnectionResetError:
        pass
    sys.exit(0)
try:
    connection = socket.create_connection((words[0], int(words[1])))
except OSError as error:
    sys.exit(str(error))
while data := os.read(0, 65536):
    connection.sendall(data)
while struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)))[0]:
    time.sleep(0.001)
connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
