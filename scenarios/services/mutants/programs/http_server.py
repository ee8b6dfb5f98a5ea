"""An HTTP server with one fault, or with none that is known: http_server.py FAULT ROOT PORT [--log=FILE] [--timeout=SECONDS]

A thread a connection. FAULT is a word that stands below, at what it spoils; any other ("without-fault") spoils nothing.
"""

import email.utils
import errno
import mimetypes
import os
import re
import signal
import socket
import stat
import sys
import threading
import time
import urllib.parse

FAULT, ROOT, PORT = sys.argv[1], os.path.abspath(sys.argv[2]), int(sys.argv[3])
GIVEN = dict(word.lstrip("-").split("=", 1) for word in sys.argv[4:])
LINE, HEADER, ROUND = 8192, 65536, float(GIVEN.get("timeout") or 30)  # bytes, bytes, s
LOG = open(GIVEN["log"], "a") if GIVEN.get("log") else sys.stdout
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
REASONS = {200: "OK", 206: "Partial Content", 301: "Moved Permanently", 304: "Not Modified", 400: "Bad Request", 403: "Forbidden", 404: "Not Found",
           405: "Method Not Allowed", 408: "Request Timeout", 412: "Precondition Failed", 413: "Content Too Large", 414: "URI Too Long", 416: "Range Not Satisfiable",
           431: "Request Header Fields Too Large", 501: "Not Implemented", 505: "HTTP Version Not Supported"}  # fmt: skip
KNOWN = {"POST", "PUT", "DELETE", "PATCH", "CONNECT", "TRACE"}
PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0} {1}</h1><p>There is nothing to be seen here.</p></body></html>\n"
NOT_FOUND = PAGE if FAULT != "404-in-plain-words" else "There is nothing to be seen here.\n"
stopping = threading.Event()
idle, one_at_a_time, kept = set(), threading.Lock(), []
remembered_tags, log_lock = {}, threading.Lock()


def is_(fault):
    return fault == FAULT


class Refused(Exception):
    """A request that is answered by an error, after which the connection ends."""


class Gone(Exception):
    """The client has left."""


