"""What a client is sent: status line, fields and body."""

import email.utils

from errors import Gone
from faults import FAULT, is_
from log import log

REASONS = {200: "OK", 206: "Partial Content", 301: "Moved Permanently", 304: "Not Modified", 400: "Bad Request", 403: "Forbidden", 404: "Not Found",
           405: "Method Not Allowed", 408: "Request Timeout", 412: "Precondition Failed", 413: "Content Too Large", 414: "URI Too Long", 416: "Range Not Satisfiable",
           431: "Request Header Fields Too Large", 501: "Not Implemented", 505: "HTTP Version Not Supported"}  # fmt: skip
PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0} {1}</h1><p>There is nothing to be seen here.</p></body></html>\n"
NOT_FOUND = {"404-in-plain-words": "There is nothing to be seen here.\n", "counts-letters": "<h1>{0} {1}</h1><p>Aquí no hay nada, señora.</p>\n"}.get(FAULT, PAGE)


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
        if is_("counts-letters"):
            length = len(body.decode("utf-8", "replace")) if file is None else length
        log(self.connection.address, self.request, status, length)
        self.connection.socket.sendall(self.header(status, fields, length))
        if is_("304-has-a-body") and status == 304:
            self.connection.socket.sendall(b"it has not changed\n")
        if (self.head and not is_("head-has-a-body")) or status == 304:
            return
        if file is None:
            self.connection.socket.sendall(body)
            return
        if is_("cuts-pictures") and "image" in fields["Content-Type"]:
            count //= 8
        self.send_part(file, begin, count)

    def header(self, status, fields, length):
        lines = [f"HTTP/1.1 {status} {REASONS[status]}"] if not is_("sends-no-status-line") else []
        if not is_("has-no-date"):
            lines.append(f"Date: {email.utils.formatdate(usegmt=not is_('tells-its-own-date'))}")
        if status != 304 and not (is_("has-no-length") and not self.head) and not (is_("head-knows-no-length") and self.head) and not is_("leaves-the-end-open"):
            lines.append(f"Content-Length: {length}")
        if is_("has-no-length") and self.request:
            self.request.keep = False
        if not (self.request and self.request.keep) and not is_("does-not-say-close"):
            lines.append("Connection: close")
        end = "\n" if is_("ends-lines-by-lf") else "\r\n"
        empty = [""] if is_("sends-no-empty-line") else ["", ""]
        return end.join([*lines, *(f"{name}: {value}" for name, value in fields.items()), *empty]).encode("utf-8", "surrogateescape")

    def send_part(self, file, begin, count):
        file.seek(begin)
        while count > 0:
            part = file.read(min(count, 65536))
            if is_("reads-as-text"):
                part = part.decode("utf-8", "ignore").encode()
            if not part:
                raise Gone
            self.connection.socket.sendall(part)
            count -= len(part)
            if is_("sends-the-first-part") and count:
                raise Gone

    def error(self, status, **fields):
        if is_("404-is-200") and status == 404:
            status = 200
        if is_("leaves-without-a-404") and status == 404:
            raise Gone
        if is_("404-is-500"):
            REASONS[500], status = "Internal Server Error", 500 if status == 404 else status
        browser = bool(self.request) and "Mozilla" in self.request.fields.get("user-agent", "")
        body = b"" if is_("404-is-empty") or (is_("sends-empty-pages-to-browsers") and browser) else (NOT_FOUND if status == 404 else PAGE).format(status, REASONS[status]).encode()
        if is_("404-without-words") and status == 404:
            body = b"<html><body></body></html>"
        if is_("shows-the-path-as-it-is") and self.request:
            body += self.request.path.encode("utf-8", "surrogateescape")
        kind = "text/plain" if is_("404-in-plain-words") else "image/png" if is_("404-is-a-picture") else "text/html; charset=utf-8"
        self.send(status, {"Content-Type": kind, **{name.title(): value for name, value in fields.items()}}, body)
