"""Echo server with socketserver: a client after the other (TCPServer without a mix-in)."""
import socketserver
import sys


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        print(f"<<< {self.client_address}")
        try:
            while True:
                data = self.request.recv(1024)
                if not data:
                    break
                self.request.sendall(data)
        except ConnectionError as e:
            print(f"!!! {e}")
        print(f">>> {self.client_address}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: es-socketserver.py PORT")
    try:
        server = socketserver.TCPServer(("0.0.0.0", int(sys.argv[1])), Echo)
    except (OSError, OverflowError, ValueError) as e:
        sys.exit(f"port {sys.argv[1]}: {e}")
    with server:
        server.serve_forever()
