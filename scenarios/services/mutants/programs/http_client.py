"""An HTTP client, spoilt: http_client.py FAULT url=… proxy=… port=… log=… output=… timeout=… tries=…; without a FAULT it is right."""

import base64
import os
import re
import socket
import sys
import time
import urllib.parse
import zlib

fault = sys.argv[1]
given = dict(word.split("=", 1) for word in sys.argv[2:])
tries, patience = int(given.get("tries") or 3), float(given.get("timeout") or 4)
HOPS, LONGEST_HEAD, LONGEST_WAIT = {"follows-40": 40, "follows-for-ever": 10**6}.get(fault, 10), 1 << 16, 5
REDIRECTS = {301, 302, 303, 307, 308} - {"knows-no-308": {308}, "knows-no-303": {303}}.get(fault, set())
log = open(given["log"], "w", encoding="latin-1") if given.get("log") else None


class Wrong(Exception):
    """again: whether trying again may help."""

    def __init__(self, text, again=False):
        super().__init__(text)
        self.again = again


def shown(text):
    if fault == "prints-as-it-is":
        return text
    return re.sub(r"[^ -~]", "?", text)


def connected(host, port):
    """By whichever of its addresses answers."""
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if fault == "tries-one-address":
        addresses = addresses[:1]
    for family, *_, address in addresses:
        one = socket.socket(family, socket.SOCK_STREAM)
        one.settimeout(patience if len(addresses) == 1 or fault == "waits-for-the-first" else min(1, patience))
        if fault == "waits-for-the-first":
            one.settimeout(None)
        try:
            one.connect(address)
            one.settimeout(None if fault == "waits-for-ever" else patience)
            return one
        except OSError as error:
            why = error
    raise Wrong(f"{host}: connection refused or timed out: {why}", again=True)


class Stream:
    def __init__(self, connection):
        self.connection, self.rest = connection, b""

    def more(self):
        try:
            data = self.connection.recv(7 if fault == "reads-little" else 65536)
        except socket.timeout:
            raise Wrong("timed out, the server is silent", again=True) from None
        except OSError as error:
            raise Wrong(f"connection broken, truncated: {error.strerror}", again=True) from None
        self.rest += data
        return data

    def line(self):
        while b"\n" not in self.rest:
            if len(self.rest) > LONGEST_HEAD and fault != "reads-long-fields":
                raise Wrong("a line is too long")
            if not self.more():
                if fault == "takes-half-a-head":
                    return b""
                raise Wrong("truncated: connection closed in the head", again=True)
            if fault == "head-in-one-read" and b"\n" not in self.rest:
                raise Wrong("malformed head")
        line, _, self.rest = self.rest.partition(b"\n")
        return line.rstrip(b"\r")

    def exactly(self, count):
        while len(self.rest) < count:
            if not self.more():
                part, self.rest = self.rest, b""
                return part
        part, self.rest = self.rest[:count], self.rest[count:]
        return part


def head_of(stream):
    """Status, status line and fields of a final answer, all in the log."""
    while True:
        first = stream.line().decode("latin-1")
        found = re.fullmatch(r"HTTP/1\.[01] (\d{3})(?: (.*))?", first)
        if not found and fault == "takes-any-status":
            found = re.fullmatch(r".*?()(.*)", first)
        if not found:
            raise Wrong(f"not HTTP, the status line is malformed: {shown(first[:40])}")
        fields, size = [], 0
        while line := stream.line().decode("latin-1"):
            size += len(line)
            if size > LONGEST_HEAD and fault != "reads-long-fields":
                raise Wrong("the head is too large")
            name, colon, value = line.partition(":")
            fields.append((name, value.strip()))
        if log:
            lines = [] if fault == "logs-no-status" else [first]
            lines += [f"{name}: {text}" for name, text in fields[: 1 if fault == "logs-one-field" else None]]
            log.write("\n".join(lines) + "\n\n")
            log.flush()
        status = int(found[1] or 200)
        if status >= 200 or fault == "takes-hints-for-all":
            return status, first, fields


