"""Servers and clients that exchange messages, as the transport sheet has them: its port, its receipt."""

from harness import contains

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