class Connection:
    def __init__(self, connection, address):
        self.socket, self.address, self.data, self.began = connection, address[0].removeprefix("::ffff:"), b"", 0.0
        connection.settimeout(None if is_("waits-for-ever") else ROUND)

    def line(self, most):
        while b"\n" not in self.data:
            if len(self.data) > most:
                raise Refused(414 if most == LINE else 431)
            self.more()
        line, _, self.data = self.data.partition(b"\n")
        if len(line) > most:
            raise Refused(414 if most == LINE else 431)
        return line.removesuffix(b"\r")

    def more(self):
        if self.began and not is_("waits-anew-for-each-byte"):
            self.socket.settimeout(max(0.001, self.began + ROUND - time.monotonic()))
        part = self.socket.recv(65536)
        if not part:
            raise Gone
        self.data += part

    def serve(self):
        try:
            while self.one_request() and not stopping.is_set():
                pass
            self.linger()
        except (Gone, OSError):
            pass
        finally:
            if not is_("leaks-a-descriptor"):
                self.socket.close()
            else:
                kept.append(self.socket)

    def linger(self):
        """What is still on its way is read, so that no reset overtakes the reply."""
        if is_("closes-with-words-unread"):
            return
        self.socket.shutdown(socket.SHUT_WR)
        self.socket.settimeout(1)
        end = time.monotonic() + 2
        while time.monotonic() < end and self.socket.recv(65536):
            pass

    def one_request(self):
        """Answers one; whether there may be another."""
        if not self.data:
            idle.add(self.socket)
            try:
                self.more()
            finally:
                idle.discard(self.socket)
        try:
            self.began = 0.0 if is_("waits-for-ever") else time.monotonic()
            request = self.read()
        except TimeoutError:
            if not is_("leaves-without-a-word"):
                Reply(self, None).error(408)
            return False
        except Refused as error:
            if is_("dies-at-a-bad-request"):
                os._exit(1)
            if is_("silent-at-what-is-too-long") and error.args[0] in (413, 414, 431):
                return False
            Reply(self, None).error(error.args[0])
            return is_("goes-on-after-a-bad-request")
        self.began = 0.0
        self.socket.settimeout(ROUND)
        Reply(self, request).answer()
        if is_("forgets-what-came-early"):
            self.data = b""
        return request.keep

    def read(self):
        if is_("one-piece-a-request") and b"\r\n\r\n" not in self.data:
            raise Refused(400)
        first = self.line(LINE)
        if not first:
            first = self.line(LINE)
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
        return Request(words[0], words[1], words[2] != "HTTP/1.0", self.fields(), self)

    def fields(self):
        found, total = [], 0
        while line := self.line(HEADER):
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
        self.read_body(fields, connection)
        if method != "OPTIONS" or target != "*":
            self.path = self.path_of()

    def read_body(self, fields, connection):
        lengths = [value for name, value in fields if name == "content-length"]
        codings = [value for name, value in fields if name == "transfer-encoding"]
        if is_("looks-at-no-length"):
            return
        if codings:
            if lengths or codings != ["chunked"]:
                raise Refused(400)
            while True:
                size = connection.line(LINE).split(b";")[0]
                if not re.fullmatch(rb"[0-9a-fA-F]{1,15}", size):
                    raise Refused(400)
                if int(size, 16) > 1 << 20:
                    raise Refused(413)
                self.skip(int(size, 16), connection)
                if not int(size, 16):
                    while connection.line(HEADER):
                        pass
                    return
                connection.line(LINE)
        elif lengths:
            if len(set(lengths)) > 1 or not re.fullmatch(r"\d+", lengths[0]):
                raise Refused(400)
            if len(lengths[0]) > 7 and not is_("reads-any-body"):
                raise Refused(413)
            self.skip(int(lengths[0]), connection)

    def skip(self, count, connection):
        while len(connection.data) < count:
            connection.more()
        if not is_("takes-bodies-for-requests"):
            connection.data = connection.data[count:]

    def path_of(self):
        target = self.target
        if whole := re.match(r"(?i)http://[^/?]*", target):
            target = target[whole.end() :] or "/"
        if not target.startswith("/") and not (is_("takes-any-line") or self.method in KNOWN):
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


