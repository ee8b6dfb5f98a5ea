"""An iterative echo server serves one client after another, while the kernel already connects the next one.

The server loops over accept, and over recv and send until recv gives nothing; then it closes and accepts again. Whoever
comes meanwhile is not refused: the handshake is the kernel's work, so the connection is established, its first data are even
acknowledged, and both wait in the backlog of the listening socket until the server comes back to accept.
"""

import pathlib
import random

from harness import Peer, above, equals, scenario
from topologies.single import Single

PORT, OTHER_PORT = 1234, 2345
BINARY = 1 << 20  # bytes


@scenario(
    "tv.q15-17",
    question="Write an iterative TCP echo server that takes its port as argument, and try it with nc",
    topology=Single(3),
    roles=["echo-server", "netcat"],
    seconds=5,
    snaplen=256,
)
def echo_iterative(lab):
    lab.step("The server listens on the port it is given")
    for port in (OTHER_PORT, PORT):
        server = lab.h1.start("echo-server", port=port, mode="iterative").wait_listening(port)

    lab.step("A line, and a single byte (Ctrl+D in the middle of a line sends what was typed so far)")
    first = lab.h2.start("netcat", lab.h1, PORT, terminal=True)
    lab.expect(first.ask("Hello, server"), equals("Hello, server"), "a line comes back")
    first.type("x")
    first.end_input()
    lab.expect_soon(lambda: first.output, equals("Hello, server\nx"), "a single byte comes back")
    lab.expect(lab.packets(lab.h1, f"tcp.srcport == {PORT} && tcp.len == 1"), equals(1), "in a segment of one byte")

    lab.step("A second client comes while the first is being served")
    second = lab.h3.start("netcat", "-N", lab.h1, PORT, terminal=True)
    second.type("Is anybody there?\n")
    answers = f"ip.dst == {lab.h3} && tcp.srcport == {PORT}"
    lab.wait_for_packet(lab.h1, f"{answers} && tcp.ack == 19")  # 1 for the SYN, 18 for the line
    lab.expect(lab.packets(lab.h1, f"ip.src == {lab.h3} && tcp.flags.syn == 1"), equals(1), "h3 sends SYN")
    lab.expect(lab.packets(lab.h1, f"{answers} && tcp.flags.syn == 1"), equals(1), "h1's kernel answers SYN-ACK")
    lab.expect(lab.packets(lab.h1, f"{answers} && tcp.ack == 19"), above(0), "and acknowledges the 18 bytes of the line")
    lab.expect(lab.packets(lab.h1, f"{answers} && tcp.len > 0"), equals(0), "but nobody echoes them", whatever_lag=True)
    lab.h1.run("ss", "-tln", f"sport = :{PORT}")
    waiting = [socket.receive_queue for socket in lab.h1.sockets("tcp") if (socket.port, socket.state) == (PORT, "LISTEN")]
    lab.expect(waiting, equals([1]), "one connection waits in the backlog for accept")
    lab.expect(first.ask("I am still here"), equals("I am still here"), "the first client is still served")
    lab.expect(second.output, equals(""), "the second is not", whatever_lag=True)

    lab.step("The first client leaves (Ctrl+C), and the second is served at last")
    first.interrupt()
    second.wait_for_text("Is anybody there")
    second.show()
    left = lab.packets(lab.h1, f"ip.src == {lab.h2} && tcp.flags.fin == 1")[0].time
    served = lab.packets(lab.h1, f"ip.dst == {lab.h3} && tcp.len > 0")
    connected = lab.packets(lab.h1, f"ip.dst == {lab.h3} && tcp.flags.syn == 1")
    lab.expect(left - connected[0].time, above(0, "s"), "from the second client's SYN-ACK to the first one's FIN", connected)
    lab.expect(served[0].time - left, above(0, "s"), "from the first client's FIN to the second one's first echo", served)
    second.end_input()
    lab.expect(second.wait(), equals(0), "the second client ends its side (Ctrl+D), and the server closes")

    lab.step("1 MiB of any bytes")
    file, back = pathlib.Path("/tmp/binary"), pathlib.Path("/tmp/back")
    file.write_bytes(random.Random(lab.seed).randbytes(BINARY))
    lab.h2.start("netcat", "-N", lab.h1, PORT, stdin=file, stdout=back).wait(20)
    lab.expect(back.stat().st_size, equals(BINARY), "bytes that come back of 1 MiB")
    same, whole = back.read_bytes() == file.read_bytes(), back.stat().st_size == BINARY
    lab.expect(same, True, "and each is the same", whatever_lag=whole)
    lab.show_output(server)

    with lab.step("Whatever a client says, and however it leaves", should=True):
        any_client(lab)


def any_client(lab):
    """Words that mean something elsewhere, all bytes, a client that thinks for three seconds, and clients that break off."""
    peer = Peer(lab.h2, lab.h1, PORT)
    for data in (b"end\n", b"quit\n", b"bye\n", b"\n", b"a\r\n", b"\0middle\0", bytes(range(256)), "é".encode()[:1], "é".encode()[1:]):
        peer.send(data)
        lab.expect(peer.receive(len(data)), equals(data), f"what comes back of {data[:12]!r}")
    peer.send(b"one")
    peer.send(b"two")
    lab.expect(peer.receive(6), equals(b"onetwo"), "what comes back of two sends that may arrive as one")
    lab.expect((peer.receive(seconds=3.2), peer.ended), equals((b"", "")), "what comes while the client thinks for three seconds")
    peer.send(b"and on")
    lab.expect(peer.receive(6), equals(b"and on"), "what comes back of the word after them")
    much = bytes(range(256)) * 2048
    peer.send(much)
    lab.expect(peer.receive(len(much), seconds=10) == much, True, "half a mebibyte comes back whole to a client that sends it all, and reads then")
    peer.close()
    for number in range(12):
        broken = Peer(lab.h2, lab.h1, PORT)
        broken.send(b"x" * (500 if number % 2 else 100_000))
        if number % 2:
            broken.receive(500)
            broken.reset()
        else:
            broken.close()
    last = Peer(lab.h2, lab.h1, PORT)
    last.send(b"still there?")
    lab.expect(last.receive(12), equals(b"still there?"), "what comes back after twelve clients that broke off in the middle")
    last.close()
