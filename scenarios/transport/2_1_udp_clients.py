"""A UDP server serves all its clients with one socket, at the same time and without fork.

There are no connections to accept. Every datagram brings its sender's address along (recvfrom), and the answer goes back there
(sendto); the next datagram may come from anybody. So no client has to wait for another one to finish, and the word "end" of one
ends nothing for the others.
"""

from harness import Peer, contains, ended, equals, interrupted, scenario
from topologies.single import Single

PORT, RECEIPT = 12800, "Message received"


@scenario(
    "transport.2-1",
    question="UDP: several clients of one server",
    topology=Single(4),
    roles=["udp-server", "udp-client"],
    seconds=5,
)
def udp_clients(lab):
    server = lab.h1.start("udp-server", port=PORT).wait_listening(PORT, "udp")

    lab.step("Four clients on three hosts speak by turns")
    clients = [host.start("udp-client", host=lab.h1, port=PORT) for host in (lab.h2, lab.h3, lab.h4, lab.h2)]
    for number in (1, 2):
        for name, client in enumerate(clients, 1):
            words = f"client {name}, message {number}"
            lab.expect(client.ask(words, RECEIPT), contains(RECEIPT), f"client {name} is answered, message {number}")
    server.wait_for_text("client 4, message 2")
    lab.show_output(server)
    for name in range(1, 5):
        lab.expect(server.output, contains(f"client {name}, message 2"), f"the server prints the words of client {name}")

    lab.step("One socket serves them all")
    requests, answers = (lab.packets(lab.h1, f"udp.{end}port == {PORT}") for end in ("dst", "src"))
    asked = [(packet.source, packet["udp.srcport"]) for packet in requests]
    lab.expect(len(set(asked)), equals(4), "different addresses and ports that datagrams come from", requests)
    answered = [(packet.destination, packet["udp.dstport"]) for packet in answers]
    lab.expect(answered, equals(asked), "each answer goes where its question came from", answers)
    lab.expect([packet["udp.length"] - 8 for packet in answers], equals([len(RECEIPT)] * 8), "bytes of the answers")
    sockets = lab.h1.netstat("-paunt").where(protocol=["udp", "udp6"])
    lab.expect_sockets(sockets, [dict(pid=server, local_port=PORT, foreign_port="*")], "h1 has one UDP socket, with no foreign end")
    lab.expect(server.children, equals([]), "child processes of the server")

    lab.step("Words that look like the one that ends a client, and the same word from two of them")
    for client, words in ((clients[1], "END"), (clients[1], "ending"), (clients[1], "again"), (clients[2], "again"), (clients[2], "again")):
        lab.expect(client.ask(words, RECEIPT), contains(RECEIPT), f"'{words}' is answered like any other message")
    lab.step("One client says 'end'; the others go on")
    lab.expect(clients[0].ask("end", RECEIPT), contains(RECEIPT), "'end' is answered")
    lab.expect(clients[0].wait(), ended, "that client ends")
    # One that ends with any client's 'end', as the sheet's does, answers the question too.
    with lab.step("The others go on", should=True):
        lab.expect(clients[1].ask("I stay", RECEIPT), contains(RECEIPT), "another client is still served")
        lab.expect(lab.packets(lab.h1, "icmp.type == 3"), equals(0), "no datagram is refused")
    with lab.step("Datagrams of all kinds", should=True):
        any_datagram(lab, server, clients[3])
    server.interrupt()
    lab.expect(server.wait(), interrupted, "the server ends at Ctrl+C")


def any_datagram(lab, server, client):
    """An empty one, one that is no text, one whose letters a receive of 50 bytes may cut."""
    printed = len(server.output.splitlines())
    peer = Peer(lab.h3, lab.h1, PORT, "udp")
    for data in (b"", b"caf\xe9 \xff", b"x" * 49 + "\u00e9\u00e9".encode(), b"\0\n\r\x1b", b"last"):
        peer.send(data)
        lab.expect(peer.receive(), equals(RECEIPT.encode()), f"the answer to a datagram of {len(data)} bytes, {data[:8]!r}")
    server.wait_for_text("last", stream="stdout")
    words = [line for line in server.output.splitlines()[printed:] if any(earlier in line for earlier in ("I stay", "again", "END", "ending"))]
    lab.expect(words, equals([]), "lines printed with words that nobody sent now")
    sent = len(lab.packets(lab.h2, f"udp.dstport == {PORT}"))
    lab.expect(client.ask("", RECEIPT), contains(RECEIPT), "the client sends an empty line as an empty datagram, and is answered")
    lab.expect(len(lab.packets(lab.h2, f"udp.dstport == {PORT}")) - sent, equals(1), "datagrams for it")
