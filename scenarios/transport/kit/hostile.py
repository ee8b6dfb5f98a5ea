"""Text that is none, for servers and clients to bear."""

import pathlib

from harness import contains, dangers, equals, udp
from scenarios.transport.kit.messages import PORT, RECEIPT, receipt, tcp_client, tcp_server, udp_client, udp_server

TEXTS = {
    "a window's title, a cleared screen, a line moved up": b"\x1b]0;owned\x07\x1b[2J\x1b[1A\rpassword:\x08\x9b31m\x1bc",
    "invalid UTF-8, a null byte, C1 controls": b"caf\xe9 \xff\xfe\x00\xc0\xaf \xed\xa0\x80 \xc2\x9b2J \xf5\x80\x80\x80 still here",
    "a mebibyte without a line end": b"x" * (1 << 20),
}


def of_a_tcp_server(lab, mode):
    """Clients send all the texts to a server that serves in this mode."""
    server = tcp_server(lab, mode)
    for name, text in TEXTS.items():
        client = lab.h2.start("netcat", "-N", lab.h1, PORT, stdin=text)
        came = {"nc's status": client.wait(20), "receipts": min(1, client.output.count(RECEIPT))}
        what = f"{mode}: a client sends {name}, and is answered"
        lab.expect(came, equals({"nc's status": 0, "receipts": 1}), what, id="answered", hint=server.state)
    client = tcp_client(lab.h2)
    receipt(lab, client, "Good morning")
    lab.expect((client.ask("end") and client.wait()), equals(0), f"{mode}: the next client ends well")
    _is_shown(lab, server)


def of_a_udp_server(lab):
    """The same as datagrams."""
    server = udp_server(lab)

    def unanswered():
        return len(lab.packets(lab.h1, udp(to=PORT))) - len(lab.packets(lab.h1, udp(source=PORT)))

    for name, text in TEXTS.items():
        lab.h2.start("udp-sender", host=lab.h1, port=PORT, socket="SENDTO", stdin=text[:60000]).wait()
        lab.expect_soon(unanswered, equals(0), f"{name}: datagrams that are not answered", id="unanswered")
    receipt(lab, udp_client(lab.h2), "Good morning")
    _is_shown(lab, server)


def _is_shown(lab, server):
    """What arrived is printed as text, and the server ends in order."""
    lab.expect(dangers(server), equals([]), f"bytes in the output of {server} that could move a terminal", id="dangers")
    lab.expect(server.output, contains("still here"), f"what can be shown is shown by {server}")
    lab.expect_interrupted(server)


def of_a_client(lab, protocol):
    """A server waits for the 2 bytes 'hi', answers with the texts, and stays until the client ends."""
    text = pathlib.Path("/tmp/hostile")
    text.write_bytes(b"".join(list(TEXTS.values())[:2]))
    answers = f"SYSTEM:head -c 2 > /dev/null; cat {text}; cat > /dev/null"
    server = lab.h1.start_command("socat", f"{protocol.upper()}4-LISTEN:{PORT},reuseaddr", answers).wait_listening(PORT, protocol)
    client = {"tcp": tcp_client, "udp": udp_client}[protocol](lab.h2)
    lab.expect(client.ask("hi", "still here"), contains("still here"), f"what can be shown of the answer is shown by {client}")
    lab.expect(dangers(client), equals([]), f"bytes in the output of {client} that could move a terminal", id="dangers")
    client.end_input()
    lab.expect(client.wait(), equals(0), f"{client} ends well")
    server.stop()
