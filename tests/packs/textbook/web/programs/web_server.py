"""A server that says hello to each client: web_server.py PORT"""

import socketserver
import sys


class Hello(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"hello\n")


socketserver.TCPServer.allow_reuse_address = True
with socketserver.TCPServer(("", int(sys.argv[1])), Hello) as server:
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
