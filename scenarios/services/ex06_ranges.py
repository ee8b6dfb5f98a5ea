"""Parts of a file: from here to there, the last bytes, several at once; what goes beyond its end is told with the file's length.

A reader that was cut off goes on from where it stopped (206), if the file is still the same (If-Range); otherwise it gets the whole (200). Many parts
that overlap must not become more than the file: that would be work and traffic for a header of some hundred bytes.
"""

from harness import below, equals, same_bytes, scenario
from scenarios.services.kit.http_server import ask, http_server, one_of, pages, put, served, site, still_served
from scenarios.services.kit.http_ranges import several
from topologies.single import Single

FILE = "/all.bin"
SIZE = 102400
PARTS = {"bytes=0-99": (0, 99), "bytes=500-": (500, SIZE - 1), "bytes=-200": (SIZE - 200, SIZE - 1), "bytes=102300-999999": (102300, SIZE - 1),
         "bytes=0-0": (0, 0), "bytes=-999999": (0, SIZE - 1)}  # fmt: skip
BEYOND = ("bytes=102400-", "bytes=999999-", "bytes=-0")
NONE = ("bytes=abc", "lines=0-5", "bytes=7-3", "bytes=", "bytes=1-2x")


@scenario(
    "services.ex06-ranges", question="Parts of a file", topology=Single(2), roles=["http-server"], needs={"http-server": ["root"]},
    captures=["h1-eth0"], seconds=3,
)  # fmt: skip
def ranges(lab):
    content = pages()["all.bin"]
    with lab.step("The whole", id="whole"):
        server = http_server(lab, root := site())
        served(lab, whole := ask(lab, FILE), content, FILE, server)
    with lab.step("One part", id="part", should=True):
        for given, (first, last) in PARTS.items():
            part(lab, ask(lab, FILE, range=given), content, first, last, f"Range: {given}")
    with lab.step("Beyond the end", id="beyond", should=True):
        for given in BEYOND:
            reply = ask(lab, FILE, range=given)
            lab.expect(reply.status, equals(416), f"status for {given}", id="status", hint=server.state)
            lab.expect(reply.fields.get("content-range", ""), equals(f"bytes */{SIZE}"), f"Content-Range for {given}", id="size")
    with lab.step("What is no range is as if there were none", id="none", should=True):
        for given in NONE:
            reply = ask(lab, FILE, range=given)
            lab.expect(reply.status, one_of(200, 416), f"status for {given}", id="status", hint=server.state)
        lab.expect(ask(lab, FILE, "HEAD", range="bytes=0-9").status, equals(200), "status of HEAD, which has no parts", id="head")
    with lab.step("Two parts", id="two", should=True):
        reply = ask(lab, FILE, range="bytes=0-9, 1000-1099")
        lab.expect([reply.status, reply.type], equals([206, "multipart/byteranges"]), "status and type", id="status", hint=server.state)
        found = several(reply)
        lab.expect([where for where, _ in found], equals([f"bytes 0-9/{SIZE}", f"bytes 1000-1099/{SIZE}"]), "Content-Range of each", id="where")
        lab.expect(b"".join(body for _, body in found), same_bytes(content[:10] + content[1000:1100]), "their bytes", id="bytes")
    with lab.step("A hundred parts that are each the whole", id="many", should=True):
        reply = ask(lab, FILE, range="bytes=" + ",".join(["0-"] * 100))
        lab.expect(reply.status, one_of(200, 206, 400, 416, 431), "status", id="status", hint=server.state)
        lab.expect(len(reply.body), below(2 * SIZE, "B"), "of the body", id="body")
    with lab.step("If-Range", id="if-range", should=True):
        for name in ("etag", "last-modified"):
            part(lab, ask(lab, FILE, range="bytes=0-9", if_range=whole.fields.get(name, "")), content, 0, 9, f"If-Range with its {name}")
        for other in ('"another"', "Thu, 01 Jan 1970 00:00:00 GMT", "W/" + whole.fields.get("etag", "")):
            still_served(lab, ask(lab, FILE, range="bytes=0-9", if_range=other), content, f"a part of the file, if it is still {other}", server)
    with lab.step("A file without a byte", id="empty", should=True):
        put(root, "empty.txt", b"")
        served(lab, ask(lab, "/empty.txt"), b"", "/empty.txt", server)
        lab.expect(ask(lab, "/empty.txt", range="bytes=0-").status, one_of(200, 416), "status for its bytes from 0 on", id="range")
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(server)


def part(lab, reply, content, first, last, what):
    """The reply is that part."""
    lab.expect(reply.status, equals(206), f"status for {what}", id="status")
    lab.expect(reply.body, same_bytes(content[first : last + 1]), f"the body for {what}", id="bytes")
    lab.expect(reply.fields.get("content-range", ""), equals(f"bytes {first}-{last}/{SIZE}"), f"Content-Range for {what}", id="where")
