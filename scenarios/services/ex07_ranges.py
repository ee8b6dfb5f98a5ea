"""A part of what is kept whole is answered without asking; a part that the origin sent is never taken for the whole.

206 says which bytes follow, of how many. Who has the whole can cut any part out of it, as long as it is the version that If-Range names. Who has a
part has a part: the next client, who wants all, must not get it as if that were all (RFC 9110, 14; RFC 9111, 3.3).
"""

from harness import equals, same_bytes, scenario
from scenarios.services.kit.http import Origin
from scenarios.services.kit.http_proxy import ask, counted, http_proxy, serves
from scenarios.services.kit.http_proxy_tables import PARTS, RANGES_TABLE, WHOLE
from topologies.single import Single


@scenario(
    "services.ex07-ranges", question="Parts of a file, through a proxy", topology=Single(3), roles=["http-proxy"], captures=["h1-eth0"], seconds=3,
)  # fmt: skip
def ranges(lab):
    with lab.step("A part, and then all of it", id="part"):
        server, origin = http_proxy(lab), Origin(lab, lab.h1, RANGES_TABLE)
        first = ask(lab, "/missed.bin", range="bytes=0-99")
        right = (first.status, first.body) in ((206, WHOLE[:100]), (200, WHOLE))
        lab.expect(right, equals(True), "the part comes as 206, or all of it as 200", id="either", hint=server.state)
        serves(lab, ask(lab, "/missed.bin"), WHOLE, "all of it, after a part", server)
    with lab.step("All of it, and then parts", id="kept", should=True):
        serves(lab, ask(lab, "/kept.bin"), WHOLE, "/kept.bin", server)
        for wanted, (status, part) in PARTS.items():
            reply, begin = ask(lab, "/kept.bin", range=wanted), part.indices(len(WHOLE))[0]
            lab.expect(reply.status, equals(status), f"status of {wanted}", id="status", hint=server.state)
            lab.expect(reply.body, same_bytes(WHOLE[part]), f"body of {wanted}", id="body")
            told = f"bytes {begin}-{begin + len(WHOLE[part]) - 1}/{len(WHOLE)}"
            lab.expect(reply.fields.get("content-range"), equals(told), f"Content-Range of {wanted}", id="where")
        counted(lab, origin, "/kept.bin", 1, "all of it was kept")
    with lab.step("Beyond the end, and of another version", id="odd", should=True):
        beyond = ask(lab, "/kept.bin", range="bytes=50000-")
        lab.expect([beyond.status, beyond.fields.get("content-range")], equals([416, "bytes */50000"]), "status and Content-Range beyond the end", id="beyond")
        serves(lab, ask(lab, "/kept.bin", range="bytes=0-99", if_range='"another"'), WHOLE, "If-Range of another version", server)
        same = ask(lab, "/kept.bin", range="bytes=0-99", if_range='"whole"')
        lab.expect([same.status, same.body == WHOLE[:100]], equals([206, True]), "If-Range of this version: status, and whether it is the part", id="same")
        serves(lab, ask(lab, "/kept.bin"), WHOLE, "all of it again", server)
        counted(lab, origin, "/kept.bin", 1, "all of it was kept")
    with lab.step("An origin that knows no parts", id="deaf", should=True):
        reply = ask(lab, "/deaf.bin", range="bytes=10-19")
        lab.expect((reply.status, reply.body) in ((200, WHOLE), (206, WHOLE[10:20])), equals(True), "all of it as 200, or the part as 206", id="either")
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(server)
