"""What goes wrong with real requests is noticed without any check: whoever fails is asked again elsewhere, and its node left alone for a while.

Checks are rare; requests tell more, and sooner. A node that takes connections and breaks them off, or that swallows the very SYN, costs its clients
a round trip or a time-out each, until it is put aside. An answer of 500 is an answer: it is its client's, as it is.
"""

from harness import below, equals, scenario
from scenarios.services.kit.http_balancer import ask_all, config, failures, first_request, http_balancer, nodes, shares
from topologies.single import Single

KEYS = {"check_path": "/health", "check_interval": 60, "connect_timeout": 0.5, "answer_timeout": 1, "retries": 2}


@scenario(
    "services.ex08-errors", question="A load balancer whose node fails requests", topology=Single(5), roles=["http-balancer"],
    needs={"http-balancer": ["extended"]}, captures=["h1-eth0"], seconds=6,
)  # fmt: skip
def errors(lab):
    h3, h4, h5 = nodes(lab, "h3", "h4", "h5")
    balancer = http_balancer(lab, extended=config(lab, "h3", "h4", "h5", keys=KEYS))
    first_request(lab, balancer)
    with lab.step("An error is an answer", id="status", should=True):
        for node in (h3, h4, h5):
            node.table({"/wrong": {"status": 500}})
        found = ask_all(lab, "/wrong", 6)
        lab.expect([one.status for one in found], equals([500] * 6), "statuses", id="passed", hint=balancer.state)
        lab.expect(sum(len(node.asked("/wrong")) for node in (h3, h4, h5)), equals(6), "requests that came to nodes", id="once")
    with lab.step("h3 breaks off each connection when it is asked", id="breaks", should=True):
        h3.table({"*": {"raw": "", "end": "reset"}})
        h4.table({"*": {"fields": ["Connection: close"], "end": "close"}})  # so that it is connected to anew
        found = ask_all(lab, "/breaks", 60)
        lab.expect(failures(found), equals([]), "requests that failed", id="failed", hint=balancer.state)
        lab.expect(len(h3.asked("/breaks")), below(15), "of 60 requests, those that h3 got", id="ejected", hint=balancer.state)
    with lab.step("h4 cannot be reached: nothing comes back", id="lost", should=True):
        lab.link(lab.h4, "s1").down()
        found = ask_all(lab, "/lost", 30)
        lab.expect(failures(found), equals([]), "requests that failed", id="failed", hint=balancer.state)
        lab.expect(shares(found)["h5"], equals(30), "requests that h5 answers", id="h5")
        lasted = [later.at - one.at for one, later in zip(found, found[1:])]
        lab.expect(max(lasted), below(2.5, "s"), "longest time that one takes (connect_timeout is 0.5 s, answer_timeout 1 s)", id="waits", hint=balancer.state)
        lab.expect(max(lasted[20:]), below(0.4, "s"), "longest time that one of the last ten takes", id="ejected", hint=balancer.state)
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(balancer)
