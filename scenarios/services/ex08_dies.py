"""A node dies while it is asked: what may be asked twice is asked of another, what may not is told as failed, and never sent again.

GET, HEAD and DELETE do no more when they are done twice (RFC 9110, 9.2.2). Of a POST nobody knows whether the dead node has done it, so that only
its client may decide. A POST of which nothing was sent is as good as new.
"""

from harness import between, equals, matches, scenario
from scenarios.services.kit.http_balancer import Crowd, ask_all, config, failures, first_request, http_balancer, nodes
from topologies.single import Single

HELD = {"/held": {"hold": True}}


@scenario(
    "services.ex08-dies", question="A load balancer whose node dies while it is asked", topology=Single(4), roles=["http-balancer"],
    needs={"http-balancer": ["config"]}, captures=["h1-eth0"], seconds=6, load=0.5,
)  # fmt: skip
def dies(lab):
    h3, h4 = nodes(lab, "h3", "h4", table=HELD)
    balancer = http_balancer(lab, config=config(lab, "h3", "h4"))
    first_request(lab, balancer)
    for method in ("GET", "HEAD", "DELETE"):
        with lab.step(f"Eight {method} are being answered; h3 is killed", id=method.lower(), should=True):
            found = killed_within(lab, h3, h4, method)
            lab.expect(failures(found), equals([]), "requests that failed", id="failed", hint=balancer.state)
            lab.expect({one.node for one in found}, equals({"h4"}), "who answered", id="who")
            again(lab, h3, h4)
    with lab.step("Eight POST are being answered; h3 is killed", id="post", should=True):
        before = [len(node.asked("/held")) for node in (h3, h4)]
        found = killed_within(lab, h3, h4, "POST")
        came = [len(node.asked("/held")) - count for node, count in zip((h3, h4), before)]
        lab.expect(sum(came), equals(8), f"POSTs that came to nodes (h3, h4: {came})", id="once", hint=balancer.state)
        told = sorted(one.status for one in found)
        lab.expect(" ".join(map(str, told)), matches(rf"^(200 ?){{{came[1]}}}(50[234] ?){{{came[0]}}}$"), "their statuses: 502, 503 or 504 where the node died", id="told", hint=balancer.state)
    with lab.step("POSTs that come when h3 is dead", id="unsent", should=True):
        again(lab, h3, h4)
        h3.kill()
        found = ask_all(lab, "/late", 8, method="POST", body="one=1")
        lab.expect(failures(found), equals([]), "requests that failed", id="failed", hint=balancer.state)
        lab.expect(len(h4.asked("/late")), equals(8), "requests that came to h4", id="once")
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(balancer)


def killed_within(lab, h3, h4, method):
    """Both nodes have some of eight requests when h3 is killed; then h4 answers all that it has or gets."""
    body = {"body": "one=1"} if method == "POST" else {}
    crowd = Crowd(lab, ["/held"], 8, 1, method=method, seconds=20, **body)
    lab.until(lambda: h3.state["held"] + h4.state["held"] == 8, "eight requests to come to h3 and h4", details=lambda: f"held: {h3.state['held']}, {h4.state['held']}")
    lab.expect(h3.state["held"], between(1, 7), "requests that h3 has then", id="spread")
    h3.kill()
    h4.table({})
    h4.release()
    return crowd.end()


def again(lab, h3, h4):
    """Both serve as before."""
    h4.table(HELD)
    h3.start()
    lab.until(lambda: {one.node for one in ask_all(lab, "/both", 6)} == {"h3", "h4"}, "the balancer to ask h3 again", 15)
