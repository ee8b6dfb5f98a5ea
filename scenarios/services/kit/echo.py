"""Echo over TCP and UDP: servers on h1, and clients that send some words."""

from harness import above, contains, equals, tcp, udp

PORT, WORDS = 1234, "hola mundo"
START = 20  # s; a virtual machine on a busy host begins late


def echo_server(lab, **options):
    """A TCP server on h1 that listens."""
    return lab.h1.start("echo-server", port=PORT, **options).wait_listening(PORT, deadline=START)


def udp_echo_server(lab, **options):
    """A UDP server on h1 whose port is bound."""
    return lab.h1.start("udp-echo-server", port=PORT, **options).wait_listening(PORT, "udp", START)


def echo_client(host, server, data=WORDS):
    """A TCP client that has the words as argument, and as a line of its input, if that is what it reads."""
    return host.start("echo-client", host=server, port=PORT, data=data, stdin=f"{data}\n".encode())


def udp_echo_client(host, server, data=WORDS):
    """The same over UDP."""
    return host.start("udp-echo-client", host=server, port=PORT, data=data, stdin=f"{data}\n".encode())


def over_tcp(lab, host, server, ends, at):
    """A connection, acknowledged and ended. ends: both ends, as a capture at that interface has them."""
    client = echo_client(host, server)
    client.wait()
    printed(lab, client, "tcp")
    for end in (dict(to=PORT), dict(source=PORT)):
        lab.wait_for_packet(at, tcp("FIN", **end))
    handshake = "client → SYN\nserver → SYN, ACK\nclient → ACK\n…"
    lab.exchange(handshake, between=ends, port=PORT, at=at, what="TCP: three-way handshake, before the first byte", id="tcp-handshake")
    sent = int(lab.packets(at, tcp(to=PORT)).total("tcp.len"))
    for end, what in ((dict(source=PORT), "the server's"), (dict(to=PORT), "the client's")):
        acknowledged = lab.packets(at, f"{tcp('ACK', **end)} && tcp.ack >= {sent + 1}")
        lab.expect(acknowledged, above(0), f"TCP: {what} acknowledgement of all {sent} bytes", id="tcp-acknowledged")
    in_the_clear(lab, at, tcp, "tcp")


def over_udp(lab, host, server, ends, at):
    """Two datagrams, and nothing else."""
    client = udp_echo_client(host, server)
    client.wait()
    printed(lab, client, "udp")
    asked, answered = lab.packets(at, udp(to=PORT)), lab.packets(at, udp(source=PORT))
    lab.expect(answered.payloads, equals(asked.payloads), "UDP: bytes of the datagrams that come back", id="udp-back")
    size = asked.payloads[0] if len(asked) else len(WORDS)
    both = f"client → UDP {size}\nserver → UDP {size}"
    lab.exchange(both, between=ends, port=PORT, at=at, what="UDP: the words, and the same words back", id="udp-frames")
    in_the_clear(lab, at, udp, "udp")


def printed(lab, client, protocol):
    """The client prints the words, and ends."""
    lab.expect(client.output, contains(WORDS).ideally(WORDS), f"{protocol.upper()}: what the client prints", id=f"{protocol}-printed", hint=client.state)


def in_the_clear(lab, at, protocol, name):
    """Who captures reads the words, on their way and back."""
    for end, way in ((dict(to=PORT), "to the server"), (dict(source=PORT), "back")):
        found = lab.packets(at, f'{protocol(**end)} && plain_text.words == "{WORDS}"')
        lab.expect(found, equals(1), f"{name.upper()}: packets with '{WORDS}' in plain text, {way}", id=f"{name}-in-the-clear")
