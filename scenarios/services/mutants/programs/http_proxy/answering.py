"""One client's request, from its head to its answer."""

import collections
import re
import threading
import time

import rules
import tunnel
from faults import given, is_
from fetch import NAME, Fetch
from messages import Message, Refused, request_body
from parts import conditional
from store import Entry, Store

Where = collections.namedtuple("Where", "host port name told")
REASONS = {200: "OK", 304: "Not Modified", 206: "Partial Content", 416: "Range Not Satisfiable", 400: "Bad Request", 502: "Bad Gateway", 504: "Gateway Timeout"}
METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}
store, flights, lock = Store(), {}, threading.Lock()
PERSONAL = {"range", "if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range"}


def target_of(request):
    """Method, whom to ask, and for what; raises Refused."""
    found = re.fullmatch(r"([!-~]+) ([!-~]+) HTTP/(\d)\.(\d)", request.first)
    if not found:
        raise Refused(400)
    if found[3] != "1":
        raise Refused(505)
    method, target = found[1], found[2]
    hosts = request.all("host")
    if (len(hosts) != 1 and not (found[4] == "0" and not hosts) and not is_("takes-any-field")) or any(re.search(r"[\s/@,]", host) for host in hosts):
        raise Refused(400)
    if method == "CONNECT":
        return method, None, target
    url = re.fullmatch(r"(?i)http://([^/?#@:]+)(?::(\d*))?([/?][^#]*)?", target)
    if given.get("origin"):
        host, _, port = given["origin"].partition(":")
        if url and is_("lets-anybody-through"):
            host, port = url[1], url[2] or "80"
        if url and is_("knows-paths-only"):
            raise Refused(400)
        if not url and not target.startswith("/"):
            raise Refused(400)
        return method, Where(host, int(port), hosts[0] if hosts else host, True), url[3] if url else target
    if not url and is_("asks-itself"):
        url = re.fullmatch(r"(?i)http://([^/?#@:]+)(?::(\d*))?([/?][^#]*)?", f"http://{hosts[0]}{target}")
    if not url:
        raise Refused(400)
    port = int(url[2] or 80)
    if not 0 < port < 65536:
        raise Refused(400)
    path = url[3] or "/"
    return method, Where(url[1].lower(), port, url[1] + (f":{url[2]}" if url[2] else ""), False), path if path.startswith("/") else "/" + path


def key_of(where, target):
    name = where.name if where.told else f"{where.host}:{where.port}"
    if is_("ignores-host-in-key"):
        name = str(where.port)
    if is_("ignores-port-in-key"):
        name = where.host
    if is_("drops-query-from-key"):
        target = target.partition("?")[0]
    return f"{name} {target.lower() if is_('minds-no-case-in-key') else target}"


