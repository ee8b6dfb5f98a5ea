"""A TCP client before its server fails at once: its SYN is answered with RST, and connect says "Connection refused".

Not one byte of the message leaves: TCP must connect before it can send, and a connection needs a socket in state LISTEN. The
server's host has none, so its kernel resets. Nothing is kept for later either: when the server starts, the client has to be
started again.
"""

from harness import contains, ended, equals, failed, matches, scenario, tcp
from scenarios.transport.kit.messages import PORT, RECEIPT, first_message, tcp_client, tcp_server
from topologies.single import Single


@scenario("transport.2-3b", question="TCP: the client before the server", topology=Single(), roles=["tcp-server", "tcp-client"], seconds=5)
def tcp_client_first(lab):
    with lab.step("The client comes, and nobody listens", id="refused"):
        client = tcp_client(lab.h2, stdin=b"hi\n")
        lab.wait_for_packet(lab.h2, tcp("RST"))
        lab.expect(client.wait(), failed.ideally(1), "the client's status", id="status")
        lab.expect(client.output + client.errors, matches(r"\w{3}").ideally(contains("Connection refused")), "it says why")
        lab.expect(client.errors, matches(r"\w{3}"), "and says it on standard error, where no answers stand", should=True, id="stderr")
        lab.expect(RECEIPT in client.output, False, "an answer was printed")
        lab.expect_frames("tcp.refused", lab.h2, client=lab.h2, server=lab.h1, port=PORT, what="SYN and RST, and nothing else", id="frames")

    with lab.step("The server starts: nothing of the early client is left for it", id="server"):
        server = tcp_server(lab)
        # Those of all its processes, should it have several that accept.
        lab.expect({row.state for row in lab.h1.lsof(PORT).rows}, equals({"LISTEN"}), "states of the server's sockets: it has no connection", id="states")
        lab.expect(server.output, matches(r"(?s)\A(?!.*\bhi\b)"), "and no message")
    with lab.step("A client that comes now is served", id="again"):
        again = tcp_client(lab.h2)
        first_message(lab, again, at=lab.h2, connection=1)
        again.ask("end")
        lab.expect(again.wait(), ended, "it ends well")
