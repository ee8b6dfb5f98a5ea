"""What is past its time may still be answered by while the origin is asked, or when it fails, where the origin has said so, and nowhere else.

stale-while-revalidate hides the round trip: the old one goes out at once, the new one is fetched behind it. stale-if-error hides an outage (RFC 5861).
must-revalidate forbids both, for what is wrong when it is old (RFC 9111, 4.2.4).
"""

from harness import between, equals, scenario
from scenarios.services.kit.http import Origin
from scenarios.services.kit.http_proxy import KEPT, ONE, TWO, Gate, Request, ask, asked, asking, dated, http_proxy, serves, talking
from scenarios.services.kit.http_proxy_tables import AHEAD, BROKEN, NOT_STALE, STALE_TABLE, WHILE
from topologies.single import Single


@scenario(
    "services.ex07-stale", question="May a proxy answer by what is past its time?", topology=Single(3), roles=["http-proxy"], captures=["h1-eth0"],
    seconds=4,
)  # fmt: skip
def stale(lab):
    gate = Gate(lab)
    with lab.step("What is past its time when it comes", id="first"):
        server, origin = http_proxy(lab), Origin(lab, lab.h1, {**STALE_TABLE, WHILE: [*AHEAD, gate.behind(dated(TWO, KEPT))]})
        for target in (WHILE, "/must-503"):
            serves(lab, ask(lab, target), ONE, target, server)
    with lab.step("While the origin is asked", id="while", should=True):
        waiting = talking(lab, Request(asking(WHILE), seconds=3))
        lab.soon(lambda: asked(origin, WHILE) > 1, 3)
        serves(lab, waiting()[0].reply, ONE, f"{WHILE}, before the origin answers", server)
        lab.expect_soon(lambda: asked(origin, WHILE), equals(2), "requests of the origin", id="asks", deadline=5)
        gate.open()
        last = lab.soon(lambda: one if (one := ask(lab, WHILE)).body == TWO else None, 5)
        serves(lab, last or ask(lab, WHILE), TWO, f"{WHILE}, by and by", server)
        lab.expect(asked(origin, WHILE), equals(2), "requests of the origin in all", id="once")
    with lab.step("The origin fails", id="fails", should=True):
        for target in BROKEN:
            for turn in ("at first", "when the origin fails"):
                serves(lab, ask(lab, target), ONE, f"{target}, {turn}", server)
            lab.expect(asked(origin, target), between(2, 4), f"{target}: requests of the origin", id="asked")
    with lab.step("What must not be past its time", id="never", should=True):
        for target in NOT_STALE:
            if target != "/must-503":
                serves(lab, ask(lab, target), ONE, f"{target}, at first", server)
            reply = ask(lab, target)
            lab.expect(reply.status, between(502, 504), f"{target}: status when the origin fails", id="status", hint=server.state)
    with lab.step("Longer past its time than it may be", id="late", should=True):
        serves(lab, ask(lab, "/error-too-late"), ONE, "/error-too-late, at first", server)
        lab.expect(ask(lab, "/error-too-late").status, equals(503), "status when the origin fails", id="status", hint=server.state)
        for body in (ONE, TWO):
            serves(lab, ask(lab, "/while-too-late"), body, "/while-too-late", server)
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(server)
