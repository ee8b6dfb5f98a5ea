import socket
import sys

PORT = int(sys.argv[1])
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(('', PORT))
print("UDP server bound to port {0}".format(PORT))
while True:
    (text, client) = sock.recvfrom(50)
    sock.sendto(b"Message received", client)
    print("Received {0} from client {1}".format(text, client))
