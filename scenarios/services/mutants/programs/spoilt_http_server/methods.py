"""By which method what is answered."""

from faults import is_
from files import file_of
from request import KNOWN


def answer(reply):
    method = reply.request.method
    allow = {} if is_("405-without-allow") else {"allow": "GET, HEAD, OPTIONS"}
    if method in ("GET", "HEAD"):
        file_of(reply, reply.request.path)
    elif is_("any-method-is-get"):
        reply.request.method = "GET"
        answer(reply)
    elif method == "OPTIONS" and not is_("knows-no-options"):
        reply.send(200, {"Allow": "GET, HEAD, OPTIONS"})
    elif is_("unknown-methods-are-400") and method not in KNOWN:
        reply.error(400)
    elif method in KNOWN or method == "OPTIONS":
        reply.error(501 if is_("post-is-501") else 405, **allow)
    else:
        reply.error(501)
