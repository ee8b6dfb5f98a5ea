"""A proxy tells both sides that it is there, keeps to itself what was for it, and does not ask itself for ever.

Via names it on the way there and back. Fields that Connection lists are for one hop only, so they end here. Host is the one of the URL, whatever the
client wrote. Who is asked for its own address would ask itself, and again: Via shows that too (RFC 9110, 7.6).
"""

from harness import Peer, below, between, contains, equals, matches, scenario
from scenarios.services.kit.http import Origin, answer, chunked, sent
from scenarios.services.kit.http_proxy import AUTHORITY, KEPT, ONE, PROXY, TWO, Request, ask, asking, dated, http_proxy, serves, talk
from scenarios.services.kit.http_proxy_tables import HOP, HOPPING
from topologies.single import Single

HINTS = [sent("HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"), *dated(ONE, "Cache-Control: no-store")]


@scenario(
    "services.ex07-via", question="What does a proxy say of itself?", topology=Single(3), roles=["http-proxy"], captures=["h1-eth0", "h3-eth0", "h3-lo"], seconds=4,
)  # fmt: skip
def via(lab):
    chunks = answer(chunked(ONE, 7), "Transfer-Encoding: chunked", "Cache-Control: no-store", length=None)
    with lab.step("Fields that are for all hops", id="fields"):
        server = http_proxy(lab)
        origin = Origin(lab, lab.h1, {"/hop": dated(ONE, KEPT, "X-Kept: yes", *HOP), "/hints": HINTS, "/chunks": chunks, "/host": dated(TWO)})
        reply = ask(lab, "/hop", x_asked="yes", user_agent="a client", **HOPPING)
        serves(lab, reply, ONE, "/hop", server)
        request = origin.asked("/hop")[-1] if origin.asked("/hop") else origin.last
        lab.expect(request.values("X-Asked") + request.values("User-Agent"), equals(["yes", "a client"]), "what the origin gets of the client's", id="there")
        lab.expect(reply.fields.get("x-kept"), equals("yes"), "what the client gets of the origin's", id="back")
        ask(lab, "/host", host="elsewhere:81")
        lab.expect(origin.last.values("Host"), equals([AUTHORITY]), "Host at the origin, when the client's is not the URL's", id="host", should=True)
    with lab.step("Fields that are for one hop", id="hop", should=True):
        lab.expect([name for name in HOPPING if request.values(name.replace("_", "-")) and name != "connection"], equals([]), "of the client's, at the origin", id="there")
        names = [field.partition(":")[0].lower() for field in HOP if not field.startswith("Connection")]
        for turn, found in (("asked for", reply), ("kept", ask(lab, "/hop"))):
            lab.expect([name for name in names if name in found.fields], equals([]), f"of the origin's, at the client, from what was {turn}", id="back")
    with lab.step("Via and Cache-Status", id="told", should=True):
        lab.expect(" ".join(request.values("Via")), matches(r"^1\.1 \S+"), "Via at the origin", id="there", hint=server.state)
        lab.expect(reply.fields.get("via", ""), matches(r"(^|, ?)1\.1 \S+"), "Via at the client", id="back")
        lab.expect(ask(lab, "/hop", via="1.0 other").status, equals(200), "status for who comes through another proxy", id="other")
        lab.expect(ask(lab, "/hop").fields.get("cache-status", ""), matches(r";\s*hit\b"), "Cache-Status of what was kept", id="hit")
        lab.expect(ask(lab, "/hints").fields.get("cache-status", ""), contains("fwd="), "Cache-Status of what was not", id="fwd")
    with lab.step("103 comes before 200", id="hints", should=True):
        peer = Peer(lab.h2, lab.h3, PROXY)
        peer.send(asking("/hints"))
        lab.expect(peer.receive(seconds=10)[:120].decode("latin-1"), contains("HTTP/1.1 103 "), "the beginning of what comes", id="passed")
    with lab.step("A client of HTTP/1.0 gets no chunks", id="old", should=True):
        [one] = talk(lab, Request(asking("/chunks", version="1.0"), closes=True))
        serves(lab, one.reply, ONE, "/chunks, by HTTP/1.0", server)
        lab.expect(one.reply.framed != "chunked" and one.ended == "FIN", equals(True), "its end is that of the connection, or told by a length", id="framed")
    with lab.step("Its own address", id="loop", should=True):
        for authority in (f"{lab.h3}:{PROXY}", f"h3:{PROXY}", f"localhost:{PROXY}"):
            reply = ask(lab, "/loop", authority=authority)
            lab.expect(reply.status, between(400, 599), f"status of a URL of the proxy itself, as {authority}", id="status", hint=server.state)
        lab.expect(lab.packets("h3-lo", f"tcp.dstport == {PROXY} && tcp.flags.syn == 1"), below(10), "connections to itself", id="bounded")
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(server)
