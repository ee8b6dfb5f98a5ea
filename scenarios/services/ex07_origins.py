"""Half of an answer is not kept, and not passed off as the whole; what cannot be understood is told as 502, and the next client is served.

An origin may be cut off, broken or malicious. A proxy stands between: what it hands on as whole is believed, and what it keeps is handed on again. Bytes
behind an answer belong to no request, least of all to the next one's (RFC 9112, 6.3, 8).
"""

from harness import between, equals, is_false, scenario
from scenarios.services.kit.hostile_proxy import BAD, CUT, TABLE
from scenarios.services.kit.http import Origin
from scenarios.services.kit.http_proxy import ONE, TWO, Request, ask, asking, http_proxy, serves, talk
from topologies.single import Single


@scenario(
    "services.ex07-origins", question="What does a proxy believe an origin?", topology=Single(3), roles=["http-proxy"], captures=["h1-eth0"],
    snaplen=200, seconds=5, load=0.4,
)  # fmt: skip
def origins(lab):
    with lab.step("Cut in the middle, and whole the next time", id="cut"):
        server, _ = http_proxy(lab), Origin(lab, lab.h1, TABLE)
        for target in CUT:
            [one] = talk(lab, Request(asking(target), closes=True))
            passed_off = one.reply.status == 200 and one.reply.whole
            lab.expect(passed_off, is_false(), f"{target}: half of it comes as if it were all", id="half", hint=server.state)
            serves(lab, ask(lab, target), TWO, f"{target}, asked for again", server)
    with lab.step("Bytes behind an answer", id="twice"):
        for target, body in {"/twice": ONE, "/after": TWO}.items():
            for turn in ("at first", "again"):
                serves(lab, ask(lab, target), body, f"{target}, {turn}", server)
    with lab.step("What is no answer", id="bad", should=True):
        for target in BAD:
            for turn in ("", ", again"):
                reply = ask(lab, target)
                lab.expect(reply.status, between(500, 504), f"status of {target}{turn}", id="status", hint=server.state)
        serves(lab, ask(lab, "/after"), TWO, "/after, then", server)
    with lab.step("Bytes behind an answer, on a connection that is kept", id="kept", should=True):
        [one] = talk(lab, Request(asking("/after", keep=True) + asking("/twice", keep=True) + asking("/after"), ["GET"] * 3, closes=True))
        lab.expect([reply.body for reply in one.replies], equals([TWO, ONE, TWO]), "bodies on one connection", id="bodies", hint=server.state)
        lab.expect(one.rest, equals(b""), "bytes behind them", id="rest")
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(server)
