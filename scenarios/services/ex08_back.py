"""Checks are counted: a node is out after so many bad ones in a row, in after so many good ones, and gets its share by and by.

One bad check may be chance, and one good check too: rise and fall keep a node that wavers from going in and out. A node that has just begun is
cold: slow start gives it few requests at first.
"""

from harness import above, below, equals, scenario
from scenarios.services.kit.http_balancer import CHECKS, Crowd, ask_all, config, first_request, http_balancer, nodes, shares
from topologies.single import Single

GOOD, BAD = {"status": 200}, {"status": 503}
KEYS = {**CHECKS, "slow_start": 4}
WAVES = 12


@scenario(
    "services.ex08-back", question="A load balancer that takes nodes back", topology=Single(4), roles=["http-balancer"],
    needs={"http-balancer": ["extended"]}, captures=["h1-eth0"], seconds=10, load=0.5,
)  # fmt: skip
def back(lab):
    h3, h4 = nodes(lab, "h3", "h4")
    balancer = http_balancer(lab, extended=config(lab, "h3", "h4", keys=KEYS))
    first_request(lab, balancer)
    with lab.step("Both are in", id="in", should=True):
        lab.expect_soon(lambda: shares(ask_all(lab, "/in", 12))["h3"], above(4), "of 12 requests, those that h3 gets", 10, id="share", hint=balancer.state)
    with lab.step("Each other check of h3 is bad, fall is 2", id="wavers", should=True):
        found = during(lab, h3, [BAD, GOOD] * WAVES)
        lab.expect(100 * shares(found)["h3"] / len(found), above(30, "%"), "its share of the requests", id="share", hint=balancer.state)
    with lab.step("All checks of h3 are bad", id="out", should=True):
        h3.table({"/health": BAD})
        lab.until(lambda: checks(h3) > 3, "the balancer to look at h3 three times")
        lab.expect_soon(lambda: shares(ask_all(lab, "/out", 12))["h3"], equals(0), "of 12 requests, those that h3 gets", 5, id="none", hint=balancer.state)
    with lab.step("Each other check of h3 is good, rise is 2", id="flaps", should=True):
        found = during(lab, h3, [GOOD, BAD] * WAVES)
        lab.expect(shares(found)["h3"], equals(0), f"of {len(found)} requests, those that h3 gets", id="none", hint=balancer.state)
    with lab.step("All checks are good again", id="back", should=True):
        crowd = Crowd(lab, ["/back"], pause=0.01).begun()
        h3.table({})
        lab.until(lambda: h3.asked("/back"), "h3 to be asked again", 15)
        count = len(h4.asked("/back"))
        lab.until(lambda: len(h3.asked("/back")) + len(h4.asked("/back")) > count + 32, "30 requests more")
        found = sorted(crowd.stop(), key=lambda one: one.at)
        since = [one.node for one in found].index("h3")
        early = [one.node for one in found[since : since + 30]].count("h3")
        lab.expect(early, below(12), "of the first 30 requests, h3 gets (slow start)", id="slow", hint=balancer.state)
        lab.expect_soon(lambda: shares(ask_all(lab, "/even", 30))["h3"], above(12), "of 30 requests, those that it gets in the end", 10, id="even", hint=balancer.state)
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(balancer)


def checks(node):
    return len(node.asked("/health"))


def during(lab, node, turns):
    """What clients get while the node's checks are answered so."""
    before = checks(node)
    node.table({"/health": [*turns, turns[0], turns[1]]})
    crowd = Crowd(lab, ["/during"], pause=0.01).begun()
    lab.until(lambda: checks(node) >= before + len(turns), f"the balancer to look at it {len(turns)} times", 20)
    return crowd.stop()
