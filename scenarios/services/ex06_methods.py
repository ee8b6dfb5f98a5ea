"""Methods: HEAD is answered as GET without the body, OPTIONS by what there is, and others by 405 with Allow, or 501.

Whoever reads a response to HEAD does not look for a body: bytes behind its header would be taken for the next response. The body of a request that
is refused is no request either.
"""

from harness import equals, scenario
from scenarios.services.kit.http_server import NOWHERE, Request, ask, http_server, one_of, pages, request, served, site, talk
from topologies.single import Single

TIDE = "/notes/tide.txt"


@scenario(
    "services.ex06-methods", question="What a server does by other methods than GET", topology=Single(2), roles=["http-server"],
    needs={"http-server": ["root"]}, captures=["h1-eth0"], seconds=3,
)  # fmt: skip
def methods(lab):
    with lab.step("GET", id="get"):
        server = http_server(lab, site())
        served(lab, whole := ask(lab, TIDE), pages()["notes/tide.txt"], TIDE, server)
    with lab.step("HEAD: the header alone", id="head", should=True):
        for target, status in ((TIDE, 200), (NOWHERE, 404)):
            [one] = talk(lab, Request(request(target, "HEAD"), ["HEAD"], closes=True))
            lab.expect(one.reply.status, equals(status), f"status of HEAD {target}", id="status", hint=server.state)
            lab.expect(len(one.rest), equals(0, "B"), "of a body behind it", id="body")
            if status == 200:
                same = {name: one.reply.fields.get(name) for name in ("content-length", "content-type", "etag", "last-modified")}
                lab.expect(same, equals({name: whole.fields.get(name) for name in same}), "its fields are those of GET", id="fields")
    with lab.step("OPTIONS: which there are", id="options", should=True):
        for target in (TIDE, "*"):
            reply = ask(lab, target, "OPTIONS")
            lab.expect(reply.status, one_of(200, 204), f"status of OPTIONS {target}", id="status", hint=server.state)
            lab.expect(allowed(reply) >= {"GET", "HEAD"}, equals(True), f"Allow of OPTIONS {target} names GET and HEAD", id="allow")
    with lab.step("Methods that are not for files that are only read", id="refused", should=True):
        for method in ("POST", "PUT", "DELETE"):
            [one] = talk(lab, Request(request(TIDE, method, body=b"x" * 9, content_length="9"), closes=True))
            lab.expect(one.reply.status, equals(405), f"status of {method}", id="status", hint=server.state)
            lab.expect(allowed(one.reply) >= {"GET", "HEAD"}, equals(True), f"Allow of the reply to {method} names GET and HEAD", id="allow")
    with lab.step("Methods that nobody knows", id="unknown", should=True):
        for method in ("BREW", "get", "G" * 40):
            lab.expect(ask(lab, TIDE, method).status, one_of(501, 405), f"status of {method}", id="status", hint=server.state)
    with lab.step("A body of a refused request that looks like requests", id="body", should=True):
        inner = request(NOWHERE) * 2
        first = request(TIDE, "POST", body=inner, keep=True, content_length=str(len(inner)))
        [one] = talk(lab, Request(first + request(TIDE), ["POST", "GET", "GET"], closes=True))
        lab.expect(one.statuses, one_of([405], [405, 200]), "statuses of POST with that body, and of a GET behind it", id="statuses", hint=server.state)
    with lab.step("GET once more", id="again", should=True):
        served(lab, ask(lab, TIDE), pages()["notes/tide.txt"], TIDE, server)
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(server)


def allowed(reply):
    """The methods that Allow names."""
    return {name.strip() for name in reply.fields.get("allow", "").split(",")}
