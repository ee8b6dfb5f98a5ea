"""A UDP server serves any number of clients as it is; a TCP server has to be changed, or each client waits for the one before.

Every datagram brings its sender's address along, and its answer goes back there: there is nobody to accept, and nothing to end, so the
simplest loop serves all. A TCP server has a socket for each client. One that reads it until its end leaves the next client connected
and unanswered, its bytes acknowledged by the kernel; a process or a thread for each, select or epoll change that.
"""

from harness import equals, scenario, udp
from scenarios.services.kit.echo import PORT, echo_server, udp_echo_server
from scenarios.services.kit.peers import by_turns, one_after_the_other
from topologies.single import Single


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
            lab.expect(server.children, equals([]), "child processes", id="children")
            table = lab.h1.netstat("-paunt").where(local_port=PORT, protocol=["udp", "udp6"])
            lab.expect_sockets(table, [dict(pid=server, foreign_port="*")], "one UDP socket", id="socket")

    if lab.takes("echo-server", "mode"):
        with lab.step("Two clients of an iterative TCP server: the second waits for the end of the first", id="iterative"):
            server = echo_server(lab, mode="iterative")
            one_after_the_other(lab)
            server.stop()

    with lab.step("Four clients of a changed TCP server speak by turns", id="tcp"):
        by_turns(lab, "tcp", echo_server(lab, mode="async"))
