"""A node is asked what the client has asked, byte by byte where it matters, and told who the client was: not who it said to be.

To the node each connection comes from the balancer. The client's address stands in X-Forwarded-For, or in Forwarded (RFC 7239), and only what the
balancer itself has put at the end of it is true. What is meant for one connection only ends there (RFC 9110, 7.6.1).
"""

import hashlib
import re

from harness import equals, matches, scenario
from scenarios.services.kit.http_balancer import Crowd, ask_all, config, failures, first_request, http_balancer, nodes
from scenarios.services.kit.http_server import PORT, Request, request, talk
from topologies.single import Single

TARGET = "/a%20b/c;d=1?x=%26&y=//../.&z="
BODY = bytes(range(256)) * 100 + b"\r\n\r\n"
FORGED = {"x_forwarded_for": "203.0.113.9", "forwarded": "for=203.0.113.9"}


@scenario(
    "services.ex08-address", question="What a load balancer tells a node of a request", topology=Single(3), roles=["http-balancer"],
    needs={"http-balancer": ["config"]}, captures=["h1-eth0"], seconds=4,
)  # fmt: skip
def address(lab):
    [h3] = nodes(lab, "h3")
    balancer = http_balancer(lab, config=config(lab, "h3"))
    first_request(lab, balancer)
    with lab.step("The target, with its query", id="target"):
        ask_all(lab, TARGET, 1)
        lab.expect([one for one in (asked.target for asked in h3.requests) if one.startswith("/a")], equals([TARGET]), "what the node is asked for", id="as-it-is", hint=balancer.state)
    with lab.step("The client's own fields", id="fields", should=True):
        talk(lab, Request(request("/fields", x_serial="4711", accept="text/x", connection="close, X-Private", x_private="1", keep_alive="timeout=9")))
        one = h3.first("/fields")
        lab.expect([*one.values("X-Serial"), *one.values("Accept")], equals(["4711", "text/x"]), "of them, those that are meant for the node", id="passed")
        lab.expect(one.values("X-Private") + one.values("Keep-Alive"), equals([]), "those that are meant for the connection to the balancer", id="hop")
        lab.expect(one.values("Host"), equals([f"h1:{PORT}"]), "the host that the client has named", id="host")
        lab.expect(", ".join(one.values("Via")), matches(r"^(HTTP/)?1\.[01] \S+$"), "through whom it came (RFC 9110, 7.6.3)", id="via")
    with lab.step("A body", id="body", should=True):
        before = len(h3.requests)
        found = ask_all(lab, "/body", 2, method="POST", body=BODY.decode("latin-1"))
        lab.expect(failures(found), equals([]), "requests that failed", id="failed", hint=balancer.state)
        lab.expect(len(h3.requests) - before, equals(2), "requests that the node sees in what comes", id="once", hint=balancer.state)
        came = [(one.sha256, one.length) for one in h3.bodies]
        lab.expect(came, equals([(hashlib.sha256(BODY).hexdigest(), len(BODY))] * 2), "bodies that came to the node", id="bytes", hint=balancer.state)
    with lab.step("Who the client is", id="client", should=True):
        lab.h2.run("ip", "address", "add", "10.0.1.1/8", "dev", lab.h2.interface)
        for source in (str(lab.h2), "10.0.1.1"):
            Crowd(lab, [f"/from-{source}"], each=1, sources=[source]).end()
            lab.expect(last_hops(h3.first(f"/from-{source}")), equals({source}), "the address that the node is told", id="address", hint=balancer.state)
    with lab.step("Who it says to be", id="forged", should=True):
        talk(lab, Request(request("/forged", **FORGED)))
        one = h3.first("/forged")
        lab.expect(last_hops(one), equals({str(lab.h2)}), "the address that the balancer vouches for, in each such field", id="address", hint=balancer.state)
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(balancer)


def last_hops(asked):
    """The last address in each of the fields that tell it."""
    ends = [", ".join(asked.values(name)).rpartition(",")[2] for name in ("X-Forwarded-For", "Forwarded") if asked.values(name)]
    return {re.sub(r'^\s*.*?for="?\[?|["\]\s]|;.*|:\d+$', "", end, flags=re.IGNORECASE) for end in ends}
