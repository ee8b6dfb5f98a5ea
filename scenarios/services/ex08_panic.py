"""When all checks fail, it is more likely that the checks are wrong than that all nodes are: whoever can serve is let serve.

A balancer that empties its list at a bad check turns a fault of the check into an outage. Where really nobody is there, clients are told so at once,
by 502 or 503 and words, rather than by silence.
"""

from harness import below, between, equals, is_true, scenario
from scenarios.services.kit.http_balancer import CHECKS, ask_all, config, failures, first_request, http_balancer, nodes, shares
from scenarios.services.kit.http_server import Request, request, talk, words
from topologies.single import Single


@scenario(
    "services.ex08-panic", question="A load balancer all of whose checks fail", topology=Single(4), roles=["http-balancer"],
    needs={"http-balancer": ["extended"]}, captures=["h1-eth0"], seconds=6, load=0.4,
)  # fmt: skip
def panic(lab):
    both = nodes(lab, "h3", "h4")
    balancer = http_balancer(lab, extended=config(lab, "h3", "h4", keys=CHECKS))
    first_request(lab, balancer)
    with lab.step("All checks are answered by 503; the nodes serve", id="checks", should=True):
        for node in both:
            node.table({"/health": {"status": 503}})
        for node in both:
            bad = len(node.asked("/health"))
            lab.until(lambda: len(node.asked("/health")) > bad + 3, f"the balancer to look at {node.name} three times")
        found = ask_all(lab, "/panic", 12)
        lab.expect(failures(found), equals([]), "requests that failed", id="failed", hint=balancer.state)
        lab.expect(len(shares(found)), equals(2), "nodes that answer", id="both")
    with lab.step("One of them is dead as well", id="half", should=True):
        both[0].kill()
        lab.expect(failures(ask_all(lab, "/half", 12)), equals([]), "requests that failed", id="failed", hint=balancer.state)
    with lab.step("Both are dead", id="none", should=True):
        both[1].kill()
        [one] = talk(lab, Request(request("/none"), seconds=10))
        lab.expect(one.reply.status, between(502, 503), "status of a request", id="status", hint=balancer.state)
        lab.expect(len(words(one.reply.body)) > 2, is_true(), "it comes with a page that says so", id="page")
        lab.expect(one.seconds, below(5, "s"), "time until it is told", id="soon")
    with lab.step("One is back", id="back", should=True):
        both[1].start()
        lab.expect_soon(lambda: failures(ask_all(lab, "/back", 6)), equals([]), "requests that fail", 10, id="failed", hint=balancer.state)
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(balancer)
