"""Weights say who gets how much, limits say who gets no more, and the least busy one is who has the fewest requests, not who had them.

A node of weight 3 gets three of four requests. max_connections keeps a node from being asked more at once than it can do: the rest waits, or is told
503. With least-connections whoever is slow gets less by itself.
"""

from harness import between, equals, scenario
from scenarios.services.kit.http_balancer import Crowd, ask_all, config, failures, first_request, http_balancer, nodes, shares
from topologies.single import Single

HELD = {"/held": {"hold": True}}
LIMIT = 2


@scenario(
    "services.ex08-weights", question="A load balancer with unequal nodes", topology=Single(4), roles=["http-balancer"],
    needs={"http-balancer": ["extended"]}, captures=["h1-eth0"], seconds=5, load=0.4,
)  # fmt: skip
def weights(lab):
    h3, h4 = nodes(lab, "h3", "h4", table=HELD)
    balancer = http_balancer(lab, extended=config(lab, "h3", "h4", keys={"policy": "round-robin"}, each={"h3": {"weight": 3}}))
    first_request(lab, balancer)
    with lab.step("h3 has a weight of 3", id="weight", should=True):
        found = ask_all(lab, "/weight", 80, 4)
        lab.expect(failures(found), equals([]), "requests that failed", id="failed", hint=balancer.state)
        lab.expect(shares(found)["h3"], between(56, 64), "of 80 requests, those that h3 gets", id="share", hint=balancer.state)
        first = [one.node for one in ask_all(lab, "/weight", 16)]
        runs = max(len(run) for run in "".join("x" if one == "h3" else " " for one in first).split(" "))
        lab.expect(runs, between(2, 4), "most requests in a row that h3 gets", id="smooth")
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(balancer)
    with lab.step("Least connections: h3 is busy with two answers", id="least", should=True):
        balancer = http_balancer(lab, extended=config(lab, "h3", "h4", keys={"policy": "least-connections"}))
        held = Crowd(lab, ["/held"], 4, 1, seconds=30)
        lab.until(lambda: [h3.state["held"], h4.state["held"]] == [2, 2], "two answers of each to be held", details=lambda: f"h3 {h3.state['held']}, h4 {h4.state['held']}")
        h4.release()
        lab.until(lambda: h4.state["due"] == 0, "h4 to be idle")
        lab.expect_soon(lambda: shares(ask_all(lab, "/least", 8))["h4"], equals(8), "of 8 requests, those that h4 gets", id="idle", hint=balancer.state)
        h3.release()
        lab.expect(failures(held.end()), equals([]), "requests that failed", id="failed")
        balancer.interrupt()
        balancer.wait()
    with lab.step(f"No more than {LIMIT} connections to each node", id="limit", should=True):
        balancer = http_balancer(lab, extended=config(lab, "h3", "h4", each=dict.fromkeys(("h3", "h4"), {"max_connections": LIMIT})))
        before = len(h3.asked("/held")) + len(h4.asked("/held"))
        held = Crowd(lab, ["/held"], 12, 1, seconds=30)
        lab.until(lambda: h3.state["held"] + h4.state["held"] >= 2 * LIMIT, "both nodes to be busy", details=balancer.state)
        lab.expect(ask_all(lab, "/more", 1, seconds=1)[0].status, between(0, 503), "status of one more, if it is told anything within a second", id="more")
        held_by = [node.state["held"] for node in (h3, h4)]
        lab.expect(max(held_by), between(1, LIMIT), f"requests that a node has at once (h3, h4: {held_by})", id="most", hint=balancer.state)
        lab.expect(len(h3.asked("/held")) + len(h4.asked("/held")) - before, equals(2 * LIMIT), "requests that came to nodes", id="asked")
        for node in (h3, h4):
            node.table({})
            node.release()
        told = {one.status for one in held.end()}
        lab.expect(sorted(told - {503}), equals([200]), "statuses besides 503", id="statuses", hint=balancer.state)
