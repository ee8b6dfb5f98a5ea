"""Asks a web server for a file, and prints all that came as JSON: ask.py HOST PORT PATH

Keys: complete (the header came to its end), version, status, fields (names in lower case), lines_end_well (each line of the header
ends with CR LF), body (in base64), closed (the server closed within the time), error.
"""

import base64
import json
import re
import socket
import sys

SECONDS = 5
host, port, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUser-Agent: textbook\r\nAccept: */*\r\nConnection: close\r\n\r\n"
received, closed, error = b"", False, ""
try:
    with socket.create_connection((host, port), timeout=SECONDS) as connection:
        connection.sendall(request.encode())
        while part := connection.recv(65536):
            received += part
        closed = True
except OSError as problem:
    error = str(problem) or type(problem).__name__

end = re.search(rb"\r?\n\r?\n", received)
header, body = (received[: end.start()], received[end.end() :]) if end else (received, b"")
first, *rest = header.decode("latin-1").replace("\r\n", "\n").split("\n")
status = re.fullmatch(r"HTTP/(1\.[01]) (\d{3})(?: .*)?", first)
fields = {}
for line in rest:
    name, _, value = line.partition(":")
    fields[name.strip().lower()] = value.strip()
found = {
    "complete": bool(end),
    "version": status[1] if status else "",
    "status": int(status[2]) if status else 0,
    "fields": fields,
    "lines_end_well": bool(end) and end[0] == b"\r\n\r\n" and header.count(b"\n") == header.count(b"\r\n"),
    "body": base64.b64encode(body).decode(),
    "closed": closed,
    "error": error,
}
print(json.dumps(found))
