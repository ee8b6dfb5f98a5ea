"""A web server needs a status line, two lines of header and the bytes of a file; and it outlives every request.

Content-Length counts bytes, not characters: in UTF-8 an é has two. The client can then tell a whole body from one that was cut short,
and Content-Type tells it what to do with it. A file that is not there is an answer too, 404, and no reason to end.
"""

import base64
import json
from pathlib import Path

from harness import equals, is_true, scenario
from topologies.single import Single

PORT = 8080
LAB = Path(__file__).resolve().parent
PAGE = (LAB / "pages" / "hello.html").read_bytes()


@scenario("web.q01", question="What does a web server send?", topology=Single(), roles=["web-server"], seconds=3, load=0.2)
def web_server(lab):
    lab.step("The server starts")
    server = lab.h1.start("web-server", port=PORT, folder=LAB / "pages").wait_listening(PORT)
    for when, path in (("", "/hello.html"), ("", "/nobody.html"), ("after a 404: ", "/hello.html"), ("once more: ", "/hello.html")):
        lab.step(f"{when}GET {path}")
        found = ask(lab, path)
        lab.expect(found["error"], equals(""), f"{when}the server answers GET {path} and closes")
        if path == "/nobody.html":
            lab.expect(found["status"], equals(404), "status for a file that is not there")
            continue
        lab.expect(found["status"], equals(200), f"{when}status for a file that is there")
        lab.expect(found["lines_end_well"], is_true(), f"{when}each line of the header ends with CR LF, the last is empty")
        lab.expect(found["fields"].get("content-length"), equals(str(len(PAGE))), f"{when}Content-Length is the number of the file's bytes")
        kind = found["fields"].get("content-type", "").partition(";")[0].strip().lower()
        lab.expect(kind, equals("text/html"), f"{when}Content-Type of a page")
        body = base64.b64decode(found["body"])
        lab.expect(difference(PAGE, body), equals("none"), f"{when}the body is the file, byte for byte")
    lab.expect(server.running, equals(True), "the server goes on serving")
    ends = lab.packets(lab.h2, f"tcp.srcport == {PORT} && tcp.flags.fin == 1")
    lab.expect(len({end["tcp.dstport"] for end in ends}), equals(4), "connections that the server ends with a FIN")


def ask(lab, path):
    """What h2 gets for a path, as agents/ask.py tells it."""
    client = lab.h2.run("/usr/bin/python3", LAB / "agents" / "ask.py", lab.h1, PORT, path)
    return json.loads(client.output)


def difference(wanted, found):
    """Where two texts of bytes begin to differ, in words."""
    if wanted == found:
        return "none"
    place = next((i for i, (a, b) in enumerate(zip(wanted, found)) if a != b), min(len(wanted), len(found)))
    return f"{len(found)} bytes in place of {len(wanted)}, which differ from byte {place} on"
