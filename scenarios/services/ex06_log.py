"""A server tells whoever runs it which port it got, and writes a line for each answer, into which no client writes another's.

With port 0 the kernel chooses one that is free, and only the server knows which. The combined format has a line for each answer: who, when, what,
status, bytes, from where, by what; a quote or a control character in what a client sent is escaped, or the log could be made to say anything.
"""

import re

from harness import equals, is_false, matches, scenario
from scenarios.services.kit.http_server import NOWHERE, Request, ask, http_server, pages, request, served, site, talk
from topologies.single import Single

TIDE = "/notes/tide.txt"
LINE = r'^{address} \S+ \S+ \[\d\d/\w{{3}}/\d{{4}}:\d\d:\d\d:\d\d [+-]\d{{4}}\] "GET {target} HTTP/1\.1" {status} "http://h1/" "a browser"$'
FORGED = 'x" 200 9 "-" "-'


@scenario(
    "services.ex06-log", question="What a server tells who runs it", topology=Single(2), roles=["http-server"], needs={"http-server": ["root"]},
    captures=["h1-eth0"], seconds=3,
)  # fmt: skip
def log(lab):
    with lab.step("A file that is there", id="found"):
        root, file = site(), lab.folder / "access.log"
        server = http_server(lab, root, **({"log": file} if lab.takes("http-server", "log") else {}))
        served(lab, ask(lab, TIDE, referer="http://h1/", user_agent="a browser"), pages()["notes/tide.txt"], TIDE, server)
    with lab.step("Others, and Ctrl+C", id="interrupt", should=True):
        ask(lab, NOWHERE, referer="http://h1/", user_agent="a browser")
        talk(lab, *(Request(request("/log", user_agent=agent)) for agent in (FORGED, "\x1b[2J")))
        lab.expect_interrupted(server)
    if lab.takes("http-server", "log"):
        with lab.step("The log, in the combined format", id="log", should=True):
            told = server.left(file).decode("utf-8", "replace")
            for target, status in ((TIDE, "200 61"), (NOWHERE, r"404 \d+")):
                line = LINE.format(address=re.escape(str(lab.h2)), target=re.escape(target), status=status)
                lab.expect(told, matches(line), f"the line of the answer for {target}", id="line")
            lab.expect(FORGED in told or "\x1b" in told, is_false(), "a client writes into the log what it likes", id="forged")
    with lab.step("Port 0: the kernel's choice is told", id="port", should=True):
        chooser = lab.h1.start("http-server", root=root, port=0)
        port = int(chooser.wait_for_text(r"listening on \S*:(\d+)", stream="stderr")[1])
        [one] = talk(lab, Request(request(TIDE)), port=port)
        lab.expect(one.reply.status, equals(200), f"status of {TIDE} from there", id="status", hint=chooser.state)
