"""A TCP client and a TCP server exchange messages: each message gets its receipt, and both ends print what they get.

The client connects, sends a line and blocks until the server's answer comes; the server blocks in recv until the line comes. TCP
carries bytes, not messages: here one recv returns one message because each side waits for the other before it sends again.
The word "end" is answered like any other; then both sides close with a FIN, and the server waits for its next client.
"""

import re

from harness import Peer, above, contains, ended, equals, interrupted, matches, scenario
from topologies.single import Single

PORT, RECEIPT = 12800, "Message received"


@scenario(
    "transport.1-1",
    question="TCP: a client and a server talk",
    topology=Single(4),
    roles=["tcp-server", "tcp-client", "netcat"],
    seconds=8,
)
def tcp_messages(lab):
    server = lab.h1.start("tcp-server", port=PORT, mode="iterative").wait_listening(PORT)

    lab.step("The client sends a word of two letters, and the server's receipt comes back")
    client = lab.h2.start("tcp-client", host=lab.h1, port=PORT)
    lab.expect(client.ask("hi", RECEIPT), contains(RECEIPT), "the client prints the receipt")
    lab.expect_frames("transport.message", lab.h1, client=lab.h2, server=lab.h1, port=PORT)
    server.wait_for_text(r"\bhi\b", stream="stdout")
    lab.show_output(server)

    lab.step("More messages on the same connection, one answer to each")
    # Some look like the word that ends the session, and a short one after a long one shows what is left in a buffer.
    messages = ["¡Hasta mañana, señor!", "How are you?", "x" * 1000, "ok", "ending", "the end", "END"]
    for message in messages:
        lab.expect(client.ask(message, RECEIPT), contains(RECEIPT), f"the receipt for '{message[:24]}'")
    server.wait_for_text(r"\bEND\b", stream="stdout")
    lab.show_output(server)
    for message in messages[1:]:
        lab.expect(server.output, matches(rf"(?<!\w){re.escape(message[:200])}" + (r"(?!\w)" if len(message) < 200 else "")),
                   f"the server prints '{message[:24]}', and nothing else with it")  # fmt: skip
    sent = [packet["tcp.len"] for packet in lab.packets(lab.h1, f"tcp.dstport == {PORT} && tcp.len > 0")]
    lab.expect(sent, equals([2] + [len(message.encode()) for message in messages]), "bytes of the client's segments")
    answers = [packet["tcp.len"] for packet in lab.packets(lab.h1, f"tcp.srcport == {PORT} && tcp.len > 0")]
    lab.expect(answers, equals([len(RECEIPT)] * (1 + len(messages))), "bytes of the server's segments")

    lab.step("The word 'end'")
    lab.expect(client.ask("end", RECEIPT), contains(RECEIPT), "'end' is answered too")
    lab.expect(client.wait(), ended, "the client ends well")
    for source, way in ((lab.h1, "the server"), (lab.h2, "the client")):
        fins = f"ip.src == {source} && tcp.flags.fin == 1"
        lab.expect_soon(lambda: len(lab.packets(lab.h1, fins)), above(0), f"{way} closes with FIN")
    last = lab.packets(lab.h1, "tcp.flags.fin == 1")[-1].number
    lab.expect(lab.packets(lab.h1, f"tcp.flags.reset == 1 && frame.number < {last}"), equals(0), "nobody resets the connection")

    # One that ends with its first client answers the question too.
    with lab.step("The server goes on: another client", should=True):
        others(lab)
    server.interrupt()
    lab.expect(server.wait(), interrupted, "the server ends at Ctrl+C")
    lab.show_output(server)
    with lab.step("Clients that leave in the middle, and lines of all kinds", should=True):
        any_client(lab)


def others(lab):
    """Clients that come after the first one has left."""
    other = lab.h3.start("tcp-client", host=lab.h1, port=PORT)
    lab.expect(other.ask("I am the next", RECEIPT), contains(RECEIPT), "the next client gets its receipt")
    other.end_input()
    lab.expect(other.wait(), ended, "and ends by Ctrl+D")

    lab.step("nc, which does not close by itself after 'end'")
    netcat = lab.h4.start("netcat", lab.h1, PORT)
    netcat.type("end")
    fins = f"ip.src == {lab.h1} && ip.dst == {lab.h4} && tcp.flags.fin == 1"
    lab.expect_soon(lambda: len(lab.packets(lab.h1, fins)), equals(1), "the server closes first, because of the word")
    lab.expect(netcat.output, equals(RECEIPT), "after its answer")
    netcat.stop()


def any_client(lab):
    """An empty line, a last line without its end, clients that break off, and one that thinks for three seconds."""
    server = lab.h1.start("tcp-server", port=PORT, mode="iterative").wait_listening(PORT)
    empty = lab.h3.start("tcp-client", host=lab.h1, port=PORT)
    empty.type("\n")
    lab.expect(empty.ask("after the empty line", RECEIPT), contains(RECEIPT), "the line after an empty one is answered")
    empty.end_input()
    empty.wait()
    lab.h3.start("tcp-client", host=lab.h1, port=PORT, stdin=b"without its end").wait()
    server.wait_for_text("without its en", stream="stdout")
    lab.expect(server.output, matches(r"without its end\b"), "a last line without its end reaches the server whole")
    for number in range(12):
        broken = Peer(lab.h4, lab.h1, PORT)
        broken.send(b"hello")
        (broken.reset if number % 2 else broken.close)()
    slow = Peer(lab.h4, lab.h1, PORT)
    lab.expect((slow.receive(seconds=3.2), slow.ended), equals((b"", "")), "what comes while a client thinks for three seconds")
    slow.send(b"still there?")
    lab.expect(slow.receive(len(RECEIPT)), equals(RECEIPT.encode()), "the answer after that, and after twelve clients that broke off")
    slow.close()
