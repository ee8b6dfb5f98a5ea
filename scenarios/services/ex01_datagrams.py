"""An echo server over UDP sends any datagram back, from the address that was asked, and none to who would answer it again.

A socket that is bound to all addresses answers from the one that the routes choose, unless it says otherwise (IP_PKTINFO); a connected
client, which hears its server only, then waits in vain. A datagram may be empty, which is no end of anything, and carries 65,507
bytes at most: 65,535 of an IP packet without its headers, in 45 fragments on Ethernet. And two echo services that
answer each other never stop, which a single forged source can bring about.
"""

from harness import Peer, equals, same_bytes, scenario, udp
from scenarios.services.kit.echo import PORT, udp_echo_server
from topologies.single import Single

SECOND, ANSWERS = "10.0.1.1", udp(source=PORT)
TEXTS = {"text": b"hola", "line-ends": b"\r\nhola \n\n", "letters": "¿qué tal, señor?".encode()}
KINDS = {"empty": b"", "all-bytes": bytes(range(256)), "no-text": b"caf\xe9 \xff", "nulls": b"\0\0"}
LONGEST = bytes(range(251)) * 260 + bytes(247)  # 65,507


@scenario(
    "services.ex01-datagrams", question="Which datagrams does an echo server get, and where do its answers come from?", topology=Single(),
    roles=["udp-echo-server"], seconds=6,
)  # fmt: skip
def echo_datagrams(lab):
    with lab.step("A datagram comes back", id="text"):
        server, peer = udp_echo_server(lab), Peer(lab.h2, lab.h1, PORT, "udp")
        peer.send(b"hola mundo")
        lab.expect(peer.receive(), equals(b"hola mundo"), "what comes back", id="echo", hint=server.state)

    with lab.step("What people type: line ends, and letters that are no ASCII", id="texts"):
        come_back(lab, server, peer, TEXTS)

    with lab.step("Datagrams of all kinds", id="kinds", should=True):
        come_back(lab, server, peer, KINDS)

    with lab.step(f"{len(LONGEST):,} bytes", id="longest", should=True):
        peer.send(LONGEST)
        lab.expect(peer.receive(), same_bytes(LONGEST), "what comes back of the longest datagram there is", id="bytes", hint=server.state)

    with lab.step("A client asks the second address of the server's host", id="address", should=True):
        lab.h1.run("ip", "address", "add", f"{SECOND}/8", "dev", lab.h1.interface)
        other = Peer(lab.h2, SECOND, PORT, "udp")
        other.send(b"hola, segunda")
        lab.expect_soon(lambda: lab.packets(lab.h2, ANSWERS).sources[-1][0], equals(SECOND), "where its answer comes from", id="source")
        lab.expect(other.receive(), equals(b"hola, segunda"), "what the connected client gets", id="echo", hint=server.state)

    with lab.step("A datagram from the port of an echo service", id="loop", should=True):
        forged = lab.h2.start_command("socat", "-u", "-", f"UDP4:{lab.h1}:{PORT},sourceport={PORT}", stdin=b"for ever")
        forged.wait()
        lab.wait_for_packet(lab.h1, f"{udp(to=PORT)} && udp.srcport == {PORT}")
        peer.send(b"and on")
        lab.expect(peer.receive(), equals(b"and on"), "what another client gets", id="echo", hint=server.state)
        answers = lab.packets(lab.h1, f"{udp(source=lab.h1)} && udp.dstport == {PORT}")
        lab.expect(answers, equals(0), "answers to who would answer them", id="answers")
    with lab.step("Ctrl+C", id="interrupt"):
        lab.expect_interrupted(server)


def come_back(lab, server, peer, datagrams):
    """Each comes back as it was, once."""
    for name, data in datagrams.items():
        before = len(lab.packets(lab.h2, ANSWERS))
        peer.send(data)
        lab.expect(peer.receive(), equals(data), f"{name}: what comes back", id=name, hint=server.state)
        sizes = lab.packets(lab.h2, ANSWERS).payloads[before:]
        lab.expect(sizes, equals([len(data)]), f"{name}: bytes of each datagram that comes back", id="sizes")
