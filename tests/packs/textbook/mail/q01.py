"""The server says hello to whoever connects.

This paragraph answers the question; the report prints it beside the evidence.
"""

from harness import contains, equals, scenario
from topologies.single import Single

PORT = 1234


@scenario("mail.q01", question="What does the server say?", topology=Single(), roles=["mail-server", "netcat"], seconds=2)
def server_says_hello(lab):
    lab.step("A client connects, and says nothing")
    server = lab.h1.start("mail-server", port=PORT).wait_listening(PORT)
    client = lab.h2.start("netcat", "-N", lab.h1, PORT, stdin=b"")
    lab.expect(client.wait(), equals(0), "the client ends well")
    lab.expect(client.output, contains("hello"), "what the client reads")
    lab.expect(lab.packets(lab.h2, f"tcp.srcport == {PORT} && tcp.len > 0"), equals(1), "segments with data from the server")
    lab.expect(server.running, equals(True), "the server goes on")
