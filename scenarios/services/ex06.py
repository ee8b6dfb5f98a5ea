"""An HTTP server answers what it has by 200 and the file, and what it has not by 404 and a page for people; other tools read both.

A response is a status line, fields, an empty line and a body, whose end the client must know: by Content-Length, chunks, or the connection's end.
Of a 404 the body is a page like any other: without it a browser shows one of its own, or nothing.
"""

from harness import equals, scenario, tcp
from scenarios.services.kit.http_server import NOWHERE, PORT, ask, ask_each, ask_until, ask_whole, http_server, not_found, pages, read_by, served, served_at_once, site, still_served
from topologies.single import Single

NAMES = ("index.html", "pictures/buoy.png", "notes/tide.txt", "all.bin")


@scenario(
    "services.ex06", question="An HTTP server: 200 and 404", topology=Single(3), roles=["http-server"], needs={"http-server": ["root"]},
    tools=["curl", "wget"], captures=["h1-eth0"], seconds=5,
)  # fmt: skip
def http(lab):
    files = pages()
    with lab.step("Files that are there", id="found"):
        server = http_server(lab, root := site({**files, "notes/none.txt": b""}))
        for name, reply in zip(NAMES, ask_each(lab, map("/{}".format, NAMES)), strict=True):
            served(lab, reply, files[name], f"/{name}", server)
    with lab.step("A file that is there, without a byte", id="empty"):
        served(lab, ask(lab, "/notes/none.txt"), b"", "/notes/none.txt, which is empty", server)
    with lab.step("A file that is not there", id="missing"):
        not_found(lab, ask_whole(lab, NOWHERE), server)
    with lab.step("Once more what is there, and not what was there", id="again"):
        still_served(lab, ask(lab, "/notes/tide.txt"), files["notes/tide.txt"], "/notes/tide.txt", server)
        (root / "notes/tide.txt").unlink()
        not_found(lab, ask_until(lab, "/notes/tide.txt", 404), server)
    for tool, failure in {"curl": 22, "wget": 8}.items():
        with lab.step(f"{tool} reads both", id=tool):
            read_by(lab, tool, "/pictures/buoy.png", files["pictures/buoy.png"], failure, server)
    with lab.step("Eight clients of two hosts at once", id="together"):
        for host in (lab.h2, lab.h3):
            served_at_once(lab, host, [(name, files[name]) for name in NAMES[::3] * 4], server)
    with lab.step("On the wire", id="wire"):
        told = {one["http_message.status"] for one in lab.packets(lab.h1, f"{tcp(source=PORT)} && http_message.status")}
        lab.expect(told, equals({200, 404}), "status lines that a capture shows", id="statuses")
        for number, title in {0: "200 and the file", len(NAMES) + 1: "404 and a page"}.items():
            lab.sequence(f"exchange-{number}", title, lab.packets(lab.h1, f"tcp.stream == {number}"))
    with lab.step("Ctrl+C", id="interrupt"):
        lab.expect_interrupted(server)
