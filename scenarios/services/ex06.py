"""An HTTP server answers what it has by 200 and the file, and what it has not by 404 and a page for people; other tools read both.

A response is a status line, fields, an empty line and a body, whose end the client must know: by Content-Length, by chunks, or by the end of
the connection. The body of a 404 is a page like any other: without it a browser shows one of its own, or nothing.
"""

from harness import above, equals, scenario, tcp
from scenarios.services.kit.http import NOWHERE, PORT, Request, ask, ask_each, http_server, not_found, pages, request, served, site, still_served, talk
from topologies.single import Single

NAMES = ("index.html", "pictures/buoy.png", "notes/tide.txt", "all.bin")


@scenario(
    "services.ex06", question="An HTTP server: 200 and 404", topology=Single(3), roles=["http-server"], needs={"http-server": ["root"]},
    tools=["curl", "wget"], captures=["h1-eth0"], seconds=5,
)  # fmt: skip
def http(lab):
    files, root = pages(), site()
    with lab.step("Files that are there", id="found"):
        server = http_server(lab, root)
        for name, reply in zip(NAMES, ask_each(lab, [f"/{name}" for name in NAMES]), strict=True):
            served(lab, reply, files[name], f"/{name}", server)
    with lab.step("A file that is not there", id="missing"):
        not_found(lab, ask(lab, NOWHERE), server)
    with lab.step("Once more what is there, and not what was there", id="again"):
        still_served(lab, ask(lab, "/notes/tide.txt"), files["notes/tide.txt"], "/notes/tide.txt", server)
        (root / "notes/tide.txt").unlink()
        not_found(lab, ask(lab, "/notes/tide.txt"), server)
    for tool, options in {"curl": ("-sS", "-f", "-o"), "wget": ("-q", "-t", "1", "-O")}.items():
        with lab.step(f"{tool} reads both", id=tool):
            file = lab.folder / f"{tool}.png"
            lab.h2.run(tool, *options, file, f"http://{lab.h1}:{PORT}/pictures/buoy.png", check=False)
            lab.expect(file.exists() and file.read_bytes() == files["pictures/buoy.png"], equals(True), f"{tool} gets the picture", id="body", hint=server.state)
            status = lab.h2.run(tool, *options, "/dev/null", f"http://{lab.h1}:{PORT}{NOWHERE}", check=False).status
            lab.expect(status, equals({"curl": 22, "wget": 8}[tool]), f"exit status of {tool}: the server answered by an error", id="status")
    with lab.step("Eight clients of two hosts at once", id="together"):
        for host in (lab.h2, lab.h3):
            many = [Request(request(f"/{name}")) for name in ("index.html", "all.bin") * 4]
            for one, name in zip(talk(lab, *many, at=host, together=True), ("index.html", "all.bin") * 4, strict=True):
                served(lab, one.reply, files[name], f"/{name}", server)
    with lab.step("On the wire", id="wire"):
        for code in (200, 404):
            heads = lab.packets(lab.h1, f"{tcp(source=PORT)} && http_message.status == {code}")
            lab.expect(heads, above(0), f"status lines with {code}", id=f"status-{code}")
        lab.sequence("ok", "200 and the file", lab.packets(lab.h1, "tcp.stream == 0"))
        lab.sequence("missing", "404 and a page", lab.packets(lab.h1, f"tcp.stream == {len(NAMES)}"))
    with lab.step("Ctrl+C", id="interrupt"):
        lab.expect_interrupted(server)
