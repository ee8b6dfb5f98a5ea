"""The sheet's client, by the socket module: http_sheet.py --url URL [--proxy PROXY] [--port PORT]. It speaks HTTP/1.0, prints what it gets, and
writes all headers to headers.log."""

import argparse
import socket
import sys
from urllib.parse import urljoin, urlsplit

parser = argparse.ArgumentParser()
parser.add_argument("--url", required=True)
parser.add_argument("--proxy", default="")
parser.add_argument("--port", default="")
args = parser.parse_args()


def get(url):
    """Headers and body of an answer."""
    parts = urlsplit(url)
    port = parts.port or int(args.port or 80)
    host = parts.hostname if port == 80 else f"{parts.hostname}:{port}"
    path = (parts.path or "/") + ("?" + parts.query if parts.query else "")
    if args.proxy:
        server, _, number = args.proxy.partition(":")
        place, target = (server, int(number or 3128)), f"http://{host}{path}"
    else:
        place, target = (parts.hostname, port), path
    with socket.create_connection(place, 10) as s:
        s.sendall(f"GET {target} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        data = b""
        while piece := s.recv(4096):
            data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    return head.decode("latin-1"), body


url = args.url
with open("headers.log", "w", encoding="utf-8") as log:
    for _ in range(10):
        headers, body = get(url)
        log.write(f"{url}\n{headers}\n\n")
        status = headers.split(None, 2)[1]
        fields = dict(line.lower().split(":", 1)[0:1] + [line.split(":", 1)[1].strip()] for line in headers.split("\r\n")[1:] if ":" in line)
        if status not in ("301", "302", "303", "307", "308") or "location" not in fields:
            break
        url = urljoin(url, fields["location"])
    else:
        sys.exit("too many redirects")
if status not in ("200", "204"):
    sys.exit("the server says " + headers.split("\r\n")[0])
if len(body) < int(fields.get("content-length", 0)):
    sys.exit(f"only {len(body)} of {fields['content-length']} bytes came")
sys.stdout.buffer.write(body[: int(fields.get("content-length", len(body)))])
