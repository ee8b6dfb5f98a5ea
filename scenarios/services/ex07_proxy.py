"""A proxy hands on what the origin has, byte by byte, and what may be kept it answers a second time without asking.

It is asked for a whole URL, and asks the host that it names for the path. What it keeps it keeps under all of the URL, and only what the origin
says may be kept: another query, port or host is another thing, and a page of news is not to be yesterday's.
"""

from harness import between, equals, scenario
from scenarios.services.kit.http import PORT, Origin
from scenarios.services.kit.http_proxy import ONE, PICTURE, PROXY, TWO, Request, ask, ask_each, asking, counted, exact, serves, talk
from scenarios.services.kit.http_proxy_tables import ALIKE, AT_H4, NEWS, PAGES, SITE
from topologies.single import Single

SOME = [*PAGES][:2] * 4


@scenario(
    "services.ex07", question="A caching proxy: what does a client get, and what is the origin asked?", topology=Single(4), roles=["http-proxy"],
    captures=["h1-eth0", "h3-eth0"], seconds=5,
)  # fmt: skip
def proxy(lab):
    with lab.step("A page, a picture, a query, what is not there", id="page"):
        server = lab.h3.start("http-proxy", port=PROXY).wait_listening(PROXY)
        origin, _ = Origin(lab, lab.h1, SITE, PORT, PORT + 1), Origin(lab, lab.h4, AT_H4)
        for reply, (target, (status, body, kind)) in zip(ask_each(lab, PAGES), PAGES.items(), strict=True):
            exact(lab, reply, body, target, server, status)
            lab.expect(reply.type, equals(kind), f"{target}: its Content-Type", id="type")
        lab.expect([one.target for one in origin.requests], equals(list(PAGES)), "targets that the origin is asked for", should=True, id="targets")
        hosts = {value for one in origin.requests for value in one.values("Host")}
        lab.expect(hosts, equals({f"h1:{PORT}"}), "the host that is named to it", id="host")
    with lab.step("The picture again, also for another client: the origin is not asked", id="kept"):
        for host in (lab.h2, lab.h4):
            serves(lab, ask(lab, PICTURE, at=host), PAGES[PICTURE][1], f"{PICTURE}, for {host.name}", server)
        counted(lab, origin, PICTURE, 1, "once is enough")
        seen = [one["http_message.target"] for one in lab.packets(lab.h1, f"ip.dst == {lab.h1} && http_message.target")]
        lab.expect(sum(target.endswith(PICTURE) for target in seen), equals(1), "requests for it on the origin's interface", id="wire")
    with lab.step("What only looks alike", id="alike"):
        for (authority, target), body in [*ALIKE.items()] * 2:
            serves(lab, ask(lab, target, authority=authority), body, f"{authority}{target}", server)
    with lab.step("What may not be kept is asked for anew", id="news"):
        for target in NEWS:
            for body in (ONE, TWO):
                serves(lab, ask(lab, target), body, f"{target}, which changes", server)
    with lab.step("Eight clients at once, of two hosts", id="together"):
        for host in (lab.h2, lab.h4):
            found = talk(lab, *(Request(asking(target)) for target in SOME), at=host, together=True)
            for one, target in zip(found, SOME, strict=True):
                serves(lab, one.reply, PAGES[target][1], f"{target}, for {host.name}", server)
    with lab.step("Other methods", id="methods", should=True):
        [head] = talk(lab, Request(asking("/all.bin?part=1&of=%20x", "HEAD"), ["HEAD"], closes=True))
        found = [head.reply.status, head.reply.fields.get("content-length"), head.rest]
        lab.expect(found, equals([200, "102400", b""]), "HEAD: status, length, and what comes behind the head", id="head")
        for turn in (1, 2):
            exact(lab, ask(lab, "/form", "POST", content_length=len(ONE), body=ONE), TWO, "POST", server)
            lab.expect([one.body for one in origin.asked("/form")], equals([ONE] * turn), "bodies that the origin got", id="arrives")
    with lab.step("An origin that is not there", id="absent"):
        reply = ask(lab, "/x", authority=f"h1:{PORT + 9}")
        lab.expect(reply.status, between(500, 599).ideally(between(502, 504)), "status when the origin refuses", id="status", hint=server.state)
    with lab.step("Ctrl+C", id="interrupt"):
        lab.expect_interrupted(server)
