"""The library's server and client, and files for a cache: proxy_library.py PORT [CACHE]"""

import hashlib
import http.client
import http.server
import os
import pickle
import re
import sys
import tempfile
import time
import urllib.parse

FOLDER = sys.argv[2] if sys.argv[2:] else tempfile.mkdtemp()
HOP = {"connection", "proxy-connection", "keep-alive", "transfer-encoding", "te", "upgrade", "host"}


def file_of(url):
    return os.path.join(FOLDER, hashlib.sha1(url.encode()).hexdigest())


def read(url):
    """Status, fields, body, as long as they are fresh."""
    try:
        with open(file_of(url), "rb") as file:
            digest, data = file.read(20), file.read()
    except OSError:
        return None
    if hashlib.sha1(data).digest() != digest:
        return None
    until, *found = pickle.loads(data)
    return found if time.time() < until else None


def write(url, until, *found):
    data = pickle.dumps((until, *found))
    with tempfile.NamedTemporaryFile(dir=FOLDER, delete=False) as file:
        file.write(hashlib.sha1(data).digest() + data)
    os.replace(file.name, file_of(url))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        url = urllib.parse.urlsplit(self.path)
        if url.scheme != "http" or not url.hostname:
            self.send_error(400, "a whole URL is wanted")
            return
        alone = self.command != "GET" or any(self.headers[name] for name in ("authorization", "cookie", "cache-control", "range", "if-none-match"))
        if not alone and (found := read(self.path)):
            self.give(*found)
            return
        body = self.rfile.read(int(self.headers["content-length"] or 0))
        fields = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
        origin = http.client.HTTPConnection(url.hostname, url.port or 80, timeout=20)
        try:
            origin.request(self.command, urllib.parse.urlunsplit(("", "", url.path or "/", url.query, "")), body or None, fields)
            reply = origin.getresponse()
            content = reply.read()
        except (OSError, http.client.HTTPException) as error:
            self.close_connection = True
            self.send_error(502, explain=type(error).__name__)
            return
        finally:
            origin.close()
        control = (reply.headers["cache-control"] or "").lower()
        until = re.search(r"max-age=(\d+)", control)
        forbidden = re.search(r"no-store|no-cache|private", ", ".join(reply.headers.get_all("cache-control", [])).lower())
        found = reply.status, [(name, value) for name, value in reply.getheaders() if name.lower() not in HOP | {"content-length"}], content
        self.give(*found, reply.getheader("content-length"))
        if until and not alone and reply.status == 200 and not forbidden and not reply.headers["vary"] and not reply.headers["set-cookie"]:
            write(self.path, time.time() + int(until[1]) - int(reply.headers["age"] or 0), *found)

    def give(self, status, fields, content, length=None):
        self.send_response_only(status)
        for name, value in fields:
            self.send_header(name, value)
        self.send_header("Content-Length", length if self.command == "HEAD" and length else len(content))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer

    def log_message(self, format, *arguments):
        print(format % arguments, file=sys.stderr)


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 64


try:
    Server(("", int(sys.argv[1])), Handler).serve_forever()
except KeyboardInterrupt:
    pass
