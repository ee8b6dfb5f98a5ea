"""The echo server has its port as argument, and a second client waits, connected, until the first has left.

The server accepts one client and comes back to accept when that one has left. Meanwhile the kernel makes the next connection
complete, keeps its data, and lets both wait in the backlog: netstat shows the connection, and that no process has it. All of
them have the server's port at this end; the client's address and port tell them apart.
"""

from harness import above, equals, scenario
from topologies.single import Single

PORT, OTHER_PORT = 1234, 4269
LINE = "Is anybody there?"


@scenario(
    "echo.queue",
    question="What happens to a second client? Take the port as an argument",
    topology=Single(3),
    roles=["echo-server", "netcat"],
    seconds=7,
)
def echo_queue(lab):
    lab.step("The server listens on the port it is given")
    for port in (OTHER_PORT, PORT):
        server = lab.h1.start("echo-server", port=port).wait_listening(port)
    lab.expect([lab.h1.listening(port) for port in (OTHER_PORT, PORT)], equals([True, True]), f"{OTHER_PORT} and {PORT}")

    lab.step("A second client comes while the first is being served")
    first = lab.h2.start("netcat", "-N", lab.h1, PORT, terminal=True)
    lab.expect(first.ask("Hello, server"), equals("Hello, server"), "the first client's line comes back")
    second = lab.h3.start("netcat", "-N", lab.h1, PORT, terminal=True)
    second.type(LINE + "\n")
    waits = f"ip.dst == {lab.h3} && tcp.srcport == {PORT}"
    lab.wait_for_packet(lab.h1, f"{waits} && tcp.ack == {len(LINE) + 2}")  # 1 for the SYN, 1 for the end of the line
    connections = lab.h1.netstat("-paunt").where(local_port=PORT)
    ends = dict(protocol=["tcp", "tcp6"], local_port=PORT)
    lab.expect_sockets(
        connections,
        [
            dict(ends, state="LISTEN", pid=server),
            dict(ends, state="ESTABLISHED", pid=server, foreign=lab.h2),
            dict(ends, state="ESTABLISHED", pid=None, foreign=lab.h3, receive_queue=len(LINE) + 1),
        ],
        "both are connected; the second belongs to no process yet, and its line waits",
    )
    lab.expect(first.ask("I am still here"), equals("I am still here"), "the first client is served")
    lab.expect(lab.packets(lab.h1, f"{waits} && tcp.len > 0"), equals(0), "nothing comes back to the second", whatever_lag=True)

    lab.step("The first client leaves (Ctrl+D), and the second is served at last")
    first.end_input()
    lab.expect(first.wait(), equals(0), "the first client ends")
    lab.until(lambda: second.output, "the second client's echo")
    second.show()
    lab.expect(second.output, equals(LINE + "\n"), "the second client's line comes back")
    left = lab.packets(lab.h1, f"ip.src == {lab.h2} && tcp.flags.fin == 1")
    served = lab.packets(lab.h1, f"{waits} && tcp.len > 0")
    lab.expect(served[0].time - left[0].time, above(0, "s"), "from the first client's FIN to the second one's echo", served)
    second.end_input()
    lab.expect(second.wait(), equals(0), "the second client ends")
    lab.show_output(server)
