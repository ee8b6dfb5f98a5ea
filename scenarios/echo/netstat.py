"""netstat shows who listens where; two servers may run on two ports, but not on the same one.

-p asks for the program, -a for listening sockets too, -u and -n and -t for UDP, numbers and TCP. A listening socket has the
state LISTEN, and no other end. A port of an address belongs to one listening socket at a time: bind or listen fails with
EADDRINUSE for the second server, which says so and ends, and the first does not notice.
"""

from harness import above, contains, equals, matches, read_process, scenario
from topologies.single import Single

PORT, OTHER_PORT = 1234, 4269
COLUMNS = "Proto, Recv-Q, Send-Q, Local Address, Foreign Address, State, PID/Program name"


def listening(server, port):
    """The line of netstat for a server that listens on a port and has no client."""
    return dict(
        protocol=["tcp", "tcp6"], local_port=port, foreign_port="*", state="LISTEN", pid=server,
        program=read_process(server.pid).name, receive_queue=0,
    )  # fmt: skip


def once(table):
    """The lines of a table, those of one program and port once: it may have a socket for IPv4 and one for IPv6."""
    return list({(row.pid, row.local_port, row.state): row for row in table}.values())


@scenario(
    "echo.netstat",
    question="Find the server with netstat -paunt. Can two servers run at once?",
    topology=Single(),
    roles=["echo-server", "netcat"],
    load=0.5,
    seconds=4,
)
def echo_netstat(lab):
    lab.step("One server")
    server = lab.h1.start("echo-server", port=PORT, terminal=True).wait_listening(PORT)
    table = lab.h1.netstat("-paunt")
    lab.expect(", ".join(table.columns), equals(COLUMNS), "the columns of netstat -paunt")
    lab.expect_sockets(once(table), [listening(server, PORT)], "one line: the server listens")

    lab.step("Two servers on two ports")
    other = lab.h1.start("echo-server", port=OTHER_PORT, terminal=True).wait_listening(OTHER_PORT)
    both = [listening(server, PORT), listening(other, OTHER_PORT)]
    lab.expect_sockets(once(lab.h1.netstat("-paunt")), both, "two lines: each with its port and its process")
    for port in (PORT, OTHER_PORT):
        client = lab.h2.start("netcat", "-N", lab.h1, port, terminal=True)
        lab.expect(client.ask(f"to port {port}"), equals(f"to port {port}"), f"the server on port {port} answers")
        client.end_input()
        client.wait()

    lab.step("A third server, on a port that is taken")
    third = lab.h1.start("echo-server", port=PORT, terminal=True)
    lab.expect(third.wait(), above(0), "the third server's exit status")
    third.show()
    said = third.output + third.errors
    lab.expect(said, matches(r"\w{3}").ideally(contains("Address already in use")), "it says why (EADDRINUSE)")
    lab.expect(said, contains(str(PORT)), "and where", should=True)
    listeners = once(lab.h1.netstat("-paunt").where(state="LISTEN"))
    lab.expect_sockets(listeners, both, "the first two still listen, and nobody else")
    client = lab.h2.start("netcat", lab.h1, PORT, terminal=True)
    lab.expect(client.ask("still there?"), equals("still there?"), "and the first answers")
