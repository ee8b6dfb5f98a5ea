"""What a good TCP server of messages bears from clients of all kinds: steps that no sheet asks for."""

from harness import Peer, contains, ended, equals, matches, tcp
from scenarios.transport.kit.messages import PORT, RECEIPT, receipt, tcp_client, tcp_server


def one_after_another(lab):
    """Clients that come when others have left."""
    with lab.step("The server goes on: another client", id="next", should=True):
        client = tcp_client(lab.h3)
        receipt(lab, client, "I am the next")
        client.end_input()
        lab.expect(client.wait(), ended, f"how {client} ends by Ctrl+D", id="client-end")
    with lab.step("nc, which does not close by itself after 'end'", id="netcat", should=True):
        netcat = lab.h4.start("netcat", lab.h1, PORT)
        netcat.type("end")
        fins = tcp("FIN", source=lab.h1, to=lab.h4)
        hint = "it is to close after its answer to 'end', and not to wait until the client has"
        lab.expect_soon(lambda: lab.packets(lab.h1, fins), equals(1), "FINs of the server, which closes first", id="server-fin", hint=hint)
        lab.expect(netcat.output, equals(RECEIPT), "what nc prints before that")
        netcat.stop()


def of_all_kinds(lab):
    """An empty line, a last one without its end, clients that break off, and one that thinks for three seconds."""
    with lab.step("Lines of all kinds", id="lines", should=True):
        server, empty = tcp_server(lab), tcp_client(lab.h3)
        empty.type("\n")
        lab.expect(empty.ask("after the empty line", RECEIPT), contains(RECEIPT), "the line after an empty one is answered", id="empty")
        empty.end_input()
        empty.wait()
        tcp_client(lab.h3, stdin=b"without its end").wait()
        server.wait_for_text("without its en", stream="stdout")
        hint = "a client may take away the end of a line only where there is one"
        lab.expect(server.output, matches(r"without its end\b"), "a last line without its end comes whole", id="last-line", hint=hint)
        with lab.step("Clients that break off, and one that takes its time", id="broken-off"):
            for number in range(12):
                broken = Peer(lab.h4, lab.h1, PORT)
                broken.send(b"hello")
                (broken.reset if number % 2 else broken.close)()
            slow = Peer(lab.h4, lab.h1, PORT)
            silence = (slow.receive(seconds=3.2), slow.ended)
            lab.expect(silence, equals((b"", "")), "what comes while a client thinks for three seconds", id="silence")
            slow.send(b"still there?")
            answer = slow.receive(len(RECEIPT))
            lab.expect(answer, equals(RECEIPT.encode()), "the answer after that, and after twelve clients that broke off")
            slow.close()
