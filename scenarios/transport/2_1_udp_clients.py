"""A UDP server serves all its clients with one socket, at the same time and without fork.

There are no connections to accept. Every datagram brings its sender's address along (recvfrom), and the answer goes back there
(sendto); the next datagram may come from anybody. So no client has to wait for another one to finish, and the word "end" of one
ends nothing for the others.
"""

from harness import equals, scenario, udp
from scenarios.transport.kit import any_datagram
from scenarios.transport.kit.messages import PORT, RECEIPT, by_turns, receipt, says_end, udp_client, udp_server
from scenarios.transport.kit.tables import udp_sockets
from topologies.single import Single


@scenario("transport.2-1", question="UDP: several clients of one server", topology=Single(4), roles=["udp-server", "udp-client"], seconds=5)
def udp_clients(lab):
    with lab.step("Four clients on three hosts speak by turns", id="turns"):
        server, clients = udp_server(lab), [udp_client(host) for host in (lab.h2, lab.h3, lab.h4, lab.h2)]
        by_turns(lab, server, clients)

    with lab.step("One socket serves them all", id="socket"):
        requests, answers = lab.packets(lab.h1, udp(to=PORT)), lab.packets(lab.h1, udp(source=PORT))
        lab.expect(len(set(requests.sources)), equals(4), "different addresses and ports that datagrams come from", requests)
        lab.expect(answers.destinations, equals(requests.sources), "each answer goes where its question came from", answers, id="answers")
        lab.expect(answers.payloads, equals([len(RECEIPT)] * 8), "bytes of the answers")
        udp_sockets(lab, lab.h1, [dict(pid=server, local_port=PORT, foreign_port="*")], "one, with no foreign end")
        lab.expect(server.children, equals([]), "child processes of the server", id="children")

    with lab.step("Words that look like the one that ends a client, and the same word from two of them", id="words"):
        for client, words in ((1, "END"), (1, "ending"), (1, "again"), (2, "again"), (2, "again")):
            receipt(lab, clients[client], words)
        rests = [line for line in server.output.splitlines() if "again" in line and ", message" in line]
        lab.expect(rests, equals([]), "lines with a short message and the rest of a longer one that came before", id="rests")
    with lab.step("One client says 'end'", id="end"):
        says_end(lab, clients[0])
    # One that ends with any client's 'end', as the sheet's does, answers the question too.
    with lab.step("The others go on", id="others", should=True):
        receipt(lab, clients[1], "I stay")
        lab.expect(lab.packets(lab.h1, "icmp.type == 3"), equals(0), "no datagram is refused")
    any_datagram.of_all_kinds(lab, server, clients[3], ["I stay", "again", "END", "ending"])
    with lab.step("Ctrl+C", id="interrupt"):
        lab.expect_interrupted(server)
