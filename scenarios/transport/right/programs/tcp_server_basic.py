# First exercise: a TCP server for one client after another.
import socket
import sys

HOST = ''
PORT = int(sys.argv[1])

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind((HOST, PORT))
listener.listen(1)
print(f"Server is up on port {PORT}")

while 1:
    conn, addr = listener.accept()
    print(f"--- new client {addr[0]}:{addr[1]} ---")
    try:
        data = conn.recv(1024)
        while data:
            print(f"Received {data} from {addr}")
            conn.send(b"Message received")
            if data == b"end":
                break
            data = conn.recv(1024)
    except ConnectionError as e:
        print("client lost:", e)
    print(f"--- {addr[0]}:{addr[1]} gone ---")
    conn.close()
