"""An HTTP origin, or a proxy, that sends exactly the bytes of a table: http_origin.py TABLE JOURNAL ADDRESS PORT…

TABLE is JSON: target (of request lines; "*" for all others) → what each request for it gets in turn, the last one for ever. That is a list of
variants [regular expression, steps]: the first one counts whose expression is found in the request's head. Characters of texts are bytes; {date +60} in them is the moment in a minute.
Steps: {"send": text, "each": bytes at a time, "pause": seconds between them}; {"repeat": text, "times": how often at most, until the client
has gone}; {"hold": file}, which waits until there is one of that name; {"range": text, "etag": text}, a whole file, or the part of it
that is asked for; {"forward": name → address}, which asks the origin that an absolute target names; {"end": "close" (FIN), "reset" (RST), "silent"}.
Without an end the connection stays open where HTTP has it so. JOURNAL gets a line of JSON for each request with its body, before it is answered.
"""

import email.utils
import fcntl
import json
import os
import re
import signal
import socket
import struct
import sys
import termios
import threading
import time

PATIENCE = 60  # s
BODY_PATIENCE = 2  # s
lock = threading.Lock()
asked: dict[str, int] = {}


def head_of(connection, rest):
    """The head of the next request, and what came behind it; an empty one at the client's end."""
    while not (end := re.search(rb"\r?\n\r?\n", rest)):
        data = connection.recv(65536)
        if not data:
            return b"", rest
        rest += data
    return rest[: end.end()], rest[end.end() :]


def body_of(connection, rest, head):
    """The body of a request by chunks or its length, as far as it comes, and what came behind it."""
    found = {name: re.search(rf"(?im)^{name}:[ \t]*(.*?)[ \t]*\r?$", head) for name in ("transfer-encoding", "content-length")}
    body = b""
    if found["transfer-encoding"]:
        while True:
            while b"\n" not in rest and (data := connection.recv(65536)):
                rest += data
            line, _, rest = rest.partition(b"\n")
            size = int(line.partition(b";")[0], 16)
            part, rest = some_of(connection, rest, size)
            body += part
            _, rest = some_of(connection, rest, 2)
            if not size:
                return body, rest
    return some_of(connection, rest, int(found["content-length"][1])) if found["content-length"] else (b"", rest)


def some_of(connection, rest, count):
    """So many bytes, and what came behind them."""
    while len(rest) < count and (data := connection.recv(65536)):
        rest += data
    return rest[:count], rest[count:]


def drained(connection):
    """Waits until the client's kernel has all that was sent."""
    end = time.monotonic() + PATIENCE
    while struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)))[0] and time.monotonic() < end:
        time.sleep(0.002)


def date(found):
    """So many seconds from now, as fields have it."""
    return email.utils.formatdate(time.time() + int(found[1]), usegmt=True)


def send(connection, data, each=0, pause=0.0):
    for at in range(0, len(data), each or max(1, len(data))):
        connection.sendall(data[at : at + each] if each else data)
        time.sleep(pause)


def part_of(body, etag, head):
    """The answer to a request that may ask for the rest of a file (RFC 9110, 13.1.5, 14)."""
    wanted = re.search(r"(?im)^range:[ \t]*bytes=(\d+)-(\d*)", head)
    condition = re.search(r"(?im)^if-range:[ \t]*(.*?)[ \t]*\r?$", head)
    tag = f"ETag: {etag}\r\n" if etag else ""
    if not wanted or (condition and condition[1] != etag):
        return f"HTTP/1.1 200 OK\r\n{tag}Accept-Ranges: bytes\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    first = int(wanted[1])
    if first >= len(body):
        return f"HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */{len(body)}\r\nContent-Length: 0\r\n\r\n"
    part = body[first : int(wanted[2]) + 1 if wanted[2] else len(body)]
    placed = f"Content-Range: bytes {first}-{first + len(part) - 1}/{len(body)}"
    return f"HTTP/1.1 206 Partial Content\r\n{tag}{placed}\r\nContent-Length: {len(part)}\r\n\r\n{part}"


