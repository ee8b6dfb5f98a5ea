"""A UDP client before its server sends all the same: its datagram is lost, ICMP says so, and an unconnected client hears nothing.

There is no handshake that could fail. The datagram crosses the network, the server's host finds no socket for it and answers with
ICMP "port unreachable". The kernel can give that error only to a socket that is connected: recv then fails with "Connection
refused". A client that uses sendto waits in vain. Once the server is there the same client's next message is answered;
the early one never is.
"""

from harness import below, contains, equals, matches, scenario, udp
from scenarios.transport.kit.messages import PORT, RECEIPT, receipt, udp_client, udp_server
from topologies.single import Single

REFUSALS = "icmp.type == 3 && icmp.code == 3"


@scenario("transport.2-3a", question="UDP: the client before the server", topology=Single(), roles=["udp-server", "udp-client"], seconds=6)
def udp_client_first(lab):
    with lab.step("The client sends, and nobody is there", id="early"):
        client = udp_client(lab.h2)
        client.type("hi\n")
        lab.wait_for_packet(lab.h2, REFUSALS, what="ICMP port unreachable, for the client's datagram")
        lab.expect_frames(
            "udp.unreachable", lab.h2, client=lab.h2, server=lab.h1, port=PORT, what="the datagram, and ICMP port unreachable", id="frames"
        )
        lab.expect(RECEIPT in client.output, False, "an answer was printed")
    # One that waits for ever, as the sheet's does, is right; a good one says that it waits in vain, and goes on.
    with lab.step("It says that it waits in vain: nobody tells it of the refusal", id="in-vain", should=True):
        client.wait_for_text("no answer")
        before = client.processor_seconds()  # without what its start has cost
        client.type("anybody?\n")
        lab.until(lambda: client.errors.count("no answer") > 1, "the client to say that nobody answers the second message either")
        used = client.processor_seconds() - before
        hint = "does it wait in recv, or ask again and again?"
        lab.expect(used, below(0.15, "s"), "processor time that a second of waiting takes", id="rests", hint=hint)
        lab.expect(client.running, True, "the client runs on")
        lab.expect("refused" in client.errors.lower(), False, "it has heard of a refusal")
        lab.expect(client.output, equals(""), "what it printed for an answer")

    with lab.step("The server starts", id="server"):
        server = udp_server(lab)
    with lab.step("The same client goes on", id="same", should=True):
        receipt(lab, client, "again")
        server.wait_for_text("again", stream="stdout")
        client.end_input()
        lab.expect(client.wait(), equals(0), "the client ends well: it got an answer")
    with lab.step("One that comes now is answered", id="later"):
        later = udp_client(lab.h2)
        receipt(lab, later, "late enough")
        server.wait_for_text("late enough", stream="stdout")
        lab.expect(server.output, matches(r"(?s)\A(?!.*\bhi\b)"), "messages that reach the server: the early one is lost for good")
        for program in (client, later, server):
            program.stop()

    with lab.step("Without a server again: a client that never gets an answer", id="lost", should=True):
        lost = udp_client(lab.h2, stdin=b"into the void\n")
        lab.expect(lost.wait(), equals(1), "status of the client that was never answered")
    if lab.takes("udp-client", "connected"):
        with lab.step("And one that is connected", id="connected"):
            connected = udp_client(lab.h2, connected=True, stdin=b"hello?\n")
            lab.expect(connected.wait(), equals(1), "status of the connected client")
            lab.expect(connected.errors, contains("Connection refused"), "the connected client is told")
    with lab.step("Each datagram to the closed port was refused", id="refusals"):
        sent, answered = lab.packets(lab.h2, udp(to=PORT)), lab.packets(lab.h2, udp(source=PORT))
        lab.accounts("datagrams that the clients sent", sent=sent, refused=lab.packets(lab.h2, REFUSALS), answered=answered)
