"""As the sheet has it, with sockets and threads, and a dictionary for a cache: proxy_sheet.py --port PORT [--host HOST]"""

import argparse
import socket
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("--host", default="0.0.0.0")
parser.add_argument("--port", type=int, default=8080)
arguments = parser.parse_args()
cache = {}


def receive_all(connection):
    data = b""
    while part := connection.recv(4096):
        data += part
    return data


def fields_of(head):
    lines = head.decode("latin-1").split("\r\n")
    return lines[0], [line.partition(":")[::2] for line in lines[1:] if ":" in line]


def seconds(header):
    """For how long the answer may be kept; 0 for not at all."""
    status, fields = fields_of(header)
    said = {name.strip().lower(): value.strip().lower() for name, value in fields}
    control = " ".join(value.lower() for name, value in fields if name.strip().lower() == "cache-control")
    if " 200" not in status or "vary" in said or "set-cookie" in said or any(word in control for word in ("no-store", "no-cache", "private")):
        return 0
    for word in control.replace(" ", ",").split(","):
        if word.startswith("max-age=") and word[8:].isdigit():
            return int(word[8:]) - int(said.get("age", "0"))
    return 0


def whole(answer):
    header, _, body = answer.partition(b"\r\n\r\n")
    for name, value in fields_of(header)[1]:
        if name.lower() == "content-length":
            return value.strip() == str(len(body))
    return b"chunked" not in header or body.endswith(b"0\r\n\r\n")


def serve(client):
    request = b""
    while b"\r\n\r\n" not in request:
        part = client.recv(4096)
        if not part:
            return
        request += part
    header, _, body = request.partition(b"\r\n\r\n")
    first, fields = fields_of(header)
    words = first.split(" ")
    if len(words) != 3 or not words[1].startswith("http://"):
        client.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n<h1>400</h1>")
        return
    method, url, _ = words
    names = {name.lower(): value.strip() for name, value in fields}
    alone = method != "GET" or "authorization" in names or "cache-control" in names or "range" in names
    if not alone and url in cache and cache[url][1] > time.time():
        client.sendall(cache[url][0])
        return
    host, slash, path = url[7:].partition("/")
    name, _, port = host.partition(":")
    kept = [(key, value) for key, value in fields if key.lower() not in ("connection", "proxy-connection", "host", "keep-alive")]
    lines = [f"{method} /{path} HTTP/1.0", f"Host: {host}", *(f"{key}:{value}" for key, value in kept), "", ""]
    length = int(names.get("content-length", 0))
    while len(body) < length:
        body += client.recv(4096)
    try:
        with socket.create_connection((name, int(port or 80)), 20) as origin:
            origin.sendall("\r\n".join(lines).encode("latin-1") + body)
            answer = receive_all(origin)
    except (OSError, ValueError):
        answer = b""
    client.sendall(answer or b"HTTP/1.0 502 Bad Gateway\r\nContent-Type: text/html\r\n\r\n<h1>502</h1>")
    keep = 0 if alone or not whole(answer) else seconds(answer.partition(b"\r\n\r\n")[0])
    if keep > 0:
        cache[url] = answer, time.time() + keep


def thread(client):
    with client:
        try:
            serve(client)
        except (OSError, ValueError):
            pass


server = socket.create_server((arguments.host, arguments.port), backlog=50)
print("Escuchando en el puerto", arguments.port)
try:
    while True:
        threading.Thread(target=thread, args=(server.accept()[0],), daemon=True).start()
except KeyboardInterrupt:
    print("fin")
