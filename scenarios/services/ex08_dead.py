"""A dead node is gone round, whether it was dead from the beginning or died meanwhile, and is asked again when it is back.

Whose process is dead is told by its kernel: a reset answers the SYN, nothing was sent, and another node may be asked at once. No client needs to
hear of it. A balancer that leaves the dead one in its turn fails each third request for ever.
"""

from harness import above, equals, scenario
from scenarios.services.kit.http_balancer import ask_all, config, failures, first_request, http_balancer, nodes, shares
from topologies.single import Single

SOME, LATER, SOON = 9, 15, 6  # requests, s, s


@scenario(
    "services.ex08-dead", question="A load balancer whose nodes die", topology=Single(5), roles=["http-balancer"],
    needs={"http-balancer": ["config"]}, captures=["h1-eth0"], seconds=5, load=0.5,
)  # fmt: skip
def dead(lab):
    h3, h4 = nodes(lab, "h3", "h4")
    balancer = http_balancer(lab, config=config(lab, "h3", "h5", "h4"))
    first_request(lab, balancer)
    goes_round(lab, balancer, "beginning", "h5 has been dead from the beginning")
    with lab.step("h3 dies between two requests", id="died"):
        h3.kill()
    goes_round(lab, balancer, "meanwhile", "h3 is dead, too: h4 does it all")
    with lab.step("h3 is back", id="back", should=True):
        h3.start()
        lab.expect_soon(lambda: shares(ask_all(lab, "/back", SOME))["h3"], above(0), "requests that it gets", LATER, id="asked", hint=balancer.state)
        found = ask_all(lab, "/both", SOME)
        lab.expect(failures(found), equals([]), "requests that fail", id="failed", hint=balancer.state)
        lab.expect(shares(found)["h4"], above(0), "requests that h4 gets", id="h4")
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(balancer)


def goes_round(lab, balancer, id, title):  # noqa: A002
    """Sooner or later no request fails; of a good one none does."""
    with lab.step(title, id=id):
        first = failures(ask_all(lab, "/round", SOME))
        lab.expect_soon(lambda: failures(ask_all(lab, "/later", SOME)), equals([]), f"of {SOME} requests, some seconds later at most, failed", LATER, id="later", hint=balancer.state)
        lab.expect(first, equals([]), f"of the first {SOME} requests, failed", should=True, id="first", hint=balancer.state)
