"""A forking echo server from the standard library, which ends at Ctrl+C with Python's traceback: echo_fork.py PORT"""

import socketserver
import sys


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        print("client", self.client_address)
        while data := self.request.recv(1024):
            self.request.sendall(data)


class Server(socketserver.ForkingTCPServer):
    allow_reuse_address = True


with Server(("", int(sys.argv[1])), Echo) as server:
    server.serve_forever(poll_interval=0.1)
