"""A TCP client before its server fails at once: its SYN is answered with RST, and connect says "Connection refused".

Not one byte of the message leaves: TCP must connect before it can send, and a connection needs a socket in state LISTEN. The
server's host has none, so its kernel resets. Nothing is kept for later either: when the server starts, the client has to be
started again.
"""

from harness import between, contains, ended, matches, scenario
from topologies.single import Single

PORT, RECEIPT = 12800, "Message received"


@scenario(
    "transport.2-3b",
    question="TCP: the client before the server",
    topology=Single(),
    roles=["tcp-server", "tcp-client"],
    seconds=5,
)
def tcp_client_first(lab):
    lab.step("The client comes, and nobody listens")
    client = lab.h2.start("tcp-client", host=lab.h1, port=PORT, stdin=b"hi\n")
    lab.wait_for_packet(lab.h2, "tcp.flags.reset == 1")
    lab.expect(client.wait(), between(1, 255).ideally(1), "the client's status")
    lab.show_output(client)
    lab.expect(client.output + client.errors, matches(r"\w{3}").ideally(contains("Connection refused")), "it says why")
    lab.expect(client.errors, matches(r"\w{3}"), "and says it on standard error, where no answers stand", should=True)
    lab.expect(RECEIPT in client.output, False, "an answer was printed")
    lab.expect_frames("tcp.refused", lab.h2, client=lab.h2, server=lab.h1, port=PORT, what="SYN and RST, and nothing else")

    lab.step("The server starts: nothing of the early client is left for it")
    server = lab.h1.start("tcp-server", port=PORT, mode="iterative").wait_listening(PORT)
    lab.expect_sockets(lab.h1.lsof(PORT), [dict(pid=server, state="LISTEN")], "the server has no connection")
    lab.expect(server.output, matches(r"(?s)\A(?!.*\bhi\b)"), "and no message")
    again = lab.h2.start("tcp-client", host=lab.h1, port=PORT)
    lab.expect(again.ask("hi", RECEIPT), contains(RECEIPT), "a client that comes now is served")
    lab.expect_frames("transport.message", lab.h2, client=lab.h2, server=lab.h1, port=PORT, connection=1)
    again.ask("end")
    lab.expect(again.wait(), ended, "and ends well")