class Reply:
    def __init__(self, connection, request):
        self.connection, self.request, self.head = connection, request, bool(request) and request.method == "HEAD"

    def send(self, status, fields, body=b"", begin=0, count=None, file=None):
        """Header and body; of a file, count bytes from begin on."""
        length = len(body) if count is None else count
        if is_("counts-one-more") and file is not None:
            length += 1
        if is_("counts-characters-twice") and file is None:
            length *= 2
        lines = [f"HTTP/1.1 {status} {REASONS[status]}"]
        if not is_("has-no-date"):
            lines.append(f"Date: {email.utils.formatdate(usegmt=not is_('tells-its-own-date'))}")
        if status != 304 and not (is_("has-no-length") and not self.head) and not (is_("head-knows-no-length") and self.head):
            lines.append(f"Content-Length: {length}")
        if is_("has-no-length") and self.request:
            self.request.keep = False
        if not (self.request and self.request.keep) and not is_("does-not-say-close"):
            lines.append("Connection: close")
        end = "\n" if is_("ends-lines-by-lf") else "\r\n"
        header = end.join([*lines, *(f"{name}: {value}" for name, value in fields.items()), "", ""])
        self.log(status, length)
        self.connection.socket.sendall(header.encode("utf-8", "surrogateescape"))
        if is_("304-has-a-body") and status == 304:
            self.connection.socket.sendall(b"it has not changed\n")
        if (self.head and not is_("head-has-a-body")) or status == 304:
            return
        if file is None:
            self.connection.socket.sendall(body)
            return
        if is_("cuts-pictures") and "image" in fields["Content-Type"]:
            count //= 8
        file.seek(begin)
        while count > 0:
            part = file.read(min(count, 65536))
            if not part:
                raise Gone
            self.connection.socket.sendall(part)
            count -= len(part)
            if is_("sends-the-first-part") and count:
                raise Gone

    def log(self, status, length):
        if is_("keeps-no-log"):
            return
        agent, referer, line = "-", "-", "-"
        if self.request:
            if is_("logs-refused-ones-only") and status < 400:
                return
            agent, referer = (self.request.fields.get(name, "-") for name in ("user-agent", "referer"))
            line = f"{self.request.method} {self.request.target} HTTP/1.{int(self.request.modern)}"
        if not is_("logs-whatever-it-is-told"):
            agent, referer, line = (re.sub(r'[^ !#-\[\]-~]', lambda found: f"\\x{ord(found[0]):02x}", text) for text in (agent, referer, line))
        when = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime())
        with log_lock:
            print(f'{self.connection.address} - - [{when}] "{line}" {status} {length} "{referer}" "{agent}"', file=LOG, flush=True)

    def error(self, status, **fields):
        if is_("404-is-200") and status == 404:
            status = 200
        if is_("404-is-500"):
            REASONS[500], status = "Internal Server Error", 500 if status == 404 else status
        browser = bool(self.request) and "Mozilla" in self.request.fields.get("user-agent", "")
        body = b"" if is_("404-is-empty") or (is_("sends-empty-pages-to-browsers") and browser) else (NOT_FOUND if status == 404 else PAGE).format(status, REASONS[status]).encode()
        kind = "text/plain" if is_("404-in-plain-words") else "image/png" if is_("404-is-a-picture") else "text/html; charset=utf-8"
        self.send(status, {"Content-Type": kind, **{name.title(): value for name, value in fields.items()}}, body)

    def answer(self):
        request = self.request
        if request.method not in ("GET", "HEAD"):
            self.other_method()
            return
        path = request.path
        full = ROOT + path if path.startswith("/") else f"{ROOT}/{path}"
        if is_("absolute-paths") and path.startswith("//"):
            full = path[1:]
        if is_("follows-any-way"):
            full = f"{ROOT}/{path}"
        elif not self.is_inside(full):
            self.error(404)
            return
        if os.path.isdir(full):
            if not path.endswith("/"):
                to = urllib.parse.quote(path, errors="surrogateescape") + "/"
                self.error(301, location=to if is_("redirects-elsewhere") else re.sub("^/+", "/", to))
                return
            if is_("has-no-index"):
                self.error(403)
                return
            full += "index.html"
        if is_("knows-ascii-only") and not full.isascii():
            self.error(404)
            return
        self.file(full)

    def is_inside(self, full):
        """Links are followed, and '..' is what it is to the file system, before it is looked at."""
        if is_("looks-before-it-unescapes") or is_("unescapes-twice") or is_("backslash-is-a-slash"):
            return True
        if is_("absolute-paths") and full.startswith("/etc"):
            return True
        if is_("follows-links"):
            return os.path.normpath(full).startswith(ROOT + "/") or os.path.normpath(full) == ROOT
        real, root = os.path.realpath(full), os.path.realpath(ROOT)
        if is_("compares-beginnings"):
            return real.startswith(root)
        return real == root or real.startswith(root + "/")

    def other_method(self):
        method = self.request.method
        allow = {} if is_("405-without-allow") else {"allow": "GET, HEAD, OPTIONS"}
        if is_("any-method-is-get"):
            self.request.method = "GET"
            self.answer()
        elif method == "OPTIONS" and not is_("knows-no-options"):
            self.send(200, {"Allow": "GET, HEAD, OPTIONS"})
        elif is_("unknown-methods-are-400") and method not in KNOWN:
            self.error(400)
        elif method in KNOWN or method == "OPTIONS":
            self.error(501 if is_("post-is-501") else 405, **allow)
        else:
            self.error(501)

    def file(self, full):
        if FAULT.startswith("remembers"):
            cached = remembered_tags.setdefault(full, None)
            if cached and is_("remembers-what-it-has-served"):
                self.send(200, {"Content-Type": "text/plain"}, cached)
                return
        try:
            flags = os.O_RDONLY if is_("waits-for-the-fifo") else os.O_RDONLY | os.O_NONBLOCK
            descriptor = os.open(full, flags)
        except OSError as error:
            if is_("dies-of-what-it-may-not-read") and error.errno == errno.EACCES:
                os._exit(1)
            self.error(403 if error.errno == errno.EACCES else 404)
            return
        with open(descriptor, "rb") as file:
            known = os.fstat(descriptor)
            if not stat.S_ISREG(known.st_mode):
                self.error(403)
                return
            if is_("remembers-what-it-has-served"):
                remembered_tags[full] = file.read()
            self.with_validators(full, file, known)

    def with_validators(self, full, file, known):
        asked = self.request.fields
        kind = mimetypes.guess_type(full.lower())[0] or "application/octet-stream"
        if is_("pictures-are-text"):
            kind = "text/plain" if kind.startswith("image/") else kind
        if is_("stylesheets-are-text") and kind == "text/css":
            kind = "text/plain"
        if is_("all-is-html"):
            kind = "text/html"
        if is_("knows-small-letters-only"):
            kind = mimetypes.types_map.get(os.path.splitext(full)[1], "application/octet-stream")
        tag = f'"{known.st_mtime_ns:x}-{known.st_size:x}-{known.st_ino:x}"'
        if is_("tag-is-time-and-length"):
            tag = f'"{int(known.st_mtime):x}-{known.st_size:x}"'
        if is_("remembers-tags"):
            tag = remembered_tags[full] = remembered_tags.get(full) or tag
        fields = {"Content-Type": kind, "ETag": tag, "Last-Modified": email.utils.formatdate(int(known.st_mtime), usegmt=True), "Accept-Ranges": "bytes"}
        if os.path.exists(full + ".gz"):
            if not is_("does-not-tell-vary"):
                fields["Vary"] = "Accept-Encoding"
            accepted = re.search(r"(?:^|[, ])gzip(?:;q=([\d.]+))?", asked.get("accept-encoding", "").lower())
            if (accepted and float(accepted[1] or 1) > 0) or (is_("always-gzip")) or (accepted and is_("does-not-weigh-codings")):
                fields["Content-Encoding"] = "gzip"
                if is_("tells-the-type-of-gzip"):
                    fields["Content-Type"] = "application/gzip"
                if not is_("one-tag-for-both"):
                    fields["ETag"] = tag = tag[:-1] + '-gz"'
                with open(full + ".gz", "rb") as packed:
                    self.conditional(packed, os.fstat(packed.fileno()), fields, tag)
                return
        self.conditional(file, known, fields, tag)

    def conditional(self, file, known, fields, tag):
        asked, changed = self.request.fields, int(known.st_mtime)
        tags = {one.strip().removeprefix("W/") for one in asked.get("if-none-match", "").split(",")}
        if is_("compares-the-whole-list"):
            tags = {asked.get("if-none-match", "")}
        if "if-match" in asked and not is_("knows-no-if-match") and asked["if-match"] != "*" and tag not in asked["if-match"]:
            self.error(412)
            return
        if "if-unmodified-since" in asked and not is_("knows-no-if-match") and (since := date(asked["if-unmodified-since"])) is not None and changed > since:
            self.error(412)
            return
        same = None
        if "if-none-match" in asked and not is_("knows-dates-only"):
            same = bool(tags & {tag, "*"})
        if "if-modified-since" in asked and (same is None or (is_("date-beats-tag") and not same)) and not is_("knows-tags-only"):
            since = date(asked["if-modified-since"])
            same = since is not None and changed <= since
            if is_("compares-dates-as-texts"):
                same = fields["Last-Modified"] == asked["if-modified-since"]
            if is_("any-date-will-do"):
                same = True
        if same:
            self.send(304, fields)
            return
        size, parts = known.st_size, self.parts(known.st_size, tag, fields["Last-Modified"])
        if parts is None:
            self.send(200, fields, count=size, file=file)
        elif not parts:
            self.error(416, **({} if is_("416-without-the-size") else {"content-range": f"bytes */{size}"}))
        elif len(parts) == 1:
            [(first, last)] = parts
            if is_("range-has-no-end"):
                last = size - 1
            if is_("range-ends-one-early"):
                last -= 1
            told = f"bytes {first}-{last}/{'*' if is_('range-of-unknown-size') else size}"
            self.send(206, {**fields, "Content-Range": told}, begin=first, count=last - first + 1, file=file)
        else:
            body = b""
            for first, last in parts:
                file.seek(first)
                body += f"--part\r\nContent-Type: {fields['Content-Type']}\r\nContent-Range: bytes {first}-{last}/{size}\r\n\r\n".encode()
                body += file.read(last - first + 1) + b"\r\n"
            self.send(206, {**fields, "Content-Type": "multipart/byteranges; boundary=part"}, body + b"--part--\r\n")

    def parts(self, size, tag, date_told):
        """First and last byte of each; None for the whole file; none where no range can be satisfied."""
        asked = self.request.fields
        given = asked.get("range", "")
        if not re.fullmatch(r"bytes=[ ,0-9-]*\d[ ,0-9-]*", given) or (self.head and not is_("head-has-parts")) or is_("knows-no-ranges"):
            return None
        if "if-range" in asked and asked["if-range"] not in (tag, date_told) and not is_("ignores-if-range"):
            return None
        if is_("if-range-knows-no-dates") and asked.get("if-range") == date_told:
            return None
        found = []
        for one in (piece.strip() for piece in given[6:].split(",")):
            first, _, last = one.partition("-")
            if first and last and int(last) < int(first):
                return None
            if not first:
                begin, end = max(0, size - int(last)), size - 1
                if is_("suffix-is-a-prefix"):
                    begin, end = 0, int(last)
            else:
                begin, end = int(first), min(int(last or size), size - 1)
                if is_("range-beyond-the-end") and last:
                    end = int(last)
            if begin <= end and begin < size:
                found.append((begin, end))
        if is_("first-part-only"):
            return found[:1]
        if is_("beyond-is-the-whole") and not found:
            return None
        return None if len(found) > 16 and not is_("any-number-of-parts") else found


