"""The request: whom it goes to, its line and fields."""

import base64
import re
import urllib.parse

from given import fault, given
from wrong import Wrong, shown


hosts = []


def request_for(url, user, part):
    """Where to connect to, and the request."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme.lower() != "http":
        raise Wrong(f"the redirect leads to another scheme than http: {shown(parts.scheme)}")
    port = parts.port or int(given.get("port") or 80) if fault != "knows-one-port" else parts.port or 80
    if fault == "forgets-the-port-of-the-url":
        port = int(given.get("port") or 80)
    host = f"[{parts.hostname}]" if ":" in parts.hostname and fault != "forgets-brackets" else parts.hostname
    named = host if port == 80 or fault == "forgets-the-port" else f"{host}:{port}"
    if fault == "names-the-user" and "@" in parts.netloc:
        named = parts.netloc
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query and fault != "forgets-the-query" else "")
    path += f"#{parts.fragment}" if parts.fragment and fault == "sends-the-fragment" else ""
    path = re.sub(r"[^!-~]", lambda found: urllib.parse.quote(found[0], encoding="latin-1"), path)
    if fault == "forgets-parameters":
        path = re.sub(r";[^/?]*", "", path)
    if fault == "sends-an-empty-path" and path == "/":
        path = ""
    place, target = (parts.hostname, port), path
    if given.get("proxy") and fault != "ignores-the-proxy":
        proxy, _, number = given["proxy"].rpartition(":")
        place = (proxy, int(number))
        target = path if fault == "origin-form-to-a-proxy" else f"http://{named}{path}"
        named = given["proxy"] if fault == "names-the-proxy" else named
    if fault == "names-the-first-host":
        named = hosts[0] if hosts else named
        hosts.append(named)
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
