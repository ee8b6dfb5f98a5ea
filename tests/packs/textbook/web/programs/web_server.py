"""A web server for one client after the other: web_server.py PORT FOLDER"""

import socket
import sys
from pathlib import Path

TYPES = {".html": "text/html; charset=utf-8", ".txt": "text/plain; charset=utf-8"}


def request_path(connection):
    """The path of a GET request, None for anything else."""
    received = b""
    while b"\r\n\r\n" not in received and len(received) < 16384:
        part = connection.recv(4096)
        if not part:
            return None
        received += part
    words = received.split(b"\r\n")[0].decode("latin-1").split()
    return words[1] if len(words) == 3 and words[0] == "GET" else None


def answer(folder, path):
    """The whole answer: status line, header and body."""
    if path is None:
        status, kind, body = "400 Bad Request", "text/plain", b"400\n"
    else:
        file = folder / path.lstrip("/")
        if file.is_file() and folder in file.resolve().parents:
            status, kind, body = "200 OK", TYPES.get(file.suffix, "application/octet-stream"), file.read_bytes()
        else:
            status, kind, body = "404 Not Found", "text/plain", b"404: there is no such file\n"
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode() + body


def main():
    port, folder = int(sys.argv[1]), Path(sys.argv[2]).resolve()
    with socket.create_server(("", port)) as server:
        while True:
            connection, _ = server.accept()
            with connection:
                try:
                    connection.sendall(answer(folder, request_path(connection)))
                except OSError as error:
                    print(error, file=sys.stderr)


try:
    main()
except KeyboardInterrupt:
    pass
