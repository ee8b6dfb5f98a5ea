"""A cookie leads a client back to its node, as long as that lives; then it gets another one, and never an error.

What a node remembers of a client in its own memory, the next node does not know. So the balancer marks who came first to whom. The mark comes from
the client, who may have made it up: it may choose among the nodes, and nothing else.
"""

from harness import above, contains, equals, scenario
from scenarios.services.kit.http_balancer import CHECKS, ask_all, config, failures, first_request, http_balancer, nodes, shares
from topologies.single import Single

OWN = "mine=1; Path=/"
FORGED = ("h9", "10.0.0.9:80", "-1", "0", "999999999999999999999", "%0d%0a", '"', "x" * 2000)


@scenario(
    "services.ex08-sticky", question="A load balancer that knows its clients again", topology=Single(5), roles=["http-balancer"],
    needs={"http-balancer": ["extended"]}, captures=["h1-eth0"], seconds=5, load=0.4,
)  # fmt: skip
def sticky(lab):
    all_nodes = nodes(lab, "h3", "h4", "h5", table={"/own": {"fields": [f"Set-Cookie: {OWN}"]}})
    by_name = {node.name: node for node in all_nodes}
    balancer = http_balancer(lab, extended=config(lab, *by_name, keys={**CHECKS, "sticky": "cookie"}))
    first_request(lab, balancer)
    with lab.step("A client without a cookie", id="new", should=True):
        [one] = ask_all(lab, "/new", 1)
        lab.expect(one.cookie, contains("="), "the cookie that it gets", id="cookie", hint=balancer.state)
        name, _, value = one.cookie.partition(";")[0].partition("=")
    with lab.step("It comes back with it", id="again", should=True):
        found = ask_all(lab, "/again", 9, fields={"Cookie": f"other=1; {name}={value}"})
        lab.expect(shares(found), equals({one.node: 9}), "who answers it", id="node", hint=balancer.state)
        lab.expect(len(shares(ask_all(lab, "/others", 9))), above(1), "nodes that answer clients without it", id="others")
    with lab.step("A node's own cookie", id="own", should=True):
        [own] = ask_all(lab, "/own", 1, fields={"Cookie": f"{name}={value}"})
        lab.expect(own.cookie, contains(OWN), "what the client gets", id="kept")
        told = by_name[one.node].first("/own").values("Cookie")
        lab.expect(len(told), equals(0 if told == [] else 1), "fields Cookie that the node gets", id="fields")
    with lab.step("Cookies that somebody has made up", id="forged", should=True):
        for text in FORGED:
            found = ask_all(lab, "/forged", 2, fields={"Cookie": f"{name}={text}"})
            lab.expect(failures(found), equals([]), f"requests with {text[:30]} that failed", id="failed", hint=balancer.state)
    with lab.step("Its node is dead", id="dead", should=True):
        by_name[one.node].kill()
        found = ask_all(lab, "/dead", 9, fields={"Cookie": f"{name}={value}"})
        lab.expect(failures(found), equals([]), "requests that failed", id="failed", hint=balancer.state)
        lab.expect(found[0].cookie.startswith(f"{name}="), equals(True), "it gets a new cookie", id="cookie")
        new = found[0].cookie.partition(";")[0]
        lab.expect(shares(ask_all(lab, "/moved", 9, fields={"Cookie": new})), equals({found[0].node: 9}), "who answers it from now on", id="moved")
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(balancer)