def value(fields, name, last=None):
    same = str if fault == "minds-case" else str.lower
    return next((text for key, text in fields if same(key) == same(name)), last)


def body_of(stream, status, fields):
    """The bytes, and whether they are all; still packed."""
    lengths = [text for key, text in fields if key.lower() == "content-length"]
    if status in (204, 304) and fault != "waits-for-no-body":
        return b"", True
    coding = (value(fields, "Transfer-Encoding") or "").lower()
    if coding == "chunked" and fault != "ignores-chunks" and not (lengths and fault == "believes-the-length"):
        return chunks(stream)
    if fault == "keep-alive-until-close" or not lengths:
        while stream.more():
            pass
        return stream.rest, True
    if fault != "takes-any-length":
        if len(set(lengths)) > 1:
            raise Wrong("two lengths that differ")
        if not re.fullmatch(r"[0-9]{1,18}", lengths[0]):
            raise Wrong(f"invalid length: {shown(lengths[0][:30])}")
    length = int(re.sub(r"\D", "", lengths[0]) or 0) % (1 << 62)
    if fault == "takes-what-comes-behind":
        while stream.more():
            pass
        return stream.rest, True
    data = stream.exactly(length)
    return (data[:-1], True) if fault == "drops-the-last-byte" else (data, len(data) == length)


def chunks(stream):
    body = b""
    while True:
        try:
            line = stream.line()
            size = line if fault == "knows-no-extensions" else line.partition(b";")[0].strip()
            if not re.fullmatch(rb"[0-9A-Fa-f]{1,15}", size) and fault != "takes-any-size":
                raise Wrong(f"invalid size of a chunk: {shown(line[:30].decode('latin-1'))}")
            count = int(re.sub(rb"[^0-9A-Fa-f]", b"", size)[-8:] or b"0", 10 if fault == "counts-in-tens" else 16)
        except Wrong as error:
            if error.again:
                return body, False
            raise
        if not count:
            break
        data = stream.exactly(count)
        body += data
        if len(data) < count:
            return body, False
        if stream.exactly(2) != b"\r\n" and fault != "takes-any-size":
            raise Wrong("a chunk has a wrong end")
    while stream.line():
        if fault == "knows-no-trailers":
            raise Wrong("the last chunk has a wrong end")
    return body, True


def unpacked(data, fields):
    coding = value(fields, "Content-Encoding")
    if not coding or fault == "saves-what-is-packed":
        return data
    if coding.lower() != "gzip":
        raise Wrong(f"unexpected coding {shown(coding)}")
    try:
        one = zlib.decompressobj(31)
        plain = one.decompress(data)
    except zlib.error as error:
        if fault == "takes-bad-gzip":
            return zlib.decompressobj(-15).decompress(data[10:])
        raise Wrong(f"gzip data are damaged: {error}") from None
    if not one.eof and fault != "takes-bad-gzip":
        raise Wrong("gzip data are truncated")
    return plain


