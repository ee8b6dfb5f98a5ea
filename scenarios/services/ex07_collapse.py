"""Many who ask at once for what is not kept yet cost the origin one request, if all may have its answer; nobody waits for a slower one.

Right after something popular has expired all ask for it. A proxy that asks for each of them hits the origin when it is busiest. But what turns out
to be private is nobody else's, and who reads slowly, or leaves in the middle, must not keep it from the others.
"""

import random

from harness import Peer, equals, scenario
from scenarios.services.kit.http import Origin, answer
from scenarios.services.kit.http_proxy import (
    KEPT, ONE, PROXY, TWO, Gate, Request, arrived, ask, asked, asking, counted, dated, http_proxy, serves, talking,
)  # fmt: skip
from topologies.single import Single

MANY = 8
LARGE = random.Random(5).randbytes(6 << 20)
OWN = [b"for one, number %d" % number for number in range(MANY)]


@scenario(
    "services.ex07-collapse", question="Many ask for the same at once", topology=Single(4), roles=["http-proxy"], captures=["h1-eth0", "h3-eth0"],
    snaplen=400, seconds=6, load=0.5,
)  # fmt: skip
def collapse(lab):
    gate, own, half = Gate(lab), Gate(lab, "own"), Gate(lab, "half")
    table = {"/popular": gate.behind(dated(ONE, KEPT)), "/own": [own.behind(dated(body, "Cache-Control: private")) for body in OWN], "/small": dated(TWO, KEPT)}
    table |= {"/left": half.within(ONE, KEPT, before=100), "/large": answer(LARGE, KEPT)}
    with lab.step(f"{MANY} ask for what is popular, before it comes", id="popular"):
        server, origin = http_proxy(lab), Origin(lab, lab.h1, table)
        waiting = talking(lab, *[Request(asking("/popular"), seconds=20)] * MANY)
        arrived(lab, "/popular", MANY)
        lab.soon(lambda: asked(origin, "/popular") > 1, 0.5)
        gate.open()
        for one in waiting():
            serves(lab, one.reply, ONE, "/popular", server)
    with lab.step("The origin is asked once", id="once", should=True):
        counted(lab, origin, "/popular", 1, f"for {MANY} clients")
    with lab.step("What turns out to be for one", id="own"):
        waiting = talking(lab, *[Request(asking("/own"), seconds=20)] * MANY)
        arrived(lab, "/own", MANY)
        lab.soon(lambda: asked(origin, "/own") > 1, 0.5)
        own.open()
        found = sorted(one.reply.body for one in waiting())
        lab.expect(found, equals(OWN), "what they get, each something else", id="other", hint=server.state)
    with lab.step("The first one leaves in the middle", id="left", should=True):
        first = Peer(lab.h4, lab.h3, PROXY)
        first.send(asking("/left"))
        begun = b""
        while ONE[:60] not in begun and (part := first.receive(60, seconds=3)):
            begun += part
        lab.expect(ONE[:60] in begun, equals(True), "it gets the beginning before the rest has come", id="begun", hint=server.state)
        waiting = talking(lab, Request(asking("/left"), seconds=20))
        arrived(lab, "/left", 2)
        first.reset()
        half.open()
        serves(lab, waiting()[0].reply, ONE, "/left, for who stays", server)
    with lab.step("The first one reads nothing", id="slow", should=True):
        slow = Peer(lab.h4, lab.h3, PROXY)
        slow.send(asking("/large"))
        lab.until(lambda: lab.packets(lab.h3, f"ip.dst == {lab.h4} && tcp.len > 1000"), "the proxy to send it something", details=server.state)
        serves(lab, ask(lab, "/small"), TWO, "something else, for another one", server)
        serves(lab, ask(lab, "/large"), LARGE, "the same, for another one", server)
        got = slow.receive(seconds=10).partition(b"\r\n\r\n")[2]
        lab.expect(got == LARGE, equals(True), "it gets all of it when it reads", id="reads", hint=server.state)
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(server)
