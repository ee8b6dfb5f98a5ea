"""With TCP the server comes first: a client before it is answered with a reset and gives up.

TCP must connect before it can send, and a connection needs a socket in state LISTEN at the other end. Without one the
kernel of h2 answers the SYN by itself with RST, and connect() fails at the client with "Connection refused".
"""

from harness import equals, scenario, tcp
from scenarios.tv.kit.netcat import HANDSHAKE, PORT, flags, refused
from topologies.single import Single


@scenario("tv.q03", question="TCP: server before or after the client?", topology=Single(), roles=["netcat"], seconds=3)
def server_first(lab):
    with lab.step("The client first: nobody listens on h2", id="client-first"):
        refused(lab, lab.h1.start("netcat", "-v", "-N", lab.h2, PORT, stdin=b"too early\n"), lab.h2)
        lab.expect(lab.packets(lab.h1, tcp("SYN")), equals(1), "one SYN left h1")

    with lab.step("The server first", id="server-first"):
        server = lab.h2.start("netcat", "-l", PORT).wait_listening(PORT)
        client = lab.h1.start("netcat", "-v", "-N", lab.h2, PORT, stdin=b"in time\n")
        lab.expect(lab.wait(client, server, deadline=10), equals([0, 0]), "client and server end well")
        lab.show_output(server)
        lab.expect(server.output, equals("in time\n"), "the server gets the late client's text, and nothing of the early one")
        lab.expect(flags(lab.packets(lab.h1, "tcp.stream == 1")), equals(HANDSHAKE), "now the SYN is accepted")
        lab.expect(lab.packets(lab.h1, tcp("RST")), equals(1), "there is no other RST")
