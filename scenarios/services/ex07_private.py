"""What the origin made for one client is handed to no other one: neither what it calls private, nor what a password was asked for.

A proxy serves many, and so must keep nothing that is for one. Cache-Control: private and no-store say so; a request with Authorization says so
too, unless the answer allows it (RFC 9111, 3.5). Whoever forgets this shows one person's mail to the next.
"""

from harness import equals, scenario
from scenarios.services.kit.http import Origin
from scenarios.services.kit.http_proxy import ONE, TWO, ask, asked, counted, http_proxy, serves
from scenarios.services.kit.http_proxy_tables import AUTHORISED, CAPITALS, PRIVATE, PRIVATE_TABLE, SHARED
from topologies.single import Single

ANA, BO = "Basic YW5hOmFuYQ==", "Basic Ym86Ym8="


@scenario(
    "services.ex07-private", question="What does a proxy never show to another client?", topology=Single(4), roles=["http-proxy"], captures=["h1-eth0"],
    seconds=4,
)  # fmt: skip
def private(lab):
    with lab.step("Private, and not to be stored", id="private"):
        server, origin = http_proxy(lab), Origin(lab, lab.h1, PRIVATE_TABLE)
        for target in PRIVATE:
            serves(lab, ask(lab, target), ONE, f"{target}, for ana", server)
            reply = ask(lab, target, at=lab.h4)
            leaked = [field for field in ("x-own", "set-cookie") if "ana" in reply.fields.get(field, "")]
            lab.expect(leaked, equals([]), f"{target}: fields of ana's that bo gets", id="fields")
            if target != "/private-field":
                serves(lab, reply, TWO, f"{target}, for bo", server)
    with lab.step("Asked for with a password", id="password"):
        for target in AUTHORISED:
            serves(lab, ask(lab, target, authorization=ANA), ONE, f"{target}, for ana", server)
            serves(lab, ask(lab, target, authorization=BO, at=lab.h4), TWO, f"{target}, for bo", server)
            serves(lab, ask(lab, target, at=lab.h4), TWO, f"{target}, for nobody", server)
            lab.expect([one.values("Authorization") for one in origin.asked(target)], equals([[ANA], [BO], []]), "passwords that the origin gets", id="passed")
    with lab.step("The same in capitals", id="capitals", should=True):
        for target in CAPITALS:
            for host, body in ((lab.h2, ONE), (lab.h4, TWO)):
                serves(lab, ask(lab, target, at=host), body, f"{target}, for {host.name}", server)
    with lab.step("A cookie, and nothing said of how long it may be kept", id="cookie", should=True):
        for host, name in ((lab.h2, "ana"), (lab.h4, "bo")):
            lab.expect(ask(lab, "/cookie", at=host).fields.get("set-cookie"), equals(f"name={name}"), f"the cookie that {name} gets", id="own")
    with lab.step("Allowed, although asked for with a password", id="shared", should=True):
        for target in SHARED:
            for who in (ANA, BO):
                serves(lab, ask(lab, target, authorization=who), ONE, target, server)
            counted(lab, origin, target, 1, "it is for everybody")
    with lab.step("A client that wants nothing stored", id="asked", should=True):
        serves(lab, ask(lab, "/asked-not-to", cache_control="no-store"), ONE, "/asked-not-to", server)
        serves(lab, ask(lab, "/asked-not-to"), TWO, "/asked-not-to, for another one", server)
        lab.expect(asked(origin, "/asked-not-to"), equals(2), "requests of the origin", id="count")
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(server)
