"""curl, wget and a client of ours get the same through the proxy, and whoever comes second gets it from what the first one fetched.

They speak different dialects: wget keeps the connection, curl names itself, and asks for other forms. What they send besides does not vary an answer
that varies by nothing.
"""

from harness import equals, same_bytes, scenario
from scenarios.services.kit.http import Origin, client
from scenarios.services.kit.http_proxy import AUTHORITY, PICTURE, PROXY, counted, fetched, http_proxy
from scenarios.services.kit.http_proxy_tables import ALL_BYTES, PICTURE_BYTES, VISITED
from topologies.single import Single


@scenario(
    "services.ex07-clients", question="A proxy for clients of several makers", topology=Single(3), roles=["http-proxy", "http-client"],
    tools=["curl", "wget"], captures=["h1-eth0"], seconds=3,
)  # fmt: skip
def clients(lab):
    files, gone = {PICTURE: PICTURE_BYTES, "/all.bin": ALL_BYTES}, f"http://{AUTHORITY}/gone.html"
    with lab.step("A client of ours", id="ours"):
        server, origin = http_proxy(lab), Origin(lab, lab.h1, VISITED)
        for target, body in files.items():
            found = client(lab, f"http://{AUTHORITY}{target}", proxy=f"{lab.h3}:{PROXY}")
            lab.expect(found.saved, same_bytes(body), f"{target}: what it saves", id="bytes", hint=server.state)
    for tool, failure in {"curl": 22, "wget": 8}.items():
        with lab.step(f"{tool}", id=tool):
            for target, body in files.items():
                lab.expect(fetched(lab, tool, f"http://{AUTHORITY}{target}")[1], same_bytes(body), f"{target}: what {tool} saves", id="bytes", hint=server.state)
            lab.expect(fetched(lab, tool, gone)[0], equals(failure), f"status of {tool} for what is not there", id="status")
    with lab.step("Both on one connection, by curl", id="keep", should=True):
        urls = [word for target in files for word in (f"http://{AUTHORITY}{target}", "-o", "/dev/null")]
        told = lab.h2.run("curl", "-sS", "-x", f"{lab.h3}:{PROXY}", "-w", "%{http_code} %{num_connects} ", *urls, check=False)
        lab.expect(told.output.split(), equals(["200", "1", "200", "0"]), "status, and connections that it made, of each", id="once", hint=server.state)
    with lab.step("The origin was asked once for each", id="asked"):
        for target in files:
            counted(lab, origin, target, 1, "by the first client")
    with lab.step("Ctrl+C", id="interrupt"):
        lab.expect_interrupted(server)
