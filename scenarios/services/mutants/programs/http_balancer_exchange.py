"""A connection of a client of the wrong balancer: its requests, each handed to a node, and to another where that is allowed."""

import itertools
import os
import re
import select
import socket
import threading
import time

from http_balancer_messages import PAGE, REASONS, Gone, Head, Refused, Stream, is_, read_request, read_response, request_body, response_body, send_body, write_head

REPEATABLE = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"}
STATUS = "<!DOCTYPE html><html><body><h1>Nodes</h1><table>{}</table></body></html>\n"
one_at_a_time, first_client, last_body = threading.Lock(), [], [b""]


class NotSent(Exception):
    """Nothing of the request came to the node."""


class Failed(Exception):
    """The node has it, or a part of it, and gave no answer: the status that tells so."""


class Client:
    def __init__(self, connection, address, cluster):
        self.stream, self.address, self.cluster = Stream(connection, 60), address[0].removeprefix("::ffff:"), cluster
        first_client.append(self.address)

    def serve(self):
        try:
            with self.stream.socket:
                while self.one():
                    pass
                if not is_("closes-with-words-unread"):
                    self.stream.socket.shutdown(socket.SHUT_WR)
                    self.stream.socket.settimeout(1)
                    while self.stream.socket.recv(65536):
                        pass
        except (Gone, OSError, Refused):
            pass

    def one(self):
        """Answers a request; whether there may be another."""
        if not self.stream.data:
            self.stream.more()
        try:
            head = read_request(self.stream)
            body = request_body(self.stream, head)
        except Refused as error:
            if is_("dies-at-a-bad-request"):
                os._exit(1)
            if not is_("closes-without-a-word"):
                self.error(error.args[0], "GET", False)
            return False
        if is_("one-client-at-a-time"):
            with one_at_a_time:
                return self.exchange(head, body)
        return self.exchange(head, body)

    def error(self, status, method, keep, **fields):
        page = b"" if is_("empty-pages") else PAGE.format(status, REASONS.get(status, "")).encode()
        given = {"Content-Type": "text/html", "Content-Length": len(page), "Connection": "keep-alive" if keep else "close", **fields}
        self.stream.socket.sendall(write_head(["HTTP/1.1", status, REASONS.get(status, "")], given.items()) + (b"" if method == "HEAD" else page))

    def exchange(self, head, body):
        method, target, version = head.first
        words = head.value("connection").lower()
        keep = ("keep-alive" in words if version == "HTTP/1.0" else "close" not in words) and not is_("closes-each")
        own, path = self.cluster.own, target.partition("?")[0]
        if own["status_path"] and (path.startswith(own["status_path"]) if is_("takes-all-below") else path == own["status_path"]) and not is_("has-no-page"):
            return self.status(method) and False
        if body is not None and is_("buffers-requests"):
            body = iter([b"".join(body)])
        try:
            return self.ask(head, body, keep)
        except BadBody:
            self.error(400, method, False)
            return False
        except Failed as error:
            status = 502 if is_("all-is-502") else error.args[0]
            if is_("fails-without-a-word"):
                return False
            self.error(status, method, keep and body is None)
            return keep and body is None

    def ask(self, head, body, keep):
        tried, method = set(), head.first[0]
        cookie = re.search(r"(?:^|;)\s*node=([^;]*)", head.value("cookie")) if self.cluster.own["sticky"] == "cookie" else None
        wanted = cookie[1].strip('"') if cookie and not is_("forgets-its-clients") else ""
        if cookie and is_("trusts-any-cookie") and wanted not in {one.name for one in self.cluster.nodes}:
            raise Failed(502)
        status, tries = 503, 1 if is_("tries-once") or is_("tries-the-dead-for-ever") else 1 + max(1, self.cluster.own["retries"])
        for _ in range(tries):
            node = self.cluster.choose(tried, wanted, 10 if not tried else 0)
            if node is None:
                if is_("waits-for-a-node"):
                    time.sleep(6)
                if is_("drops-what-is-too-much"):
                    raise Gone
                raise Failed(status)
            failed = False
            try:
                return self.via(node, head, body, keep, wanted)
            except NotSent:
                status, failed = 502, True
                if method == "POST" and is_("posts-once"):
                    raise Failed(502) from None
            except Failed as error:
                status, failed = error.args[0], True
                able = {"GET"} if is_("repeats-get-only") else REPEATABLE
                if (method not in able or body is not None) and not is_("repeats-posts"):
                    raise
                if is_("never-asks-again"):
                    raise
            finally:
                self.cluster.done(node, failed)
            if is_("sticks-to-the-dead") and wanted == node.name:
                raise Failed(status)
            tried.add(node.name)
        raise Failed(status)

    def via(self, node, head, body, keep, wanted):
        upstream, reused = self.connect(node)
        complete = False
        try:
            try:
                self.send(upstream, node, head, body)
                if is_("asks-twice"):
                    self.send(upstream, node, head, None)
                    read_all(upstream, head.first[0])
                upstream.socket.settimeout(None if is_("waits-for-ever") else self.cluster.own["answer_timeout"])
                answer = self.answer_of(upstream, head, body)
                pieces, end = response_body(upstream, answer, head.first[0])
            except TimeoutError:
                raise Failed(504) from None
            except (Refused, Gone, OSError):
                raise Failed(502) from None
            if is_("repeats-500s") and answer.first[1] == 500:
                raise Failed(502)
            if is_("hides-500s") and answer.first[1] == 500:
                answer.first[1] = 502
            self.hand_on(answer, pieces, end, head, keep, node, wanted)
            complete = end != "close" and (not upstream.data or is_("keeps-what-came-behind"))
            return keep and (end != "close" or head.first[2] == "HTTP/1.1")
        finally:
            closes = "close" in answer.value("connection").lower() if complete else True
            with self.cluster.lock:
                if not complete or closes or (node.removed and not is_("keeps-idle-connections")) or is_("new-connection-each-time"):
                    upstream.socket.close()
                else:
                    node.pool.append(upstream)

    def connect(self, node):
        """A connection to a node, one that was kept if it is still good."""
        with self.cluster.lock:
            while node.pool:
                stream = node.pool.pop()
                if is_("keeps-what-came-behind") or not select.select([stream.socket], [], [], 0)[0]:
                    return stream, True
                stream.socket.close()
        try:
            seconds = 12 if is_("waits-for-connections") else self.cluster.own["connect_timeout"]
            return Stream(socket.create_connection((node.host, node.port), seconds), self.cluster.own["answer_timeout"]), False
        except OSError:
            raise NotSent from None

    def send(self, upstream, node, head, body):
        method, target, _ = head.first
        if is_("drops-the-query"):
            target = target.partition("?")[0]
        if is_("tidies-paths"):
            target = target.replace("%20", " ").replace(" ", "+")
        fields = [(key, value) for key, value in head.without_hops() if key.lower() not in ("x-forwarded-for", "forwarded")]
        if is_("drops-fields"):
            fields = [(key, value) for key, value in fields if key.lower() == "host"]
        if is_("changes-host"):
            fields = [(key, node.name if key.lower() == "host" else value) for key, value in fields]
        address = first_client[0] if is_("one-address-for-all") else self.address
        forged = head.values("x-forwarded-for")
        chain = [*forged, address]
        if is_("trusts-the-forged") and forged:
            chain = forged
        if is_("puts-its-own-first"):
            chain = [address, *forged]
        if not is_("tells-no-address"):
            fields.append(("X-Forwarded-For", ", ".join(chain)))
        if is_("hands-on-forwarded"):
            fields += [("Forwarded", value) for value in head.values("forwarded")]
        if not is_("names-no-via"):
            fields.append(("Via", ", ".join([*head.values("via"), "1.1 balancer"])))
        if is_("hands-on-connection"):
            fields = [(key, value) for key, value in fields if key.lower() != "connection"]
        if body is not None and is_("drops-bodies"):
            body = iter([b"".join(body)[:0]])
        lengths = head.values("content-length")
        framing = [("Content-Length", value) for value in lengths] if body is not None and lengths and not is_("drops-bodies") else []
        if body is not None and (not framing or is_("forwards-both-lengths") and head.value("transfer-encoding")):
            framing.append(("Transfer-Encoding", "chunked"))
        upstream.socket.sendall(write_head([method, target, "HTTP/1.1"], fields + framing))
        if body is None:
            return
        pieces = iter([b"".join(body)] * 2) if is_("sends-bodies-twice") else body
        send_body(upstream.socket, of_the_client(pieces), framing[-1][0] == "Transfer-Encoding")

    def answer_of(self, upstream, head, body):
        """Waits for the node, and looks whether the client is still there."""
        end = time.monotonic() + self.cluster.own["answer_timeout"]
        while not upstream.data and not is_("waits-for-absent-clients") and not is_("waits-for-ever"):
            ready = select.select([upstream.socket, *([self.stream.socket] if not self.stream.data else [])], [], [], max(0.0, end - time.monotonic()))[0]
            if not ready:
                raise TimeoutError
            if self.stream.socket in ready and upstream.socket not in ready:
                try:
                    self.stream.more()
                except Gone:
                    raise ClientLeft from None
            if upstream.socket in ready:
                break
        return read_response(upstream)

    def hand_on(self, answer, pieces, end, head, keep, node, wanted):
        method, _, version = head.first
        fields = [(key, value) for key, value in answer.without_hops() if key.lower() != "set-cookie" or not is_("drops-cookies")]
        if self.cluster.own["sticky"] == "cookie" and wanted != node.name and not is_("gives-no-cookie") and not (wanted and is_("never-changes-cookies")):
            fields.append(("Set-Cookie", f"node={node.name}; Path=/; HttpOnly"))
        if is_("completes-what-broke-off") or is_("buffers-answers"):
            whole = b""
            try:
                for piece in pieces:
                    whole += piece
            except (Gone, OSError, Refused):
                if is_("buffers-answers"):
                    raise Gone from None
            pieces, end, answer = iter([whole]), "length" if end != "none" else "none", Head(answer.first, [("Content-Length", len(whole))] if end != "none" else answer.fields)
        chunked = end in ("chunked", "close") and version != "HTTP/1.0"
        if chunked:
            fields.append(("Transfer-Encoding", "chunked"))
        elif answer.values("content-length") and answer.first[1] != 204:
            fields.append(("Content-Length", answer.values("content-length")[0]))
        fields.append(("Connection", "keep-alive" if keep else "close"))
        if is_("says-200-for-all") and answer.first[1] >= 400:
            answer.first[1:] = [200, "OK"]
        if is_("drops-last-byte-of-large"):
            pieces = list(itertools.chain(pieces))
            pieces[-1:] = [pieces[-1][:-1] + b"?"] if pieces and len(b"".join(pieces)) > 65536 else pieces[-1:]
        if is_("mixes-answers"):
            whole = b"".join(pieces)
            other, last_body[0] = last_body[0], whole
            pieces = iter([whole])
            if node.active > 1 and other:
                pieces, fields = iter([other]), [(key, len(other) if key == "Content-Length" else value) for key, value in fields]
        self.stream.socket.sendall(write_head(answer.first, fields))
        try:
            send_body(self.stream.socket, pieces, chunked)
        except (Refused, Gone, OSError):
            if is_("ends-what-broke-off") and chunked:
                self.stream.socket.sendall(b"0\r\n\r\n")
            raise Gone from None
        if is_("forgets-what-came-early"):
            self.stream.data = b""

    def status(self, method):
        if method not in ("GET", "HEAD") and not is_("takes-any-method"):
            self.error(405, method, False, Allow="GET, HEAD")
            return True
        now = time.monotonic()
        rows = [f"<tr><td>{one.name}</td><td>{'up' if one.up and one.aside <= now or is_('says-all-is-well') else 'down'}</td><td>{0 if is_('counts-nothing') else one.total}</td></tr>" for one in self.cluster.nodes]
        page = STATUS.format("".join(rows)).encode()
        fields = {"Content-Type": "text/html", "Content-Length": len(page), "Cache-Control": "no-store", "Connection": "close"}
        self.stream.socket.sendall(write_head(["HTTP/1.1", 200, "OK"], fields.items()) + (b"" if method == "HEAD" else page))
        return True


class ClientLeft(Exception):
    """While its node was asked."""


class BadBody(Exception):
    """Its client has sent what is none."""


def of_the_client(pieces):
    try:
        yield from pieces
    except (Gone, OSError):
        if is_("waits-for-absent-clients"):
            time.sleep(60)
        raise ClientLeft from None
    except Refused:
        raise BadBody from None


def read_all(upstream, method):
    for _ in response_body(upstream, read_response(upstream), method)[0]:
        pass
