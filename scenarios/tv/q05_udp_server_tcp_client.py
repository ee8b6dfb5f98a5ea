"""A TCP client cannot reach a UDP server: port numbers of TCP and UDP are two separate sets.

IP hands each packet to the protocol that its header names; only then is a socket looked up by port. The SYN goes to TCP,
which has no socket on that port and answers RST; the UDP server never hears of it. So a TCP and a UDP server may have the
same port number at once, and each gets what is meant for it.
"""

from harness import equals, scenario, tcp, udp
from scenarios.tv.kit.netcat import PORT, refused
from topologies.single import Single


@scenario("tv.q05", question="nc as UDP server, nc as TCP client", topology=Single(), roles=["netcat"], seconds=3)
def udp_server_tcp_client(lab):
    with lab.step("A UDP server on h1, a TCP client on h2", id="refused"):
        udp_server = lab.h1.start("netcat", "-u", "-l", PORT).wait_listening(PORT, "udp")
        refused(lab, lab.h2.start("netcat", "-v", "-N", lab.h1, PORT, stdin=b"by TCP, to nobody\n"), lab.h1)
        waiting = [row.receive_queue for row in lab.h1.sockets("udp") if row.port == PORT]
        lab.expect(waiting, equals([0]), "nothing waits in the UDP server's socket")
        lab.expect(udp_server.output, equals(""), "the UDP server has received nothing")

    with lab.step("A TCP server beside it, on the same port number", id="both"):
        tcp_server = lab.h1.start("netcat", "-l", PORT).wait_listening(PORT)
        lab.h1.run("ss", "-lntu")
        both = [protocol for protocol in ("tcp", "udp") if lab.h1.listening(PORT, protocol)]
        lab.expect(both, equals(["tcp", "udp"]), "TCP and UDP have the same port bound at once")
        by_tcp = lab.h2.start("netcat", "-N", lab.h1, PORT, stdin=b"by TCP\n")
        by_udp = lab.h2.start("netcat", "-u", "-q", 0, lab.h1, PORT, stdin=b"by UDP\n")
        lab.expect(lab.wait(by_tcp, by_udp, deadline=10), equals([0, 0]), "now both clients end well")
        for server, protocol in ((tcp_server, "TCP"), (udp_server, "UDP")):
            server.wait_for_text(".")
            lab.show_output(server)
            lab.expect(server.output, equals(f"by {protocol}\n"), f"the {protocol} server gets what came by {protocol}")
        lab.expect(lab.packets(lab.h2, tcp("data", to=PORT)), equals(1), "one TCP segment with data")
        lab.expect(lab.packets(lab.h2, udp(to=PORT)), equals(1), "one UDP datagram")
