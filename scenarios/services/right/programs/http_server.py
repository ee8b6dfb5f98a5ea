"""One client after the other, HTTP/1.0, by sockets alone: http_server.py --root DIR --port PORT"""

import argparse
import os
import socket
import urllib.parse

TYPES = {".html": "text/html", ".css": "text/css", ".png": "image/png", ".jpg": "image/jpeg", ".js": "text/javascript", ".txt": "text/plain"}
NOT_FOUND = """<html><head><title>404</title></head>
<body style="font-family: sans-serif; text-align: center"><h1>404</h1><p>El objeto solicitado no existe en este servidor.</p></body></html>"""


def answer(root, request):
    words = request.split("\r\n")[0].split(" ")
    path = urllib.parse.unquote(words[1].split("?")[0]) if len(words) > 1 else "/"
    file = os.path.join(root, path.lstrip("/"))
    if os.path.isdir(file):
        file = os.path.join(file, "index.html")
    try:
        with open(file, "rb") as opened:
            body = opened.read()
        kind = TYPES.get(os.path.splitext(file)[1], "application/octet-stream")
        return f"HTTP/1.0 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    except OSError:
        body = NOT_FOUND.encode()
        return f"HTTP/1.0 404 Not Found\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


parser = argparse.ArgumentParser()
parser.add_argument("--root", default=".")
parser.add_argument("--port", type=int, default=8080)
given = parser.parse_args()
server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("", given.port))
server.listen(5)
print("Servidor en el puerto", given.port)
while True:
    client, address = server.accept()
    client.settimeout(1)  # a browser may connect, and then say nothing for a while
    try:
        request = client.recv(4096).decode("latin-1")
        if request:
            print(address[0], request.split("\r\n")[0])
            client.sendall(answer(given.root, request))
    except OSError:
        pass
    client.close()
