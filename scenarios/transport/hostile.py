"""Hostile text harms neither a terminal nor a server: what arrives is printed escaped, and the next client is served.

Bytes from the network can be anything. Printed as they come, an escape sequence renames the window, clears the screen or makes
a past line say something else; a decoder that expects UTF-8 dies of the first wrong byte; a reader that waits for a line's end
fills the memory. The programs of this lab print what they receive with every such byte as its number, and receive with a
bound, so a mebibyte without a line end is just many messages.
"""

import pathlib

from harness import contains, dangers, equals, interrupted, scenario
from topologies.single import Single

PORT, RECEIPT = 12800, "Message received"
TEXTS = {
    "a window's title, a cleared screen, a line moved up": b"\x1b]0;owned\x07\x1b[2J\x1b[1A\rpassword:\x08\x9b31m\x1bc",
    "invalid UTF-8, a null byte, C1 controls": b"caf\xe9 \xff\xfe\x00\xc0\xaf \xed\xa0\x80 \xc2\x9b2J \xf5\x80\x80\x80 still here",
    "a mebibyte without a line end": b"x" * (1 << 20),
}


def survives(lab, server, name):
    lab.show_output(server)
    lab.expect(dangers(server), equals([]), f"{name}: bytes in the server's output that could move a terminal")
    lab.expect(server.output, contains("still here"), f"{name}: what can be shown is shown")
    server.interrupt()
    lab.expect(server.wait(), interrupted, f"{name}: the server ends at Ctrl+C")


@scenario(
    "transport.hostile",
    question="What if a client or a server sends bytes that are no text?",
    topology=Single(),
    roles=["tcp-server", "tcp-client", "udp-server", "udp-client", "netcat", "udp-sender"],
    captures=["h1-eth0"],
    snaplen=256,
    load=0.45,
    seconds=9,
)
def hostile(lab):
    # No sheet asks for any of this.
    modes = ("iterative", "fork", "select", "epoll") if lab.takes("tcp-server", "mode") else ("of one kind",)
    for mode in modes:
        with lab.step(f"Hostile clients of a TCP server, {mode}", should=True):
            tcp_server(lab, mode)
    with lab.step("The same to a UDP server", should=True):
        udp_server(lab)
    with lab.step("Hostile servers: they wait for the 2 bytes 'hi', answer with such text, and stay until the client ends", should=True):
        clients(lab)


def tcp_server(lab, mode):
    server = lab.h1.start("tcp-server", port=PORT, mode=mode).wait_listening(PORT)
    for name, text in TEXTS.items():
        client = lab.h2.start("netcat", "-N", lab.h1, PORT, stdin=text)
        lab.expect((client.wait(20), RECEIPT in client.output), equals((0, True)), f"{mode}: {name}: received and answered")
    client = lab.h2.start("tcp-client", host=lab.h1, port=PORT)
    lab.expect(client.ask("Good morning", RECEIPT), contains(RECEIPT), f"{mode}: the next client is served")
    lab.expect((client.ask("end") and client.wait()), equals(0), f"{mode}: and ends well")
    survives(lab, server, mode)


def udp_server(lab):
    server = lab.h1.start("udp-server", port=PORT).wait_listening(PORT, "udp")

    def unanswered():
        questions, answers = (lab.packets(lab.h1, f"udp.{end}port == {PORT} && !icmp") for end in ("dst", "src"))
        return len(questions) - len(answers)

    for name, text in TEXTS.items():
        lab.h2.start("udp-sender", host=lab.h1, port=PORT, socket="SENDTO", stdin=text[:60000]).wait()
        lab.expect_soon(unanswered, equals(0), f"UDP: {name}: datagrams that are not answered")
    client = lab.h2.start("udp-client", host=lab.h1, port=PORT)
    lab.expect(client.ask("Good morning", RECEIPT), contains(RECEIPT), "UDP: the next client is served")
    survives(lab, server, "UDP")


def clients(lab):
    text = pathlib.Path("/tmp/hostile")
    text.write_bytes(b"".join(list(TEXTS.values())[:2]))
    for protocol in ("tcp", "udp"):
        role, answers = f"{protocol}-client", f"SYSTEM:head -c 2 > /dev/null; cat {text}; cat > /dev/null"
        server = lab.h1.start_command("socat", f"{protocol.upper()}4-LISTEN:{PORT},reuseaddr", answers).wait_listening(PORT, protocol)
        client = lab.h2.start(role, host=lab.h1, port=PORT)
        lab.expect(client.ask("hi", "still here"), contains("still here"), f"{role}: what can be shown of the answer is shown")
        lab.expect(dangers(client), equals([]), f"{role}: bytes in its output that could move a terminal")
        client.end_input()
        lab.expect(client.wait(), equals(0), f"{role}: ends well")
        server.stop()
