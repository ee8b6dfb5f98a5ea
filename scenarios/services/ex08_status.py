"""A status page says which nodes there are, who is in and who is out, and what each has done; it is the balancer's own, and no node's.

What is balanced away is seen nowhere else: a service of which the half is dead looks well to its clients.
"""

import re

from harness import equals, matches, scenario
from scenarios.services.kit.http_balancer import CHECKS, NODE_PORTS, ask_all, config, first_request, http_balancer, nodes, told_of
from scenarios.services.kit.http_server import ask
from topologies.single import Single

PATH = "/balancer-status"
UP = r"(?i)\b(up|in|alive|ok|healthy|ready)\b"
DOWN = r"(?i)\b(down|out|dead|failed|ejected|unhealthy|unavailable)\b"


@scenario(
    "services.ex08-status", question="A load balancer's status page", topology=Single(4), roles=["http-balancer"],
    needs={"http-balancer": ["extended"]}, captures=["h1-eth0"], seconds=4,
)  # fmt: skip
def status(lab):
    both = nodes(lab, "h3", "h4")
    balancer = http_balancer(lab, extended=config(lab, "h3", "h4", keys={**CHECKS, "status_path": PATH}))
    first_request(lab, balancer)
    with lab.step("The page", id="page", should=True):
        ask_all(lab, "/some", 22)
        reply = ask(lab, PATH)
        lab.expect(reply.status, equals(200), "its status", id="status", hint=balancer.state)
        text = reply.body.decode("utf-8", "replace")
        for node in both:
            lab.expect(text, matches(rf"{re.escape(str(node.host))}:{NODE_PORTS[node.name]}\b"), f"{node.name}: it names it", id="nodes")
        lab.expect(text, matches(r"\b1[12]\b"), "requests that a node has got, 11 or 12 of 23", id="counts")
        lab.expect(told_of(both[0], reply), matches(UP), "h3: how it is", id="up")
        lab.expect([len(node.asked(PATH)) for node in both], equals([0, 0]), "requests for it that came to nodes", id="own")
        lab.expect(reply.fields.get("cache-control", ""), matches("no-store|no-cache"), "Cache-Control of the page", id="fresh")
    with lab.step("h3 is dead", id="dead", should=True):
        both[0].kill()
        lab.expect_soon(lambda: told_of(both[0], ask(lab, PATH)), matches(DOWN), "h3: what the page says of it", 10, id="told", hint=balancer.state)
        lab.expect(told_of(both[1], ask(lab, PATH)), matches(UP), "h4: what it says of it", id="other")
    with lab.step("Other methods, and names that only begin like it", id="others", should=True):
        lab.expect(ask(lab, PATH, "POST", content_length=0).status, equals(405), "status of POST", id="method", hint=balancer.state)
        lab.expect(ask(lab, PATH + "/x").body, equals(f"h4 GET {PATH}/x\n".encode()), "what is below it is a node's", id="below")
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(balancer)
