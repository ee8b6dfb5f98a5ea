"""What is no request is answered by its balancer and comes to no node; what one client says ends up in nobody else's request.

Balancer and node read the same bytes. Where the one sees one request and the other two, the second belongs to whoever comes next on that
connection. So the balancer hands on nothing that can be read in two ways: it refuses it, or writes it anew.
"""

from harness import between, equals, is_true, scenario
from scenarios.services.kit.http_balancer import ask_all, config, failures, first_request, http_balancer, nodes
from scenarios.services.kit.http_cases import END, FIELDS, GET, HOST, LENGTHS, LINES, TOO_LONG
from scenarios.services.kit.http_server import Request, request, talk
from topologies.single import Single

DOUBTFUL = ("half an escape",)  # is a node's to refuse
LATE = "a chunk's size that is none"  # comes to light when the head may be with a node
MORE_LENGTHS = {
    "a coding with a blank before the colon": b"Transfer-Encoding : chunked\r\n",
    "a coding in a folded line": b"Transfer-Encoding:\r\n chunked\r\n",
    "two codings": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    "a coding with a control character": b"Transfer-Encoding: \x0bchunked\r\n",
    "a list of lengths": b"Content-Length: 4, 5\r\n",
}


@scenario(
    "services.ex08-hostile", question="A load balancer whose clients mean harm", topology=Single(4), roles=["http-balancer"],
    needs={"http-balancer": ["config"]}, captures=["h1-eth0"], seconds=6, load=0.6,
)  # fmt: skip
def hostile(lab):
    both = nodes(lab, "h3", "h4")
    balancer = http_balancer(lab, config=config(lab, "h3", "h4"))
    first_request(lab, balancer)
    refused(lab, both, balancer, "line", "Request lines that are none", {what: sent for what, sent in LINES.items() if what not in DOUBTFUL})
    refused(lab, both, balancer, "fields", "Fields that are none, and Host, which is owed once", {what: GET + text + END for what, text in FIELDS.items()})
    smuggled = request("/smuggled")
    bodies = {what: b"POST" + GET[3:] + HOST + text + b"\r\nzz\r\n" + smuggled for what, text in {**LENGTHS, **MORE_LENGTHS}.items() if what != LATE}
    refused(lab, both, balancer, "lengths", "Bodies of which nobody can say where they end", bodies)
    refused(lab, both, balancer, "long", "Requests without bounds", TOO_LONG)
    with lab.step("A body that goes wrong in the middle", id="middle", should=True):
        sent = b"POST /middle HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n" + smuggled
        [one] = talk(lab, Request(sent, ["POST", "GET"], closes=True))
        lab.expect([len(one.replies) < 2, one.ended != ""], equals([True, True]), "one reply at most, and the connection is closed", id="closed", hint=balancer.state)
        lab.expect([body.target for node in both for body in node.bodies], equals([]), "requests that nodes take for whole", id="whole")
    with lab.step("A request within the body of another", id="inside", should=True):
        body = smuggled + b"\r\n"
        [one] = talk(lab, Request(request("/outer", "POST", body=body, content_length=len(body)), ["POST"]))
        lab.expect(one.reply.status, equals(200), "status of the outer one", id="status", hint=balancer.state)
        lab.expect(sum(len(node.asked("/smuggled")) for node in both), equals(0), "requests for the inner one", id="smuggled")
    with lab.step("Clients that leave in the middle of their requests", id="leave", should=True):
        half = b"POST /half HTTP/1.1\r\nHost: h1\r\nContent-Length: 1000\r\n\r\nhalf"
        talk(lab, *[Request(half, []), Request(GET, [])] * 20)
        lab.expect_soon(lambda: max(node.state["due"] for node in both), equals(0), "requests that nodes still wait for", id="due", hint=balancer.state)
        lab.expect(failures(ask_all(lab, "/after", 12)), equals([]), "requests that fail afterwards", id="after")
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(balancer)


def refused(lab, both, balancer, id, title, requests):  # noqa: A002
    """Each is answered by an error, the connection is closed, no node hears of it, and the next client is served."""
    with lab.step(title, id=id, should=True):
        before = [one.target for node in both for one in node.requests]
        for one, what in zip(talk(lab, *(Request(sent, closes=True) for sent in requests.values()), together=id != "long"), requests, strict=True):
            lab.expect(one.reply.status, between(400, 599), f"status of the reply to: {what}", id="status", hint=balancer.state)
            lab.expect(one.ended != "", is_true(), f"the connection is closed after: {what}", id="closed")
        after = [one.target for node in both for one in node.requests]
        new = sorted(set(after) - set(before) - {"/", "*"})
        lab.expect([one[:40] for one in new], equals([]), "what nodes were asked for", id="forwarded", hint=balancer.state)
        lab.expect(failures(ask_all(lab, f"/after-{id}", 4)), equals([]), "requests that fail afterwards", id="after")
