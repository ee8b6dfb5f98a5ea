"""What a client asks: its first line, fields, the end of its body, and the path that it names."""

import re
import urllib.parse

from errors import Refused
from faults import is_

HEADER = 65536  # bytes
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
KNOWN = {"POST", "PUT", "DELETE", "PATCH", "CONNECT", "TRACE"}


def read_request(connection):
    if is_("one-piece-a-request") and b"\r\n\r\n" not in connection.data:
        raise Refused(400)
    first = connection.line()
    if not first:
        first = connection.line()
    words = first.decode("latin-1").split(" ")
    if re.search(rb"[\x00-\x1f\x7f]", first) and not is_("takes-any-line"):
        raise Refused(400)
    if len(words) != 3 and not is_("takes-any-line"):
        raise Refused(400)
    words = (words + ["", "", ""])[:3]
    version = re.fullmatch(r"HTTP/(\d)\.(\d)", words[2])
    if not is_("takes-any-line") and not is_("takes-any-version"):
        if not version:
            raise Refused(400)
        if version[1] != "1":
            raise Refused(505)
    if not TOKEN.fullmatch(words[0]):
        raise Refused(400)
    return Request(words[0], words[1], words[2] != "HTTP/1.0", fields_of(connection), connection)


def fields_of(connection):
    found, total = [], 0
    while line := connection.line(HEADER):
        total += len(line)
        if total > HEADER or len(found) > 200:
            raise Refused(431)
        name, colon, value = line.decode("latin-1").partition(":")
        if re.search(r"[\x00\r]", value) or not (colon and TOKEN.fullmatch(name)):
            if not is_("takes-any-field"):
                raise Refused(400)
        found.append((name.lower(), value.strip(" \t")))
    return found


class Request:
    def __init__(self, method, target, modern, fields, connection):
        self.method, self.target, self.modern, self.fields = method, target, modern, dict(fields)
        hosts = [value for name, value in fields if name == "host"]
        if not is_("knows-no-host") and ((len(hosts) != 1 and modern) or any(re.search(r"[\s/@]", host) for host in hosts)):
            raise Refused(400)
        told = self.fields.get("connection", "").lower()
        self.keep = modern and "close" not in told and not is_("never-keeps")
        if is_("keeps-for-ever"):
            self.keep = True
        skip_body(fields, connection)
        if method != "OPTIONS" or target != "*":
            self.path = path_of(method, target)


def skip_body(fields, connection):
    lengths = [value for name, value in fields if name == "content-length"]
    codings = [value for name, value in fields if name == "transfer-encoding"]
    if is_("looks-at-no-length"):
        return
    if codings:
        if lengths or codings != ["chunked"]:
            raise Refused(400)
        while True:
            size = connection.line().split(b";")[0]
            if not re.fullmatch(rb"[0-9a-fA-F]{1,15}", size):
                raise Refused(400)
            if int(size, 16) > 1 << 20:
                raise Refused(413)
            connection.skip(int(size, 16))
            if not int(size, 16):
                while connection.line(HEADER):
                    pass
                return
            connection.line()
    elif lengths:
        if len(set(lengths)) > 1 or not re.fullmatch(r"\d+", lengths[0]):
            raise Refused(400)
        if len(lengths[0]) > 7 and not is_("reads-any-body"):
            raise Refused(413)
        connection.skip(int(lengths[0]))


def path_of(method, target):
    if whole := re.match(r"(?i)http://[^/?]*", target):
        target = target[whole.end() :] or "/"
    if not target.startswith("/") and not (is_("takes-any-line") or method in KNOWN):
        raise Refused(400)
    raw = target if is_("query-is-part-of-the-name") else target.partition("?")[0]
    if re.search(r"%(?![0-9a-fA-F]{2})", raw) and not is_("takes-any-line"):
        raise Refused(400)
    if is_("knows-no-escapes"):
        return raw
    if is_("looks-before-it-unescapes") and ".." in raw:
        raise Refused(403)
    path = urllib.parse.unquote(raw, errors="surrogateescape")
    if is_("unescapes-twice"):
        if ".." in path:
            raise Refused(403)
        path = urllib.parse.unquote(path)
    if is_("backslash-is-a-slash"):
        if "../" in path:
            raise Refused(403)
        path = path.replace("\\", "/")
    if is_("cuts-at-nul"):
        path = path.partition("\0")[0]
    if "\0" in path:
        raise Refused(400)
    return path
