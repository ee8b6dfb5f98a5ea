"""What stands in the header of a response tells a client what the body is, how long, and how old: a browser shows nothing that is called text.

Content-Type goes by the name of the file, Content-Length counts bytes, Date says when it was answered. The target of a request is a path with
%-escapes and may have a query, neither of which is a part of the file's name; a folder's page is its index.html.
"""

import re

from harness import between, equals, matches, scenario
from scenarios.services.kit.http_cases import ODD, TYPES
from scenarios.services.kit.http_server import age, ask, ask_each, http_server, pages, served, site
from topologies.single import Single

DATE = r"^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$"


@scenario(
    "services.ex06-header", question="What a response says of its body", topology=Single(2), roles=["http-server"], needs={"http-server": ["root"]},
    captures=["h1-eth0"], seconds=3,
)  # fmt: skip
def header(lab):
    files = {**pages(), **{name: name.encode() * 9 for name in [*TYPES, *ODD]}}
    with lab.step("A file that is there", id="found"):
        server = http_server(lab, site(files))
        served(lab, reply := ask(lab, "/notes/tide.txt"), files["notes/tide.txt"], "/notes/tide.txt", server)
    with lab.step("Content-Length and Date", id="fields", should=True):
        lab.expect(reply.framed, equals("length"), "how the client knows where the body ends", id="length")
        lab.expect(reply.fields.get("date", ""), matches(DATE), "its Date", id="date")
        lab.expect(age(reply), between(-2, 20, "s"), "how long ago that is, by the clock", id="now")
    with lab.step("Content-Type, by the names of files", id="types", should=True):
        for (name, kind), one in zip(TYPES.items(), ask_each(lab, [f"/{name}" for name in TYPES]), strict=True):
            lab.expect(one.type, matches(rf"^{kind}$"), f"Content-Type of {name}", id="type")
    with lab.step("Names with blanks, letters beyond ASCII, and signs", id="names", should=True):
        for (name, target), one in zip(ODD.items(), ask_each(lab, ODD.values()), strict=True):
            served(lab, one, files[name], target, server)
    with lab.step("A query behind the path", id="query", should=True):
        served(lab, ask(lab, "/notes/tide.txt?day=1&/../x"), files["notes/tide.txt"], "/notes/tide.txt?day=1&/../x", server)
    with lab.step("A page for what is not there, asked for by a name with markup in it", id="markup", should=True):
        for target in ("/%3Cb%20id=told%3E", "/<b/id=told>"):
            lab.expect(re.findall(rb"<b[ /]id=told>", ask(lab, target).body), equals([]), f"{target}: what a browser would take for markup", id="escaped")
    with lab.step("The page of a folder", id="index", should=True):
        served(lab, one := ask(lab, "/"), files["index.html"], "/", server)
        lab.expect(one.type, equals("text/html"), "Content-Type of /", id="type")
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(server)
