"""A node that fails in the middle of its answer costs its own client that answer, and nobody else anything.

What is not whole must not look whole: once its head was sent, all that a balancer can do is to break off. What cannot be understood is 502, what does
not come is 504, and the connection is never used again: whatever may still come on it would be taken for the next client's answer.
"""

from harness import below, equals, scenario
from scenarios.services.kit.http_balancer import Crowd, config, failures, first_request, http_balancer, in_words, nodes
from scenarios.services.kit.http_broken_nodes import CUT, LATE, STRANGE, TWICE
from scenarios.services.kit.http_server import Request, one_of, request, talk
from topologies.single import Single

KEYS = {"connect_timeout": 1, "answer_timeout": 1, "retries": 1, "policy": "round-robin"}


@scenario(
    "services.ex08-broken", question="A load balancer whose nodes mean harm", topology=Single(3), roles=["http-balancer"],
    needs={"http-balancer": ["extended"]}, captures=["h3-eth0"], snaplen=400, seconds=9, load=0.4,
)  # fmt: skip
def broken(lab):
    [h3] = nodes(lab, "h3", table={**CUT, **STRANGE, **LATE, **TWICE})
    balancer = http_balancer(lab, extended=config(lab, "h3", keys=KEYS))
    first_request(lab, balancer)
    with lab.step("Answers that break off", id="cut", should=True):
        for one, target in asked(lab, CUT):
            lab.expect(in_words(one.reply), one_of("200, not whole", "502", "no reply"), f"{target}: what its client gets", id="whole", hint=balancer.state)
        serves(lab, balancer)
    with lab.step("Answers that are none", id="strange", should=True):
        for one, target in asked(lab, STRANGE):
            lab.expect(in_words(one.reply), equals("502"), f"{target}: what its client gets", id="status", hint=balancer.state)
        serves(lab, balancer)
    with lab.step("Answers that do not come", id="late", should=True):
        for one, target in asked(lab, LATE):
            lab.expect(in_words(one.reply), equals("504"), f"{target}: what its client gets", id="status", hint=balancer.state)
            lab.expect(one.seconds, below(6, "s"), f"{target}: after which time", id="soon")
        serves(lab, balancer)
    with lab.step("Two answers to one request", id="twice", should=True):
        for target in TWICE:
            [one] = talk(lab, Request([request(target, keep=True), request("/next")], ["GET", "GET"], closes=True))
            lab.expect([reply.body for reply in one.replies], equals([b"first", b"h3 GET /next\n"]), f"{target}: its client's two answers", id="own", hint=balancer.state)
            lab.expect(len(one.rest), equals(0), f"{target}: bytes behind them", id="rest")
        serves(lab, balancer)
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(balancer)


def asked(lab, table):
    return zip(talk(lab, *(Request(request(target), closes=True, seconds=8) for target in table)), table, strict=True)


def serves(lab, balancer):
    """Others are served as before, and get their own answers. A node that was put aside comes back first."""
    lab.until(lambda: not failures(Crowd(lab, ["/others"], each=1).end()), "the node to be asked again", 15, details=balancer.state)
    found = Crowd(lab, [f"/{number}" for number in range(6)], 3, 4, keep=True).end()
    wrong = [f"{one.target}: {one.status} {one.body!r}" for one in found if one.body != f"h3 GET {one.target}\n"]
    lab.expect(wrong, equals([]), "other clients that get something else than their answer", id="others", hint=balancer.state)