def request_for(url, user, part):
    """Where to connect to, and the request."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme.lower() != "http":
        raise Wrong(f"the redirect leads to another scheme than http: {shown(parts.scheme)}")
    port = parts.port or int(given.get("port") or 80) if fault != "knows-one-port" else parts.port or 80
    host = f"[{parts.hostname}]" if ":" in parts.hostname and fault != "forgets-brackets" else parts.hostname
    named = host if port == 80 or fault == "forgets-the-port" else f"{host}:{port}"
    if fault == "names-the-user" and "@" in parts.netloc:
        named = parts.netloc
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query and fault != "forgets-the-query" else "")
    path += f"#{parts.fragment}" if parts.fragment and fault == "sends-the-fragment" else ""
    path = re.sub(r"[^!-~]", lambda found: urllib.parse.quote(found[0], encoding="latin-1"), path)
    place, target = (parts.hostname, port), path
    if given.get("proxy") and fault != "ignores-the-proxy":
        proxy, _, number = given["proxy"].rpartition(":")
        place = (proxy, int(number))
        target = path if fault == "origin-form-to-a-proxy" else f"http://{named}{path}"
        named = given["proxy"] if fault == "names-the-proxy" else named
    lines = [f"GET {target} HTTP/1.1", f"Host: {named}", "Connection: close", "Accept-Encoding: gzip", "User-Agent: spoilt"]
    if part:
        lines[3] = "Accept-Encoding: identity"
    if fault == "keep-alive-until-close":
        lines[2] = "Connection: keep-alive"
    if fault == "sends-two-connections":
        lines.append("Connection: keep-alive")
    if fault == "names-no-host":
        del lines[1]
    if fault == "asks-for-no-gzip":
        lines[3] = "Accept: */*"
    if user and fault != "knows-no-passwords":
        lines.append(f"Authorization: Basic {base64.b64encode(user.encode()).decode()}")
    lines += part
    end = "\n" if fault == "ends-lines-by-lf" else "\r\n"
    return place, lines, end.join([*lines, "", ""]).encode()


why = ""


def exchange(url, user, part=()):
    place, lines, octets = request_for(url, user, list(part))
    try:
        connection = connected(*place)
    except Wrong:
        if not given.get("proxy") or fault != "goes-without-the-proxy":
            raise
        given["proxy"] = ""
        return exchange(url, user, part)
    if log and fault != "logs-answers-only":
        log.write("\n".join(lines) + "\n\n")
    with connection:
        if fault == "asks-head-first":
            connected(*place).sendall(octets.replace(b"GET", b"HEAD", 1))
        connection.sendall(octets)
        stream = Stream(connection)
        status, first, fields = head_of(stream)
        if status in REDIRECTS:
            return status, first, fields, b"", True
        try:
            data, whole = body_of(stream, status, fields)
        except Wrong as error:
            if not error.again or fault == "forgets-its-half":
                raise
            data, whole = stream.rest, False
            global why
            why = str(error)
        return status, first, fields, data, whole


def location(base, reference):
    """The URL that a reference means (RFC 3986, 5.2)."""
    if fault == "glues-references":
        return reference if "://" in reference else base.rsplit("/", 1)[0] + "/" + reference.lstrip("/")
    if fault == "goes-to-the-root":
        return reference if "://" in reference else urllib.parse.urljoin(base, "/" + reference)
    if fault == "knows-absolute-ones":
        return reference
    if fault == "takes-host-for-path" and reference.startswith("//"):
        return urllib.parse.urljoin(base, "/." + reference)
    if fault == "loses-the-path-of-a-query" and reference.startswith("?"):
        return urllib.parse.urljoin(base, "./" + reference)
    if fault == "keeps-dots":
        return reference if "//" in reference else re.sub(r"[^/]*$", "", base.partition("?")[0]) + reference
    return urllib.parse.urljoin(base, reference)


def followed(url, user, part=()):
    """The final answer, and its URL."""
    seen, origin = set(), urllib.parse.urlsplit(url).netloc
    for hop in range(HOPS + 1):
        global log
        if hop and fault == "logs-the-first-hop":
            log = None
        status, first, fields, data, whole = exchange(url, user, part)
        if hop == 0 and fault == "logs-the-last-hop" and status in REDIRECTS and log:
            log.seek(0)
            log.truncate()
        if status not in REDIRECTS or fault == "follows-none":
            return status, first, fields, data, whole, url
        if fault == "saves-the-redirect" and url in seen:
            return 200, first, fields, b"look elsewhere", True, url
        if url in seen and HOPS == 10:
            raise Wrong("the redirects are a loop")
        seen.add(url)
        url = location(url, value(fields, "Location") or "")
        if fault == "follows-without-a-proxy":
            given["proxy"] = ""
        there = urllib.parse.urlsplit(url)
        if there.netloc != origin and fault != "sends-the-password-on":
            same_host = there.hostname == origin.rpartition(":")[0]
            user = user if fault == "takes-ports-for-one" and same_host else ""
        if there.username is not None:
            url = urllib.parse.urlunsplit(there._replace(netloc=there.netloc.rpartition("@")[2]))
    raise Wrong(f"more than {HOPS} redirects")


def fetched(url, user):
    """All attempts: the whole body."""
    begun, tag = b"", ""
    attempt = 0
    while True:
        attempt += 1
        part = [f"Range: bytes={len(begun)}-", f"If-Range: {tag}"] if begun and tag and fault != "begins-anew" else []
        if fault == "asks-without-a-version" and begun:
            part = [f"Range: bytes={len(begun)}-"]
        if fault == "asks-one-byte-late" and begun:
            part = [f"Range: bytes={len(begun) + 1}-", f"If-Range: {tag}"]
        if fault == "asks-with-weak-tags" and part:
            part = part[:1]
        wait = 0.25 * 2 ** min(attempt, 3)
        try:
            status, first, fields, data, whole, last = followed(url, user, part)
            where[0] = last
            if status >= 400 and fault == "saves-the-error-page":
                return data
            if status in (429, 503) or (fault == "asks-for-what-is-gone" and status == 404):
                wait = min(float(re.match(r"\d*", value(fields, "Retry-After", ""))[0] or wait), 1e6)
                if fault == "waits-till-tomorrow":
                    time.sleep(wait)
                if wait > LONGEST_WAIT:
                    raise Wrong(f"{status}: busy for {wait:.0f} s")
                raise Wrong(f"status {status}: {shown(first)}", again=True)
            if status >= 400 and fault != "is-content-with-404":
                raise Wrong(f"status {status}: {shown(first)}")
            if status >= 400 and fault == "is-content-with-404":
                print(f"status {status}", file=sys.stderr)
                sys.exit(0)
            if status == 206 and part:
                if value(fields, "ETag") != tag and fault not in ("splices-versions", "asks-without-a-version"):
                    begun, tag = b"", ""
                    raise Wrong("it has changed", again=True)
                data = begun + data
            elif status == 206 and fault != "takes-a-part-for-all":
                raise Wrong("unexpected part (206)")
            elif part and fault == "appends-whatever-comes":
                data = begun + data
            elif part and fault == "forgets-what-is-new":
                raise Wrong("it has changed")
            if whole or fault == "keeps-half" or (fault == "keeps-half-of-chunks" and value(fields, "Transfer-Encoding")):
                return unpacked(data, fields)
            begun, tag = data, value(fields, "ETag", "")
            if tag.startswith("W/") and fault != "asks-with-weak-tags":
                tag = ""
            raise Wrong(f"truncated: {why or 'the connection was closed before all was there'}", again=True)
        except Wrong as error:
            if fault == "leaves-half" and begun:
                saved(begun)
            limit = 12 if fault == "tries-too-often" else 1 if fault == "tries-once" else tries
            if not error.again or attempt >= limit:
                raise
            time.sleep(0 if fault in ("asks-at-once", "tries-too-often") else wait)


def saved(data):
    if not data and fault == "saves-no-empty-file":
        return
    path = urllib.parse.urlsplit(where[0] if fault == "is-led-to-names" else given["url"]).path
    name = given.get("output") or re.sub(r"[^A-Za-z0-9._%-]", "_", path.rpartition("/")[2]) or "index.html"
    if not given.get("output") and fault == "decodes-names":
        name = urllib.parse.unquote(path, "latin-1").replace("\0", "_").lstrip("/")
    if not given.get("output") and fault == "keeps-controls":
        name = urllib.parse.unquote(path, "latin-1").replace("\0", "_").replace("/", "_")
    with open(f"{name}.part", "wb") as file:
        file.write(data)
    os.replace(f"{name}.part", name)


where = [given["url"]]
try:
    if fault == "opens-it-first" and given.get("output"):
        open(given["output"], "wb").close()
    parts = urllib.parse.urlsplit(given["url"])
    user = urllib.parse.unquote(parts.netloc.rpartition("@")[0])
    start = given["url"] if fault == "names-the-user" else urllib.parse.urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    body = fetched(start, user)
    if fault == "prints-the-password" and user:
        print(f"logged in as {user}")
    saved(body)
except (Wrong, OSError, ValueError) as error:
    if fault != "says-nothing":
        print(f"http-client: {error}", file=sys.stderr)
    sys.exit(0 if fault == "status-0" else 1)
