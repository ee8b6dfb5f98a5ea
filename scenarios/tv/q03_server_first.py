"""With TCP the server comes first: a client before it is answered with a reset and gives up.

TCP must connect before it can send, and a connection needs a socket in state LISTEN at the other end. Without one the
kernel of h2 answers the SYN by itself with RST, and connect() fails at the client with "Connection refused".
"""

from harness import above, contains, equals, scenario
from topologies.single import Single

PORT = 1234


@scenario("tv.q03", question="TCP: server before or after the client?", topology=Single(), roles=["netcat"], seconds=3)
def server_first(lab):
    lab.step("The client first: nobody listens on h2")
    early = lab.h1.start("netcat", "-v", "-N", lab.h2, PORT, stdin=b"too early\n")
    lab.expect(early.wait(), above(0), "the early client fails")
    lab.show_output(early)
    lab.expect(early.errors, contains("Connection refused"), "it reports the refusal")
    lab.expect(lab.packets(lab.h1, "tcp.flags.syn == 1"), equals(1), "one SYN left h1")
    answer = lab.packets(lab.h1, f"ip.src == {lab.h2} && tcp.flags.reset == 1 && tcp.ack == 1")
    lab.expect(answer, equals(1), "h2 answers the SYN with RST")

    lab.step("The server first")
    server = lab.h2.start("netcat", "-l", PORT).wait_listening(PORT)
    client = lab.h1.start("netcat", "-v", "-N", lab.h2, PORT, stdin=b"in time\n")
    lab.expect(lab.wait(client, server, deadline=10), equals([0, 0]), "client and server end well")
    lab.show_output(server)
    lab.expect(server.output, equals("in time\n"), "the server gets the late client's text, and nothing of the early one")
    flags = [packet.flags for packet in lab.packets(lab.h1, "tcp.stream == 1")][:3]
    lab.expect(flags, equals(["SYN", "SYN, ACK", "ACK"]), "now the SYN is accepted")
    lab.expect(lab.packets(lab.h1, "tcp.flags.reset == 1"), equals(1), "there is no other RST")
