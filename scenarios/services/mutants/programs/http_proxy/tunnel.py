"""CONNECT: bytes both ways, to the end of each direction."""

import re
import socket
import threading

from faults import given, is_
from messages import Refused

PATIENCE = 20


def connect(stream, target):
    found = re.fullmatch(r"([^:/@]+):(\d{1,5})", target)
    if not found:
        raise Refused(400)
    allowed = {int(port) for port in (given.get("connect_ports") or "443").split(",")}
    if is_("knows-443-only"):
        allowed = {443}
    if int(found[2]) not in allowed and not is_("connects-to-any-port"):
        raise Refused(403)
    if is_("knows-no-tunnels"):
        raise Refused(501)
    try:
        other = socket.create_connection((found[1], int(found[2])), PATIENCE)
    except OSError:
        raise Refused(200 if is_("is-content-with-nobody") else 502) from None
    other.settimeout(None)
    stream.connection.settimeout(None)
    said = b"HTTP/1.1 200 OK\r\n" + (b"Content-Length: 0\r\n" if is_("tunnels-have-lengths") else b"") + b"\r\n"
    stream.connection.sendall(said)
    if stream.data and not is_("loses-what-came-early"):
        other.sendall(stream.data)
    back = threading.Thread(target=pass_on, args=(other, stream.connection), daemon=True)
    back.start()
    pass_on(stream.connection, other)
    if is_("ends-with-the-first-end"):
        for one in (other, stream.connection):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
    back.join()
    other.close()


def pass_on(source, target):
    try:
        while data := source.recv(65536):
            if is_("changes-line-ends") and target is not source:
                data = data.replace(b"\r\n", b"\n")
            target.sendall(data)
        if not is_("keeps-ends-to-itself"):
            target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
