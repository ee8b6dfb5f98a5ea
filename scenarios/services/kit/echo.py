"""Echo over TCP and UDP: servers on h1, and clients that send some words."""

import pathlib
import re
import sys

from harness import above, contains, equals, tcp, udp

PORT, WORDS = 1234, "hola mundo"
CHANGING, CHANGED = 1235, WORDS.swapcase()
"""Port of a server that changes letters, and what comes back from there."""
AGENT = pathlib.Path(__file__).parent.parent / "agents" / "echo_changed.py"
START = 20  # s; a virtual machine on a busy host begins late


def echo_server(lab, **options):
    """A TCP server on h1 that listens."""
    return lab.h1.start("echo-server", port=PORT, **options).wait_listening(PORT, deadline=START)


def udp_echo_server(lab, **options):
    """A UDP server on h1 whose port is bound."""
    return lab.h1.start("udp-echo-server", port=PORT, **options).wait_listening(PORT, "udp", START)


def echo_client(host, server, role="echo-client", port=PORT):
    """A client that has the words as argument, and as a line of its input, if that is what it reads; it has ended."""
    client = host.start(role, host=server, port=port, data=WORDS, stdin=f"{WORDS}\n".encode())
    client.wait()
    return client


def over_tcp(lab, host, server, ends, at):
    """A connection, acknowledged and ended. ends: both ends, as a capture at that interface has them. Gives the client."""
    client = echo_client(host, server)
    printed(lab, client, "tcp")
    for end in (dict(to=PORT), dict(source=PORT)):
        lab.wait_for_packet(at, tcp("FIN", **end))
    handshake = "client → SYN\nserver → SYN, ACK\nclient → ACK\n…"
    lab.exchange(handshake, between=ends, port=PORT, at=at, what="TCP: three-way handshake, before the first byte", id="tcp-handshake")
    sent, back = (carried(lab.packets(at, tcp("FIN", **end))) for end in (dict(to=PORT), dict(source=PORT)))
    lab.expect(back, equals(sent), "TCP: bytes that come back, of as many as were sent", id="tcp-back")
    for end, what in ((dict(source=PORT), "the server's"), (dict(to=PORT), "the client's")):
        acknowledged = lab.packets(at, f"{tcp('ACK', **end)} && tcp.ack >= {sent + 1}")
        lab.expect(acknowledged, above(0), f"TCP: {what} acknowledgement of all {sent} bytes", id="tcp-acknowledged")
    in_the_clear(lab, at, tcp, "tcp")
    return client


def carried(ends):
    """Bytes that a direction of a connection has carried, by its FIN: of what was sent again, each once."""
    return max(int(end["tcp.seq"]) + int(end["tcp.len"]) - 1 for end in ends)


def over_udp(lab, host, server, ends, at):
    """Two datagrams, and nothing else. Gives the client."""
    client = echo_client(host, server, "udp-echo-client")
    printed(lab, client, "udp")
    asked, answered = lab.packets(at, udp(to=PORT)), lab.packets(at, udp(source=PORT))
    lab.expect(answered.payloads, equals(asked.payloads), "UDP: bytes of the datagrams that come back", id="udp-back")
    size = asked.payloads[0] if len(asked) else len(WORDS)
    both = f"client → UDP {size}\nserver → UDP {size}"
    lab.exchange(both, between=ends, port=PORT, at=at, what="UDP: the words, and the same words back", id="udp-frames")
    in_the_clear(lab, at, udp, "udp")
    return client


def printed(lab, client, protocol):
    """The client prints the words, and ends."""
    lab.expect(client.output, contains(WORDS).ideally(WORDS), f"{protocol.upper()}: what the client prints", id=f"{protocol}-printed", hint=client.state)


def in_the_clear(lab, at, protocol, name):
    """Who captures reads the words, on their way and back."""
    for end, way in ((dict(to=PORT), "to the server"), (dict(source=PORT), "back")):
        found = lab.packets(at, f'{protocol(**end)} && plain_text.words == "{WORDS}"')
        lab.expect(found, equals(1), f"{name.upper()}: packets with '{WORDS}' in plain text, {way}", id=f"{name}-in-the-clear")


def heard(lab, honest):
    """Asks a server that changes letters. honest: role → what its client was when the words came back as they were. Who tells the same in both
    cases has not looked at what came; who calls it wrong, by words or status, has."""
    server = lab.h1.start_command(sys.executable, AGENT, CHANGING, name="changes-letters")
    server.wait_for_text("ready", stream="stdout", deadline=START)
    for role, before in honest.items():
        if WORDS not in before.output:  # told already, and it may be the server's fault
            continue
        client = echo_client(lab.h2, lab.h1, role, CHANGING)
        differs = said(client) != said(before)
        lab.expect(differs, equals(True), f"{role}: whether it tells anything else when '{CHANGED}' comes back", id=role, hint=client.state)
    server.stop()


def said(client):
    """All that it has told, but for numbers, which differ anyhow: ports, times."""
    return re.sub(r"\d+", "", client.output + client.errors), client.status
