"""In front of one origin a proxy takes requests as a server does, asks that origin alone, and keeps apart what is for different hosts.

Clients name a path, and do not know that they speak to a proxy. Host says which of several sites is meant, so it reaches the origin and is a part of
what an answer is kept under. A request for another host's URL must not make it a way into the network behind it.
"""

from harness import equals, scenario
from scenarios.services.kit import http_server
from scenarios.services.kit.http import PORT, Origin
from scenarios.services.kit.http_proxy import AUTHORITY, KEPT, ONE, TWO, Request, ask, ask_path, asked, counted, dated, http_proxy, serves, talk
from topologies.single import Single


@scenario(
    "services.ex07-reverse", question="A proxy in front of an origin", topology=Single(4), roles=["http-proxy"], needs={"http-proxy": ["origin"]},
    captures=["h1-eth0", "h4-eth0"], seconds=3,
)  # fmt: skip
def reverse(lab):
    with lab.step("A path, as a server is asked for it", id="path"):
        server = http_proxy(lab, origin=AUTHORITY)
        table = {"/letter.txt": dated(ONE, KEPT), "/site": [["^host: two", dated(TWO, KEPT)], ["", dated(ONE, KEPT)]], "/news": [dated(ONE), dated(TWO)]}
        origin, secret = Origin(lab, lab.h1, table), Origin(lab, lab.h4, {"*": dated(b"this is not for everybody\n")})
        for host in (lab.h2, lab.h4):
            serves(lab, ask_path(lab, "/letter.txt", at=host), ONE, f"/letter.txt, for {host.name}", server)
        counted(lab, origin, "/letter.txt", 1, "once is enough")
        for body in (ONE, TWO):
            serves(lab, ask_path(lab, "/news"), body, "/news, which says nothing of how long it may be kept", server)
    with lab.step("Two sites of one origin", id="sites"):
        for name, body in [("one", ONE), ("two", TWO)] * 2:
            serves(lab, ask_path(lab, "/site", host=name), body, f"http://{name}/site", server)
        hosts = {value for one in origin.asked("/site") for value in one.values("Host")}
        lab.expect(hosts, equals({"one", "two"}), "hosts that are named to the origin", id="host", should=True)
    with lab.step("A URL of another host", id="other", should=True):
        for target in (f"http://h4:{PORT}/x", f"http://{lab.h4}:{PORT}/x"):
            talk(lab, Request(http_server.request(target, host=f"h4:{PORT}")))
        lab.expect(len(secret.requests), equals(0), "requests of a host that is not the origin", id="asked")
        talk(lab, Request(f"CONNECT {lab.h4}:{PORT} HTTP/1.1\r\nHost: {lab.h4}:{PORT}\r\n\r\n".encode(), seconds=2))
        lab.expect(lab.packets(lab.h4, f"ip.src == {lab.h3} && tcp.dstport == {PORT} && tcp.flags.syn == 1"), equals(0), "connections to it", id="connected")
    with lab.step("This host's own URL", id="own", should=True):
        serves(lab, ask(lab, "/letter.txt"), ONE, "a whole URL of the origin", server)
        lab.expect(asked(origin, "/letter.txt") <= 2, equals(True), "the origin is asked once for each name of it", id="asked")
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(server)
