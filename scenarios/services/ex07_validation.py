"""What may have changed is asked for by its validator: 304 saves the bytes, and a new version takes the old one's place.

The proxy asks by If-None-Match or If-Modified-Since, and its client gets the whole, by 200, since it asked without a condition. A client that has it
already may ask the same of the proxy. A request that changes something makes what is kept of it worthless (RFC 9111, 4.3, 4.4).
"""

from harness import equals, scenario
from scenarios.services.kit.http import Origin
from scenarios.services.kit.http_proxy import ONE, TWO, ask, ask_each, asked, counted, http_proxy, serves
from scenarios.services.kit.http_proxy_tables import SAME, UNSAFE, VALIDATED, VALIDATION_TABLE
from topologies.single import Single


@scenario(
    "services.ex07-validation", question="How does a proxy learn whether what it keeps has changed?", topology=Single(3), roles=["http-proxy"],
    captures=["h1-eth0"], seconds=4,
)  # fmt: skip
def validation(lab):
    with lab.step("Another version", id="replaced"):
        server, origin = http_proxy(lab), Origin(lab, lab.h1, VALIDATION_TABLE)
        for body, reply in zip((ONE, TWO, TWO), ask_each(lab, ["/replaced.txt"] * 3), strict=True):
            serves(lab, reply, body, "/replaced.txt", server)
    with lab.step("The same version: whoever asks without a condition gets all of it", id="same"):
        for target in VALIDATED:
            for reply in ask_each(lab, [target] * 3):
                serves(lab, reply, ONE, target, server)
    with lab.step("The origin sent it once", id="condition", should=True):
        for target in VALIDATED:
            conditions = [bool(one.values("If-None-Match") or one.values("If-Modified-Since")) for one in origin.asked(target)]
            lab.expect(conditions, equals([False, True, True]), f"{target}: whether requests had a condition", id="asked")
    with lab.step("304 says for how long it is fresh now", id="renewed", should=True):
        for reply in ask_each(lab, ["/renewed.txt"] * 4):
            serves(lab, reply, ONE, "/renewed.txt", server)
        counted(lab, origin, "/renewed.txt", 2, "at first, and to renew it")
    with lab.step("Clients with a version of their own", id="client", should=True):
        serves(lab, ask(lab, "/fresh.txt"), ONE, "/fresh.txt", server)
        for (field, value), status in SAME.items():
            reply = ask(lab, "/fresh.txt", **{field: value})
            lab.expect([reply.status, reply.body], equals([status, b"" if status == 304 else ONE]), f"{field}: {value}: status and body", id="answered", hint=server.state)
        counted(lab, origin, "/fresh.txt", 1, "what is kept answers them")
    with lab.step("The first to ask has it already", id="missed", should=True):
        lab.expect(ask(lab, "/missed.txt", if_none_match='"one"').status, equals(304), "status for who has it", id="status")
        serves(lab, ask(lab, "/missed.txt"), ONE, "/missed.txt, for who has it not", server)
    with lab.step("Requests that change something", id="unsafe", should=True):
        for target in UNSAFE:
            method = target[1:].partition(".")[0].upper()
            serves(lab, ask(lab, target), ONE, f"{target}, at first", server)
            serves(lab, ask(lab, target, method, content_length=0), b"done\n", method, server)
            serves(lab, ask(lab, target), TWO, f"{target}, after {method}", server)
            lab.expect(asked(origin, target), equals(3), f"{target}: requests of the origin", id="count")
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(server)
