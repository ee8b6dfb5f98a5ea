"""A TCP client and a TCP server exchange messages: each message gets its receipt, and both ends print what they get.

The client connects, sends a line and blocks until the server's answer comes; the server blocks in recv until the line comes. TCP
carries bytes, not messages: here one recv returns one message because each side waits for the other before it sends again.
The word "end" is answered like any other; then both sides close with a FIN, and the server waits for its next client.
"""

from harness import equals, scenario, tcp
from scenarios.transport.kit import any_client
from scenarios.transport.kit.messages import PORT, RECEIPT, both_close, first_message, prints, receipt, says_end, tcp_client, tcp_server
from topologies.single import Single

# Some look like the word that ends the session, and a short one after a long one shows what is left in a buffer.
MESSAGES = ["¡Hasta mañana, señor!", "How are you?", "x" * 1000, "ok", "ending", "the end", "END"]


@scenario(
    "transport.1-1", question="TCP: a client and a server talk", topology=Single(4), roles=["tcp-server", "tcp-client", "netcat"], seconds=8
)
def tcp_messages(lab):
    with lab.step("The client sends a word of two letters, and the server's receipt comes back", id="first"):
        server, client = tcp_server(lab), tcp_client(lab.h2)
        first_message(lab, client)
        server.wait_for_text(r"\bhi\b", stream="stdout")

    with lab.step("More messages on the same connection, one answer to each", id="more"):
        for message in MESSAGES:
            receipt(lab, client, message)
        server.wait_for_text(r"\bEND\b", stream="stdout")
        for message in MESSAGES[1:]:
            prints(lab, server, message)
        sent, answers = lab.packets(lab.h1, tcp("data", to=PORT)), lab.packets(lab.h1, tcp("data", source=PORT))
        wanted = [len(message.encode()) for message in ("hi", *MESSAGES)]
        lab.expect(sent.payloads, equals(wanted), "bytes of the client's segments", sent, id="sent")
        lab.expect(answers.payloads, equals([len(RECEIPT)] * (1 + len(MESSAGES))), "bytes of the server's segments", answers, id="answers")

    with lab.step("The word 'end'", id="end"):
        says_end(lab, client)
        both_close(lab, client)

    # One that ends with its first client answers the question too.
    any_client.one_after_another(lab)
    with lab.step("Ctrl+C", id="interrupt"):
        lab.expect_interrupted(server)
    any_client.of_all_kinds(lab)
