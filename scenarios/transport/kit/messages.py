"""Servers and clients that exchange messages, as the transport sheet has them: its port, its receipt."""

import re

from harness import above, contains, ended, equals, matches, tcp

PORT, RECEIPT = 12800, "Message received"


def tcp_server(lab, mode="iterative", **options):
    """A server on h1 that listens."""
    return lab.h1.start("tcp-server", port=PORT, mode=mode, **options).wait_listening(PORT)


def udp_server(lab, **options):
    """A server on h1 whose port is bound."""
    return lab.h1.start("udp-server", port=PORT, **options).wait_listening(PORT, "udp")


def tcp_client(host, **options):
    """A client of the server on h1."""
    return host.start("tcp-client", host=host.lab.h1, port=PORT, **options)


def udp_client(host, **options):
    """A client of the server on h1."""
    return host.start("udp-client", host=host.lab.h1, port=PORT, **options)


def receipt(lab, client, words):
    """The client sends a message, and prints the receipt."""
    lab.expect(client.ask(words, RECEIPT), contains(RECEIPT), f"the receipt for '{words[:24]}', which {client} prints", id="receipt")


def prints(lab, server, words):
    """The server has printed a message, and nothing of another one with it."""
    whole = len(words) < 200  # of a longer one, the beginning
    line = rf"(?<!\w){re.escape(words[:200])}" + (r"(?!\w)" if whole else "")
    hint = "does it print as many bytes as recv returned, and no more?"
    lab.expect(server.output, matches(line), f"the server prints '{words[:24]}', and nothing else with it", id="printed", hint=hint)


def first_message(lab, client, at=None, connection=None):
    """A word of two letters gets its receipt, in the frames of the golden table."""
    receipt(lab, client, "hi")
    ends = dict(client=client.host, server=lab.h1, port=PORT, connection=connection)
    lab.expect_frames("transport.message", at or lab.h1, **ends, id="frames")


def two_clients(lab):
    """Steps: one client talks, and a second one comes while the first stays. Gives both."""
    with lab.step("A client talks", id="first"):
        first = tcp_client(lab.h2)
        first_message(lab, first)
    with lab.step("A second one comes while the first stays, and nobody waits", id="second"):
        second = tcp_client(lab.h3)
        lab.wait_for_packet(lab.h1, tcp("SYN", source=PORT, to=lab.h3), what="the second to be connected")  # and to say nothing
        for client, words in ((first, "I am the first"), (second, "I am the second"), (first, "the first again"), (second, "me again")):
            receipt(lab, client, words)
    return first, second


def by_turns(lab, server, clients):
    """Each client says one message and then another, gets its receipts, and the server prints what it said."""
    for number in (1, 2):
        for name, client in enumerate(clients, 1):
            receipt(lab, client, f"client {name}, message {number}")
    server.wait_for_text(f"client {len(clients)}, message 2")
    for name in range(1, len(clients) + 1):
        lab.expect(server.output, contains(f"client {name}, message 2"), f"the server prints the words of client {name}")


def says_end(lab, client):
    """The word is answered like any other, and ends the client."""
    receipt(lab, client, "end")
    lab.expect(client.wait(), ended, f"how {client} ends after 'end'", id="client-end")


def both_close(lab, client):
    """Server and client end the connection by FIN, and before that nobody resets it."""
    for host, who in ((lab.h1, "server"), (client.host, "client")):
        last = lambda: f"the last segment of the {who} is [{lab.packets(lab.h1, tcp(source=host))[-1].flags}]"  # noqa: E731
        hint = lambda: f"{last()}: does the {who} close its socket after 'end', with nothing left to read?"  # noqa: E731
        fins = tcp("FIN", source=host)
        lab.expect_soon(lambda: lab.packets(lab.h1, fins), above(0), f"FINs of the {who}", id=f"{who}-fin", hint=hint)
    last = lab.packets(lab.h1, tcp("FIN"))[-1].number
    lab.expect(lab.packets(lab.h1, f"{tcp('RST')} && frame.number < {last}"), equals(0), "nobody resets the connection", id="reset")
