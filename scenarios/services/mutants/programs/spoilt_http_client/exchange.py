"""One request and its answer."""

import log
from body import body_of
from given import fault, given
from head import head_of
from request import request_for
from stream import Stream, connected
from wrong import Wrong

REDIRECTS = {301, 302, 303, 307, 308} - {"knows-no-308": {308}, "knows-no-303": {303}, "knows-302-only": {301, 303, 307, 308}}.get(fault, set())
CLOSED = "the connection was closed before all was there"


def exchange(url, user, part=()):
    """Status, status line, fields and body of the answer, and why that is not all of it; empty where it is."""
    place, lines, octets = request_for(url, user, list(part))
    try:
        connection = connected(*place)
    except Wrong:
        if not given.get("proxy") or fault != "goes-without-the-proxy":
            raise
        given["proxy"] = ""
        return exchange(url, user, part)
    if fault != "logs-answers-only":
        log.write(lines)
    with connection:
        if fault == "asks-head-first":
            connected(*place).sendall(octets.replace(b"GET", b"HEAD", 1))
        connection.sendall(octets)
        stream = Stream(connection)
        status, first, fields = head_of(stream)
        if status in REDIRECTS:
            return status, first, fields, b"", ""
        try:
            data, whole = body_of(stream, status, fields)
        except Wrong as error:
            if not error.again:
                raise
            return status, first, fields, stream.rest, str(error)
        return status, first, fields, data, "" if whole else CLOSED
