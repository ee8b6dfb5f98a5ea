"""A TCP client and a TCP server exchange messages: each message gets its receipt, and both ends print what they get.

The client connects, sends a line and blocks until the server's answer comes; the server blocks in recv until the line comes. TCP
carries bytes, not messages: here one recv returns one message because each side waits for the other before it sends again.
The word "end" is answered like any other; then both sides close with a FIN, and the server waits for its next client.
"""

import re

from harness import above, ended, equals, interrupted, matches, scenario, tcp
from scenarios.transport.kit import any_client
from scenarios.transport.kit.messages import PORT, RECEIPT, receipt, tcp_client, tcp_server
from topologies.single import Single

# Some look like the word that ends the session, and a short one after a long one shows what is left in a buffer.
MESSAGES = ["¡Hasta mañana, señor!", "How are you?", "x" * 1000, "ok", "ending", "the end", "END"]


@scenario(
    "transport.1-1", question="TCP: a client and a server talk", topology=Single(4), roles=["tcp-server", "tcp-client", "netcat"], seconds=8
)
def tcp_messages(lab):
    with lab.step("The client sends a word of two letters, and the server's receipt comes back", id="first"):
        server, client = tcp_server(lab), tcp_client(lab.h2)
        receipt(lab, client, "hi")
        lab.expect_frames("transport.message", lab.h1, client=lab.h2, server=lab.h1, port=PORT, id="frames")
        server.wait_for_text(r"\bhi\b", stream="stdout")

    with lab.step("More messages on the same connection, one answer to each", id="more"):
        for message in MESSAGES:
            receipt(lab, client, message)
        server.wait_for_text(r"\bEND\b", stream="stdout")
        lab.show_output(server)
        for message in MESSAGES[1:]:
            line = rf"(?<!\w){re.escape(message[:200])}" + (r"(?!\w)" if len(message) < 200 else "")
            lab.expect(server.output, matches(line), f"the server prints '{message[:24]}', and nothing else with it", id="printed")
        sent, answers = (lab.packets(lab.h1, tcp("data", **{end: PORT})) for end in ("to", "source"))
        lab.expect(sent.payloads, equals([len(one.encode()) for one in ("hi", *MESSAGES)]), "bytes of the client's segments", sent, id="sent")
        lab.expect(answers.payloads, equals([len(RECEIPT)] * (1 + len(MESSAGES))), "bytes of the server's segments", answers, id="answers")

    with lab.step("The word 'end'", id="end"):
        receipt(lab, client, "end")
        lab.expect(client.wait(), ended, "the client ends well")
        for host, who in ((lab.h1, "server"), (lab.h2, "client")):
            lab.expect_soon(lambda: lab.packets(lab.h1, tcp("FIN", source=host)), above(0), f"the {who} closes with FIN", id=f"{who}-fin")
        last = lab.packets(lab.h1, tcp("FIN"))[-1].number
        lab.expect(lab.packets(lab.h1, f"{tcp('RST')} && frame.number < {last}"), equals(0), "nobody resets the connection", id="reset")

    # One that ends with its first client answers the question too.
    with lab.step("The server goes on: another client", id="next", should=True):
        other = tcp_client(lab.h3)
        receipt(lab, other, "I am the next")
        other.end_input()
        lab.expect(other.wait(), ended, "it ends by Ctrl+D")
    with lab.step("nc, which does not close by itself after 'end'", id="netcat", should=True):
        any_client.netcat_closes_last(lab)
    with lab.step("Ctrl+C", id="interrupt"):
        server.interrupt()
        lab.expect(server.wait(), interrupted, "the server ends at Ctrl+C")
    with lab.step("Lines of all kinds", id="lines", should=True):
        any_client.lines_of_all_kinds(lab)
        with lab.step("Clients that break off, and one that takes its time", id="broken-off"):
            any_client.broken_off_and_slow(lab)
