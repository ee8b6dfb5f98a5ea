"""No path leaves the folder: not by '..' in any spelling, nor through a link; what is no file is neither read nor waited for.

A path is unescaped once, and then looked at. Who compares the beginning of names takes /srv/site-old for a part of /srv/site, and who looks before
opening is late: a link may have come meanwhile. A FIFO is opened for ever, if nobody writes.
"""

import os
import pathlib

from harness import equals, is_false, scenario
from scenarios.services.kit.http_server import Request, ask, ask_each, http_server, one_of, pages, request, served, site, still_served, talk
from scenarios.services.kit.http_cases import LINKS, WAYS
from topologies.single import Single


@scenario(
    "services.ex06-root", question="Files beside the folder", topology=Single(2), roles=["http-server"], needs={"http-server": ["root"]},
    captures=["h1-eth0"], seconds=4,
)  # fmt: skip
def root(lab):
    with lab.step("A file in it", id="inside"):
        server = http_server(lab, folder := site())
        served(lab, ask(lab, "/notes/tide.txt"), pages()["notes/tide.txt"], "/notes/tide.txt", server)
    with lab.step("Ways up", id="up", should=True):
        stays_inside(lab, WAYS, server)
    with lab.step("Links out of it", id="links", should=True):
        for name, target in LINKS.items():
            (folder / name).symlink_to(target)
        stays_inside(lab, ("/out.txt", "/out/passwd", "/up/etc/passwd", "/chain", "/out%2fpasswd"), server)
    with lab.step("A name with a NUL in it is none", id="nul", should=True):
        lab.expect(ask(lab, "/index.html%00.png").status, one_of(400, 404), "status of /index.html%00.png", id="status", hint=server.state)
    with lab.step("Folders", id="folders", should=True):
        to = ask(lab, "/notes")
        lab.expect(to.status, one_of(200, 301, 302, 307, 308, 403, 404), "status of /notes", id="status", hint=server.state)
        lab.expect(ask(lab, "/notes/").status, one_of(200, 403, 404), "status of /notes/, which has no index.html", id="listing", hint=server.state)
        [one] = talk(lab, Request(request("//notes")))
        lab.expect(one.reply.fields.get("location", "").startswith(("//", "/\\", "http://notes")), is_false(), "//notes sends browsers to another host", id="elsewhere")
    with lab.step("A FIFO, into which nobody writes, and a file that may not be read", id="fifo", should=True):
        os.mkfifo(folder / "pipe.txt", 0o644)
        (folder / "index.html").chmod(0)
        for name in ("/pipe.txt", "/index.html"):
            lab.expect(ask(lab, name).status, one_of(403, 404), f"status of {name}", id="status", hint=server.state)
        still_served(lab, ask(lab, "/notes/tide.txt"), pages()["notes/tide.txt"], "/notes/tide.txt", server)
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(server)
    with lab.step("A folder beside it, whose name begins as its own", id="beside", should=True):
        beside = next(file for file in sorted(pathlib.Path("/usr/share/perl5").rglob("*.pm")) if file.is_file())
        server = http_server(lab, pathlib.Path("/usr/share/perl"))
        for way in ("/..", "/%2e%2e", "/x/../..", ""):
            reply = ask(lab, f"{way}/perl5/{beside.relative_to('/usr/share/perl5')}" if way else f"/../perl5/{beside.relative_to('/usr/share/perl5')}")
            lab.expect(reply.body == beside.read_bytes(), is_false(), f"{way or '/..'} leads out of /usr/share/perl, to a file of its neighbour /usr/share/perl5", id="leak", hint=server.state)
        server.stop()


def stays_inside(lab, targets, server):
    """None of them brings a line of /etc/passwd, and each is answered."""
    for target, reply in zip(targets, ask_each(lab, targets), strict=True):
        lab.expect(b"student:x:" in reply.body, is_false(), f"{target} brings /etc/passwd", id="leak", hint=server.state)
        lab.expect(reply.status in (301, 308) or 400 <= reply.status < 500, equals(True), f"{target} is answered by 4xx (found {reply.status})", id="status")
