"""A TCP client cannot reach a UDP server: port numbers of TCP and UDP are two separate sets.

IP hands each packet to the protocol that its header names; only then is a socket looked up by port. The SYN goes to TCP,
which has no socket on that port and answers RST; the UDP server never hears of it. So a TCP and a UDP server may have the
same port number at once, and each gets what is meant for it.
"""

from harness import above, contains, equals, scenario
from topologies.single import Single

PORT = 1234


@scenario("tv.q05", question="nc as UDP server, nc as TCP client", topology=Single(), roles=["netcat"], seconds=3)
def udp_server_tcp_client(lab):
    lab.step("A UDP server on h1, a TCP client on h2")
    udp_server = lab.h1.start("netcat", "-u", "-l", PORT).wait_listening(PORT, "udp")
    client = lab.h2.start("netcat", "-v", "-N", lab.h1, PORT, stdin=b"by TCP, to nobody\n")
    lab.expect(client.wait(), above(0), "the TCP client fails")
    lab.show_output(client)
    lab.expect(client.errors, contains("Connection refused"), "it reports the refusal")
    lab.expect(lab.packets(lab.h2, f"ip.src == {lab.h1} && tcp.flags.reset == 1"), equals(1), "h1 answers the SYN with RST")
    waiting = [row.receive_queue for row in lab.h1.sockets("udp") if row.port == PORT]
    lab.expect(waiting, equals([0]), "nothing waits in the UDP server's socket")
    lab.expect(udp_server.output, equals(""), "the UDP server has received nothing")

    lab.step("A TCP server beside it, on the same port number")
    tcp_server = lab.h1.start("netcat", "-l", PORT).wait_listening(PORT)
    lab.h1.run("ss", "-lntu")
    both = [protocol for protocol in ("tcp", "udp") if lab.h1.listening(PORT, protocol)]
    lab.expect(both, equals(["tcp", "udp"]), "TCP and UDP have the same port bound at once")
    by_tcp = lab.h2.start("netcat", "-N", lab.h1, PORT, stdin=b"by TCP\n")
    by_udp = lab.h2.start("netcat", "-u", "-q", 0, lab.h1, PORT, stdin=b"by UDP\n")
    lab.expect(lab.wait(by_tcp, by_udp, deadline=10), equals([0, 0]), "now both clients end well")
    tcp_server.wait_for_text(".")
    udp_server.wait_for_text(".")
    lab.show_output(tcp_server)
    lab.show_output(udp_server)
    lab.expect(tcp_server.output, equals("by TCP\n"), "the TCP server gets what came by TCP")
    lab.expect(udp_server.output, equals("by UDP\n"), "the UDP server gets what came by UDP")
    lab.expect(lab.packets(lab.h2, f"tcp.dstport == {PORT} && tcp.len > 0"), equals(1), "one TCP segment with data")
    lab.expect(lab.packets(lab.h2, f"udp.dstport == {PORT}"), equals(1), "one UDP datagram")
