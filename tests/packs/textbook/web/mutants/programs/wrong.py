"""A web server with one fault: wrong.py FAULT PORT FOLDER"""

import os
import socket
import sys

fault, port, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
server = socket.create_server(("", port))
served, kept = 0, []
while True:
    connection, _ = server.accept()
    request = connection.recv(4096).decode()
    path = os.path.join(folder, request.split()[1].lstrip("/"))
    there = os.path.isfile(path)
    if not there and fault == "dies-of-missing":
        open(path)
    if not there and fault == "hangs-up":
        connection.close()
        continue
    body = open(path, "rb").read() if there else b"not found"
    length = len(body)
    if fault == "counts-characters" and there:
        length = len(body.decode())
    if fault == "text-mode" and there:
        body = open(path, encoding="utf-8").read().encode()
        length = len(body)
    if fault == "cuts" and there:
        body = body[:4096]
    if fault == "newline-added":
        body += b"\n"
    status = "200 OK" if there or fault == "always-200" else "404 Not Found"
    if fault == "404-is-500" and not there:
        status = "500 Internal Server Error"
    kind = "text/plain" if fault == "plain" else "text/html"
    lines = [f"HTTP/1.1 {status}"]
    if fault != "no-length":
        lines.append(f"Content-Length: {length}")
    if fault != "no-type":
        lines.append(f"Content-Type: {kind}")
    end = "\n" if fault == "bare-newlines" else "\r\n"
    header = end.join(lines) + end + end
    if fault == "body-alone":
        header = ""
    if fault == "no-empty-line":
        header = end.join(lines) + end
    connection.sendall(header.encode() + body)
    served += 1
    if fault == "stays-open":
        kept.append(connection)
        continue
    connection.close()
    if fault == "one-client" or fault == "two-clients" and served == 2:
        break
