"""CONNECT makes a tunnel: after 200 each side's bytes reach the other as they are, to the end of each direction, and only certain ports can be named.

What is encrypted is none of the proxy's business, so it passes bytes on. A proxy that does so to any port sends mail, or scans, for whoever asks
(RFC 9110, 9.3.6): 443 is enough.
"""

import random

from harness import Peer, between, equals, same_bytes, scenario, tcp
from scenarios.services.kit.http import Origin
from scenarios.services.kit.http_proxy import KEPT, ONE, PROXY, ask, dated, http_proxy, serves
from topologies.single import Single

MUCH = random.Random(44).randbytes(300_000)
PORTS = {"connect_ports": "443,8443"}


@scenario(
    "services.ex07-connect", question="CONNECT: who may say what to whom?", topology=Single(3), roles=["http-proxy"],
    captures=["h1-eth0"], snaplen=200, seconds=4,
)  # fmt: skip
def connect(lab):
    with lab.step("A file, without a tunnel", id="file"):
        server = http_proxy(lab, **(PORTS if lab.takes("http-proxy", "connect_ports") else {}))
        Origin(lab, lab.h1, {"/letter.txt": dated(ONE, KEPT)})
        serves(lab, ask(lab, "/letter.txt"), ONE, "/letter.txt", server)
    with lab.step("A tunnel to port 443", id="tunnel", should=True):
        end, file = other_end(lab, 443), lab.folder / "end-443.bytes"
        client = Peer(lab.h2, lab.h3, PROXY)
        head, early = tunnel(lab, client, f"{lab.h1}:443", b"early ")
        lab.expect(head, between(200, 299), "status", id="status", hint=server.state)
        lab.expect(early, equals([]), "fields of it that tell of a body", id="no-body")
        client.send(MUCH)
        lab.expect_soon(lambda: file.read_bytes(), same_bytes(b"early " + MUCH), "what the other end gets", id="there", deadline=10)
        end.type("h1 says: ¡hola!\r\n")
        lab.expect(client.receive(18), equals("h1 says: ¡hola!\r\n".encode()), "what the client gets", id="back")
        with lab.step("One direction ends, the other goes on", id="half", should=True):
            client.shut()
            lab.wait_for_packet(lab.h1, tcp("FIN", to=443), what="the client's end, on its way to h1", details=server.state)
            end.type("and more\n")
            lab.expect(client.receive(9), equals(b"and more\n"), "what the client gets after its own end", id="back")
            end.end_input()
            client.receive(seconds=10)
            lab.expect([client.ended, end.wait()], equals(["FIN", 0]), "how it ends for the client, and the other end's status", id="ended")
    with lab.step("Other ports", id="ports", should=True):
        for port in (25, 22, 8000, 0, 99999):
            found, _ = tunnel(lab, Peer(lab.h2, lab.h3, PROXY), f"{lab.h1}:{port}")
            lab.expect(found, between(400, 499), f"status of CONNECT to port {port}", id="status", hint=server.state)
        lab.expect(lab.packets(lab.h1, "tcp.flags.syn == 1 && tcp.flags.ack == 0 && tcp.dstport in {22, 25}"), equals(0), "connections to 22 and 25", id="none")
    with lab.step("Nobody there, and no host at all", id="nobody", should=True):
        for authority in (f"{lab.h1}:443", "nobody.invalid:443"):
            found, _ = tunnel(lab, Peer(lab.h2, lab.h3, PROXY), authority)
            lab.expect(found, between(500, 504), f"status of CONNECT to {authority}", id="status", hint=server.state)
    if lab.takes("http-proxy", "connect_ports"):
        with lab.step("A port that it is told to allow", id="told", should=True):
            far = other_end(lab, 8443)
            found, _ = tunnel(lab, last := Peer(lab.h2, lab.h3, PROXY), f"{lab.h1}:8443")
            lab.expect(found, between(200, 299), "status of CONNECT to 8443", id="status")
            far.stop()
            last.receive()
            last.close()
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(server)


def other_end(lab, port):
    """Whoever listens on h1: types what it is told, and keeps what it gets, each to its end."""
    command = "socat", "-t", 30, "-", f"TCP-LISTEN:{port}"
    return lab.h1.start_command(*command, stdout=lab.folder / f"end-{port}.bytes").wait_listening(port)


def tunnel(lab, client, authority, early=b""):
    """Status (0: none), and fields that tell of a body."""
    client.send(f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode() + early)
    got = b""
    while b"\r\n\r\n" not in got and (part := client.receive(1)):
        got += part
    lines = got.decode("latin-1").split("\r\n")
    status = lines[0].split(" ")[1:2]
    lab.tell("note", lab.h2.name, "peer", f"CONNECT {authority} → {lines[0] or 'nothing'}")
    return int(status[0]) if status and status[0].isdigit() else 0, [line for line in lines if line.lower().startswith(("content-length", "transfer-encoding"))]