class Answering:
    def __init__(self, stream, request):
        self.stream, self.request, self.old = stream, request, request.first.endswith("1.0")
        said = request.get("connection").lower()
        self.keep = ("keep-alive" in said) if self.old else ("close" not in said)

    def run(self):
        """Whether the connection goes on."""
        method, where, target = target_of(self.request)
        if method == "CONNECT":
            if given.get("origin"):
                raise Refused(405)
            tunnel.connect(self.stream, target)
            return False
        if NAME in self.request.get("via").split() and not is_("asks-itself"):
            raise Refused(508)
        body = request_body(self.stream, self.request)
        if method not in METHODS:
            raise Refused(501)
        key = key_of(where, target)
        if method == "GET" and not body or (is_("caches-post") and method == "POST"):
            self.get(where, target, key, method, body)
        else:
            self.other(method, where, target, key, body)
        return self.keep

    def other(self, method, where, target, key, body):
        entry = store.find(key, self.request) if method == "HEAD" else None
        if entry and rules.fresh(entry, self.request):
            self.kept(entry, "hit", head=True)
            return
        fetch = Fetch(where, method, target, self.request, key, store, body=b"" if is_("drops-bodies") else body)
        fetch.start()
        self.coming(fetch, "fwd=method", head=method == "HEAD")
        if method not in ("HEAD", "OPTIONS") and fetch.status < 400 and not is_("keeps-what-was-changed"):
            store.drop(key)

    def get(self, where, target, key, method="GET", body=b""):
        entry = None if is_("ranges-are-never-kept") and self.request.get("range") else store.find(key, self.request)
        if entry and rules.fresh(entry, self.request):
            self.kept(entry, "hit")
            return
        if "only-if-cached" in rules.directives(self.request.get("cache-control")) and not is_("ignores-what-clients-want"):
            raise Refused(504)
        if entry and rules.stale_for(entry, "stale-while-revalidate") and not is_("waits-for-what-is-stale"):
            if not is_("never-asks-again"):
                self.flight(where, target, key, entry, "while " + key)
            self.kept(entry, "hit; stale")
            return
        alone = PERSONAL & {name.lower() for name, _ in self.request.fields} or self.request.get("authorization") or self.request.get("cache-control")
        if is_("two-fetches-for-simultaneous-misses") or alone or method != "GET":
            fetch, first = Fetch(where, method, target, self.request, key, store, self.conditions(entry), body), True
            fetch.start()
        else:
            fetch, first = self.flight(where, target, key, entry, key)
        fetch.wait_for_head(self.interim if first else lambda message: None)
        if not first and not is_("shares-whatever-comes"):
            here = fetch.kept and fetch.status != 304 and rules.selects(Entry(key, fetch.request, fetch.status, fetch.message, b"", 0, 0), self.request)
            renewed = fetch.status == 304 and entry
            if not here and not renewed:
                fetch = Fetch(where, method, target, self.request, key, store, self.conditions(entry), body)
                fetch.start()
                fetch.wait_for_head()
        self.fetched(fetch, entry)

    def conditions(self, entry):
        if not entry or PERSONAL & {name.lower() for name, _ in self.request.fields} or is_("asks-for-all-anew"):
            return []
        pairs = (("If-None-Match", entry.message.get("etag")), ("If-Modified-Since", entry.message.get("last-modified")))
        return [(name, value) for name, value in pairs if value and not (name == "If-Modified-Since" and is_("knows-tags-only"))]

    def flight(self, where, target, key, entry, name):
        """The fetch that is under way, and whether it is this request's."""
        with lock:
            fetch = flights.get(name)
            if fetch and not fetch.ended:
                return fetch, False
            fetch = flights[name] = Fetch(where, "GET", target, self.request, key, store, self.conditions(entry))
            fetch.leader = self
            fetch.start()
            return fetch, True

    def fetched(self, fetch, entry):
        failed = not fetch.status or fetch.status in (500, 502, 503, 504)
        if entry and failed and rules.stale_for(entry, "stale-if-error") and not is_("hands-on-every-error"):
            self.kept(entry, "hit; stale")
        elif fetch.status == 304 and entry and fetch.extra and not is_("hands-on-304"):
            self.renew(entry, fetch)
            self.kept(entry, "fwd=stale; fwd-status=304")
        else:
            self.coming(fetch, "fwd=stale" if entry else "fwd=uri-miss")

    def renew(self, entry, fetch):
        names = {name.lower() for name, _ in fetch.message.fields} - {"content-length"}
        if is_("does-not-renew"):
            return
        old = [(name, value) for name, value in entry.message.fields if name.lower() not in names]
        entry.message = Message(entry.message.first, old + [(name, value) for name, value in fetch.message.passed_on() if name.lower() in names])
        entry.first_age, entry.kept_at = fetch.first_age, time.time()
        store.put(entry)

    # what the client gets

    def interim(self, message):
        if not self.old and not is_("swallows-103"):
            self.send(message.first, message.fields)

    def send(self, first, fields):
        lines = [first, *(f"{name}: {value}" for name, value in fields), "", ""]
        self.stream.connection.sendall("\r\n".join(lines).encode("latin-1"))

    def coming(self, fetch, how, head=False):
        fetch.wait_for_head(self.interim)
        if not fetch.status:
            raise Refused(200 if is_("is-content-with-nobody") else 504 if "timed" in fetch.why else 502)
        conditions = PERSONAL & {name.lower() for name, _ in self.request.fields}
        fields = [(name, value) for name, value in (fetch.message.fields if is_("forwards-hop-by-hop-fields") else fetch.message.passed_on()) if name.lower() != "content-length"]
        bare = head or fetch.status in (204, 304) or (bool(conditions) and fetch.status == 304)
        if bare:
            fields += [(name, value) for name, value in fetch.message.fields if name.lower() == "content-length"]
        elif fetch.length is not None:
            fields.append(("Content-Length", fetch.length + 1 if is_("counts-one-more") else fetch.length))
        elif self.old and not is_("chunks-for-everybody"):
            self.keep = False
        else:
            fields.append(("Transfer-Encoding", "chunked"))
        status = 200 if is_("200-for-404") and fetch.status == 404 else fetch.status
        self.send(f"HTTP/1.1 {status} {fetch.message.first.partition(' ')[2][4:]}", [*fields, *self.own(how)])
        if bare:
            if head and is_("head-has-a-body"):
                self.stream.connection.sendall(b"it is here")
            return
        chunked = ("Transfer-Encoding", "chunked") in fields
        pieces = iter([b"".join(fetch.read_body())]) if is_("holds-all-of-it-first") else fetch.read_body()
        for piece in pieces:
            if is_("changes-line-ends"):
                piece = piece.replace(b"\r\n", b"\n")
            self.hand_on(fetch, (f"{len(piece):x}\r\n".encode() + piece + b"\r\n") if chunked and piece else piece)
        if chunked:
            self.stream.connection.sendall(b"0\r\n\r\n")

    def hand_on(self, fetch, data):
        try:
            self.stream.connection.sendall(data)
        except OSError:
            if fetch.leader is self:
                fetch.consume(left=True)
            raise
        if fetch.leader is self:
            fetch.consume()

    def own(self, how):
        via = [] if is_("no-via") else [("Via", f"1.1 {NAME}")]
        status = [] if is_("no-cache-status") else [("Cache-Status", f"{NAME}; {'hit' if is_('always-says-hit') else how}")]
        return [*via, *status, *([] if self.keep else [("Connection", "close")])]

    def kept(self, entry, how, head=False):
        hidden = ("age", "content-length", "vary" if is_("drops-vary") else "")
        fields = [(name, value) for name, value in entry.message.fields if name.lower() not in hidden]
        age = [] if is_("no-age") else [("Age", int(entry.age()))]
        status, more, body = conditional(entry, self.request)
        length = [("Content-Length", len(body))] if status != 304 else []
        first = f"HTTP/1.1 {status} {REASONS.get(status, entry.message.first.partition(' ')[2][4:])}"
        self.send(first, [*fields, *more, *age, *length, *self.own(how)])
        if (not head or is_("head-has-a-body")) and status != 304:
            self.stream.connection.sendall(body)