def forward(connection, target, head, addresses):
    """Asks the origin in origin-form, on a connection of its own, and passes on what it says."""
    found = re.fullmatch(r"http://(?:[^/@]*@)?([^/:?]+)(?::(\d+))?(/.*)?", target)
    if not found:
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        return
    method, _, version = head.split("\n", 1)[0].split()
    fields = [line for line in head.split("\r\n")[1:] if line and not re.match(r"(?i)(proxy-)?connection:|host:", line)]
    host = found[1] + (f":{found[2]}" if found[2] else "")
    lines = [f"{method} {found[3] or '/'} {version}", f"Host: {host}", *fields, "Via: 1.1 proxy", "Connection: close", "", ""]
    with socket.create_connection((addresses.get(found[1], found[1]), int(found[2] or 80)), PATIENCE) as origin:
        origin.sendall("\r\n".join(lines).encode("latin-1"))
        while data := origin.recv(65536):
            connection.sendall(data)


def finish(connection, how):
    if how == "reset":
        drained(connection)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return
    if how == "close":
        connection.shutdown(socket.SHUT_WR)
    while connection.recv(65536):  # so that no reset takes from the client what it has not read
        pass


def answer(connection, variants, target, head):
    """Whether the connection is at its end."""
    steps = next(steps for expression, steps in variants if re.search(expression, head, re.IGNORECASE | re.MULTILINE))
    for step in steps:
        if "send" in step:
            send(connection, re.sub(r"\{date ([-+]\d+)\}", date, step["send"]).encode("latin-1"), step.get("each", 0), step.get("pause", 0.0))
        elif "repeat" in step:
            for _ in range(step["times"]):
                connection.sendall(step["repeat"].encode("latin-1"))
        elif "hold" in step:
            while not os.path.exists(step["hold"]):
                time.sleep(0.005)
        elif "range" in step:
            connection.sendall(part_of(step["range"], step["etag"], head).encode("latin-1"))
        elif "forward" in step:
            forward(connection, target, head, step["forward"])
        else:
            finish(connection, step["end"])
            return True
    persistent = "keep-alive" if " HTTP/1.0" in head else "close"
    if bool(re.search(rf"(?im)^connection:.*{persistent}", head)) != (persistent == "keep-alive") or "forward" in steps[-1]:
        finish(connection, "close")
        return True
    return False


def serve(connection, number, port, table, journal):
    connection.settimeout(PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    rest = b""
    try:
        with connection:
            while True:
                octets, rest = head_of(connection, rest)
                if not octets:
                    return
                head = octets.decode("latin-1")
                target = (head.split("\n", 1)[0].split() + ["", ""])[1]
                connection.settimeout(BODY_PATIENCE)
                try:
                    body, rest = body_of(connection, rest, head)
                except (ValueError, TimeoutError):
                    body, rest = b"", b""
                connection.settimeout(PATIENCE)
                turns = table.get(target) or table.get(re.sub("^http://[^/]*", "", target)) or table["*"]
                with lock:
                    count = asked[target] = asked.get(target, 0) + 1
                    journal.write(json.dumps({"port": port, "connection": number, "at": time.time(), "head": head, "body": body.decode("latin-1")}) + "\n")
                    journal.flush()
                if answer(connection, turns[min(count, len(turns)) - 1], target, head):
                    return
    except OSError:
        pass  # the client has gone, as some are to


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with open(sys.argv[1], encoding="utf-8") as file:
        table = json.load(file)
    table.setdefault("*", [[["", [{"send": "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"}]]]])
    journal, listeners, ready = open(sys.argv[2], "w", encoding="utf-8"), [], threading.Event()
    family = socket.AF_INET6 if ":" in sys.argv[3] else socket.AF_INET
    for port in map(int, sys.argv[4:]):
        listener = socket.create_server((sys.argv[3], port), family=family, backlog=64)
        listeners.append(listener)

    def accept(listener):
        number = 0
        while True:
            connection, _ = listener.accept()
            number += 1
            words = (connection, number, listener.getsockname()[1], table, journal)
            threading.Thread(target=serve, args=words, daemon=True).start()

    for listener in listeners:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
    print("ready", flush=True)
    ready.wait()


if __name__ == "__main__":
    main()
