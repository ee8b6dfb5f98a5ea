"""A UDP client before its server sends all the same: its datagram is lost, ICMP says so, and an unconnected client hears nothing.

There is no handshake that could fail. The datagram crosses the network, the server's host finds no socket for it and answers with
ICMP "port unreachable". The kernel can give that error only to a socket that is connected: recv then fails with "Connection
refused". A client that uses sendto waits in vain. Once the server is there the same client's next message is answered;
the early one never is.
"""

from harness import below, contains, equals, matches, scenario
from topologies.single import Single

PORT, RECEIPT = 12800, "Message received"
REFUSALS = "icmp.type == 3 && icmp.code == 3"


@scenario(
    "transport.2-3a",
    question="UDP: the client before the server",
    topology=Single(),
    roles=["udp-server", "udp-client"],
    seconds=6,
)
def udp_client_first(lab):
    lab.step("The client sends, and nobody is there")
    client = lab.h2.start("udp-client", host=lab.h1, port=PORT)
    used = client.processor_seconds()
    client.type("hi\n")
    lab.wait_for_packet(lab.h2, REFUSALS)
    lab.expect_frames("udp.unreachable", lab.h2, client=lab.h2, server=lab.h1, port=PORT, what="the datagram, and ICMP port unreachable")
    lab.expect(RECEIPT in client.output, False, "an answer was printed")
    # One that waits for ever, as the sheet's does, is right; a good one says that it waits in vain, and goes on.
    with lab.step("It says that it waits in vain: nobody tells it of the refusal", should=True):
        client.wait_for_text("no answer")
        lab.expect(client.processor_seconds() - used, below(0.4, "s"), "processor time that a second of waiting takes")
        lab.show_output(client)
        lab.expect(client.running, True, "the client runs on")
        lab.expect("refused" in client.errors.lower(), False, "it has heard of a refusal")
        lab.expect(client.output, equals(""), "no answer was printed")

    lab.step("The server starts")
    server = lab.h1.start("udp-server", port=PORT).wait_listening(PORT, "udp")
    with lab.step("The same client goes on", should=True):
        lab.expect(client.ask("again", RECEIPT), contains(RECEIPT), "the next message is answered")
        server.wait_for_text("again", stream="stdout")
        client.end_input()
        lab.expect(client.wait(), equals(0), "the client ends well: it got an answer")
    lab.step("And one that comes now is answered")
    later = lab.h2.start("udp-client", host=lab.h1, port=PORT)
    lab.expect(later.ask("late enough", RECEIPT), contains(RECEIPT), "the message of a client that comes after the server is answered")
    server.wait_for_text("late enough", stream="stdout")
    lab.show_output(server)
    lab.expect(server.output, matches(r"(?s)\A(?!.*\bhi\b)"), "messages that reach the server: the early one is lost for good")
    client.stop()
    later.stop()
    server.stop()

    with lab.step("Without a server again: a client that never gets an answer", should=True):
        lost = lab.h2.start("udp-client", host=lab.h1, port=PORT, stdin=b"into the void\n")
        lab.expect(lost.wait(), equals(1), "status of the client that was never answered")
    if lab.takes("udp-client", "connected"):
        lab.step("And one that is connected")
        connected = lab.h2.start("udp-client", connected=True, host=lab.h1, port=PORT, stdin=b"hello?\n")
        lab.expect(connected.wait(), equals(1), "status of the connected client")
        lab.show_output(connected)
        lab.expect(connected.errors, contains("Connection refused"), "the connected client is told")
    sent = lab.packets(lab.h2, f"udp.dstport == {PORT} && !icmp")
    answered = lab.packets(lab.h2, f"udp.srcport == {PORT} && !icmp")
    lab.expect(lab.packets(lab.h2, REFUSALS), equals(len(sent) - len(answered)), "each datagram to the closed port was refused by ICMP")
