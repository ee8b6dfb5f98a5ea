"""From redirect to redirect, to the final answer."""

import re
import urllib.parse

import log
from exchange import REDIRECTS, exchange
from given import fault, given
from head import value
from wrong import Wrong

HOPS = {"follows-40": 40, "follows-for-ever": 10**6}.get(fault, 10)


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
        log.begin_hop(hop)
        status, first, fields, data, lacks = exchange(url, user, part)
        log.end_hop(hop, status in REDIRECTS)
        if status not in REDIRECTS or fault == "follows-none":
            return status, first, fields, data, lacks, url
        if fault == "saves-the-redirect" and url in seen:
            return 200, first, fields, b"look elsewhere", "", url
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
