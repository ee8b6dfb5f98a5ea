"""A file that lies there compressed, too, is sent so to whoever takes it: with a tag of its own, and Vary for caches.

Of two codings of one thing, a cache must not give the one for the other: Vary tells it what the choice went by, and the tags differ, since the
bytes do (RFC 9110, 8.8.3). Who gives a coding the weight 0 does not take it.
"""

from harness import contains, equals, is_false, same_bytes, scenario
from scenarios.services.kit.http_server import ask, http_server, pages, put, served, site, still_served
from topologies.single import Single

FILE, PACKED = "/style.css", b"as if by gzip"
TAKEN = ("gzip", "br;q=1.0, gzip;q=0.8, *;q=0.1", "GZIP;q=0.001")
NOT_TAKEN = ("gzip;q=0, br", "identity", "br", "gzip;q=0.000")


@scenario(
    "services.ex06-compressed", question="Files that lie there compressed", topology=Single(2), roles=["http-server"],
    needs={"http-server": ["root"]}, captures=["h1-eth0"], seconds=2,
)  # fmt: skip
def compressed(lab):
    content = pages()["style.css"]
    with lab.step("For who names no coding", id="plain"):
        server = http_server(lab, root := site())
        put(root, f"{FILE.lstrip('/')}.gz", PACKED)
        served(lab, plain := ask(lab, FILE), content, FILE, server)
    with lab.step("For who takes gzip", id="taken", should=True):
        for given in TAKEN:
            found = ask(lab, FILE, accept_encoding=given)
            told = [found.fields.get("content-encoding", ""), found.type]
            lab.expect(told, equals(["gzip", "text/css"]), f"coding and type for {given}", id="coding", hint=server.state)
            lab.expect(found.body, same_bytes(PACKED), f"the body for {given}", id="body")
            lab.expect(found.fields.get("vary", "").lower(), contains("accept-encoding"), "Vary", id="vary")
            lab.expect(found.fields.get("etag", "") == plain.fields.get("etag"), is_false(), "its tag is that of the plain file", id="tag")
    with lab.step("For who does not", id="not-taken", should=True):
        for given in NOT_TAKEN:
            found = ask(lab, FILE, accept_encoding=given)
            still_served(lab, found, content, f"{FILE}, for {given}", server)
            lab.expect(found.fields.get("vary", "").lower(), contains("accept-encoding"), f"Vary for {given}", id="vary")
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(server)
