"""A request that two readers could read in two ways is answered, and not handed on; whoever comes next is served.

Where proxy and origin find different ends of a request, what one takes for a body is the next request to the other, in somebody else's name. So what
leaves doubt stops at the proxy (RFC 9112, 6.3, 11.2): no origin ever sees it.
"""

from harness import between, equals, is_true, scenario
from scenarios.services.kit.hostile_proxy import FIELDS, LARGE, LENGTHS, LINES
from scenarios.services.kit.http import Origin
from scenarios.services.kit.http_proxy import ONE, TWO, Request, ask, dated, http_proxy, serves, talk
from scenarios.services.kit.http_proxy_tables import NEVER
from topologies.single import Single


@scenario(
    "services.ex07-hostile", question="Which requests does a proxy not hand on?", topology=Single(3), roles=["http-proxy"], captures=["h1-eth0"],
    snaplen=400, seconds=5,
)  # fmt: skip
def hostile(lab):
    with lab.step("A request", id="first"):
        table = {"/letter.txt": dated(ONE, NEVER), "*": dated(TWO, NEVER)}
        server, origin = http_proxy(lab), Origin(lab, lab.h1, table)
        lives(lab, server)
    stops(lab, server, origin, "lines", "First lines that are none", LINES)
    stops(lab, server, origin, "fields", "Fields that are none, and Host, which is owed once", FIELDS)
    stops(lab, server, origin, "lengths", "Bodies of which nobody can say where they end", LENGTHS)
    stops(lab, server, origin, "large", "Without bounds", LARGE)
    with lab.step("The origin has seen letters only", id="origin", should=True):
        smuggled = [one.lines[0] for one in origin.requests if "smuggled" in one.lines[0]]
        lab.expect(smuggled, equals([]), "requests that it got within others", id="smuggled")
        lab.expect({one.target for one in origin.requests} - {"/hostile"}, equals({"/letter.txt"}), "targets that it was asked for", id="targets")
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lives(lab, server)
        lab.expect_interrupted(server)


def stops(lab, server, origin, id, title, requests):  # noqa: A002
    """Each is answered by an error, the connection is closed, the origin gets nothing of it, and the next client is served."""
    with lab.step(title, id=id, should=True):
        before = len(origin.requests)
        for one, what in zip(talk(lab, *(Request(sent, ["GET"], closes=True) for sent in requests.values())), requests, strict=True):
            lab.expect(one.reply.status, between(400, 505), f"status of the reply to: {what} (0: silence; {one.ended or 'nothing'})", id="status", hint=server.state)
            lab.expect(one.ended != "", is_true(), f"the connection is closed after: {what}", id="closed")
        passed = [one.head[:200] for one in origin.requests[before:]]
        lab.expect(passed, equals([]), "requests that the origin got", id="passed")
        lives(lab, server)


def lives(lab, server):
    """The next one is served."""
    serves(lab, ask(lab, "/letter.txt"), ONE, "/letter.txt", server)
