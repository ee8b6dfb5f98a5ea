"""A copy that is still right is not sent again: 304 without a body, by the entity tag or the date; a file that has changed has another tag.

A date has whole seconds, and within one a file may change twice: so the tag decides where both are given (RFC 9110, 13.2.2).
"""

import email.utils
import os
import time

from harness import equals, matches, scenario
from scenarios.services.kit.http_server import NOWHERE, Request, ask, http_server, pages, put, request, served, site, still_served, talk
from topologies.single import Single

FILE = "/notes/tide.txt"
OLD = "Thu, 01 Jan 1970 00:00:00 GMT"


@scenario(
    "services.ex06-validators", question="Is my copy still right?", topology=Single(2), roles=["http-server"], needs={"http-server": ["root"]},
    captures=["h1-eth0"], seconds=3,
)  # fmt: skip
def validators(lab):
    content = pages()["notes/tide.txt"]
    with lab.step("The file, with what its copy is known by", id="first"):
        server = http_server(lab, root := site())
        file = root / "notes/tide.txt"
        os.utime(file, ns=(0, 1774745999 * 10**9 + 1))
        served(lab, first := ask(lab, FILE), content, FILE, server)
    with lab.step("ETag and Last-Modified", id="fields", should=True):
        tag, date = (first.fields.get(name, "") for name in ("etag", "last-modified"))
        lab.expect(tag, matches(r'^(W/)?"[\x21\x23-\x7e]*"$'), "ETag", id="tag", hint=server.state)
        lab.expect(date, equals(email.utils.formatdate(1774745999, usegmt=True)), "Last-Modified", id="date")
    with lab.step("If-None-Match", id="tag", should=True):
        for given in (tag, f'"another", {tag}', f"W/{tag.removeprefix('W/')}", "*"):
            unchanged(lab, {"if_none_match": given}, tag)
        unchanged(lab, {"if_none_match": tag, "if_modified_since": OLD}, tag)
        still_served(lab, ask(lab, FILE, if_none_match='"another"', if_modified_since=date), content, f"{FILE}, whose tag is another", server)
    with lab.step("If-Modified-Since, in the three forms of a date", id="date", should=True):
        for form in ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"):
            unchanged(lab, {"if_modified_since": time.strftime(form, time.gmtime(1774745999))}, tag)
        for given in (OLD, "yesterday", "Sun, 29 Mar 2026 00:59:58 GMT"):
            still_served(lab, ask(lab, FILE, if_modified_since=given), content, f"{FILE}, if it has changed since {given!r}", server)
    with lab.step("If-Match and If-Unmodified-Since", id="match", should=True):
        for given in ({"if_match": '"another"'}, {"if_unmodified_since": OLD}):
            lab.expect(ask(lab, FILE, **given).status, equals(412), f"status for {given}", id="status")
        lab.expect(ask(lab, NOWHERE, if_none_match="*").status, equals(404), f"status of {NOWHERE}, whatever its tag", id="missing")
    with lab.step("The file changes within the second, and keeps its length", id="changed", should=True):
        put(root, "notes/tide.txt", changed := content.swapcase())
        os.utime(file, ns=(0, 1774745999 * 10**9 + 500_000_001))
        still_served(lab, again := ask(lab, FILE, if_none_match=tag), changed, f"{FILE}, which has changed", server)
        lab.expect(again.fields.get("etag") != tag, equals(True), "its tag is another", id="tag")
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(server)


def unchanged(lab, given, tag):
    """The reply is 304, and nothing behind its header."""
    [one] = talk(lab, Request(request(FILE, **given), closes=True))
    lab.expect(one.reply.status, equals(304), f"status for {given}", id="status")
    lab.expect(len(one.rest), equals(0, "B"), f"of a body behind it, for {given}", id="body")
    lab.expect(one.reply.fields.get("etag", ""), equals(tag), "its ETag", id="own")
