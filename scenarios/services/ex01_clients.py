"""A UDP server serves any number of clients as it is; a TCP server has to be changed, or each client waits for the one before.

Every datagram brings its sender's address along, and its answer goes back there: there is nobody to accept, and nothing to end, so the
simplest loop serves all. A TCP server has a socket for each client. One that reads it until its end leaves the next client connected
and unanswered, its bytes acknowledged by the kernel; a process or a thread for each, select or epoll change that.
"""

from harness import Peer, equals, scenario, tcp, udp
from scenarios.services.kit.echo import PORT, as_it_is, echo_server, udp_echo_server
from scenarios.services.kit.peers import by_turns
from topologies.single import Single

WAITING = b"Is anybody there?"


@scenario(
    "services.ex01-clients", question="Several clients at once: does a server over UDP behave as one over TCP?", topology=Single(4),
    roles=["echo-server", "udp-echo-server"], captures=["h1-eth0"], seconds=6,
)  # fmt: skip
def echo_clients(lab):
    with lab.step("Four clients of a UDP server speak by turns", id="udp"):
        server = udp_echo_server(lab)
        by_turns(lab, "udp", server)
        came, back = lab.packets(lab.h1, udp(to=PORT)), lab.packets(lab.h1, udp(source=PORT))
        lab.expect(back.destinations, equals(came.sources), "each answer goes where its question came from", back, id="back")
        with lab.step("One process and one socket do it", id="as-it-is", should=True):
            as_it_is(lab, server)
    if lab.takes("echo-server", "mode"):
        with lab.step("Two clients of an iterative TCP server: the second waits for the end of the first", id="iterative"):
            server = echo_server(lab, mode="iterative")
            first, second = (Peer(host, lab.h1, PORT) for host in (lab.h2, lab.h3))
            first.send(b"I am the first")
            lab.expect(first.receive(14), equals(b"I am the first"), "what the first client gets", id="first")
            second.send(WAITING)
            lab.wait_for_packet(lab.h1, tcp(source=PORT, to=lab.h3, acknowledges=len(WAITING)))
            first.send(b"still here")
            lab.expect(first.receive(10), equals(b"still here"), "what the first client gets while the second waits", id="stays")
            answers = lab.packets(lab.h1, tcp("data", source=PORT, to=lab.h3))
            lab.expect(answers, equals(0), "answers to the second while the first stays", whatever_lag=True, id="answers")
            first.close()
            lab.expect(second.receive(len(WAITING)), equals(WAITING), "what the second gets when the first has left", id="next")
            second.close()
            server.stop()
    with lab.step("Four clients of a changed TCP server speak by turns", id="tcp"):
        by_turns(lab, "tcp", echo_server(lab, mode="async"))