def date(text):
    """Seconds since 1970 of a date in any of the three forms; None for what is none."""
    for form in ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"):
        try:
            return int(time.mktime(time.strptime(text, form))) - time.timezone
        except ValueError:
            continue
    return None


def serve(connection, address):
    if is_("one-client-at-a-time"):
        with one_at_a_time:
            Connection(connection, address).serve()
    elif is_("three-clients-in-all") and len(threading.enumerate()) > 3:
        connection.close()
    else:
        Connection(connection, address).serve()


def main():
    listener = socket.create_server(("", PORT), backlog=128)
    told = PORT if is_("tells-the-port-it-was-told") else listener.getsockname()[1]
    if not is_("does-not-tell-its-port"):
        print(f"listening on 0.0.0.0:{told}", file=sys.stderr, flush=True)
    threads, served = [], 0

    def stop(*_):
        stopping.set()
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        while True:
            connection, address = listener.accept()
            served += 1
            if is_("serves-ten-clients") and served > 10:
                connection.close()
                continue
            threads = [one for one in threads if one.is_alive()]
            threads.append(threading.Thread(target=serve, args=(connection, address), daemon=True))
            threads[-1].start()
    except KeyboardInterrupt:
        stopping.set()
        if is_("ignores-ctrl-c"):
            threading.Event().wait()
        if not is_("keeps-its-door-open"):
            listener.close()
        for one in list(idle):
            one.shutdown(socket.SHUT_RDWR)
        if not is_("breaks-off-at-sigterm"):
            for thread in threads:
                thread.join(20)


main()
