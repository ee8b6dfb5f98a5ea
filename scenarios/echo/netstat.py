"""netstat shows who listens where; two servers may run on two ports, but not on the same one.

-p asks for the program, -a for listening sockets too, -u and -n and -t for UDP, numbers and TCP. A listening socket has the
state LISTEN, and no other end. A port of an address belongs to one listening socket at a time: bind or listen fails with
EADDRINUSE for the second server, which says so and ends, and the first does not notice.
"""

from harness import above, contains, equals, matches, scenario
from scenarios.echo.kit.tables import COLUMNS, listening, once
from scenarios.echo.kit.talk import OTHER_PORT, PORT, echoed, nc, serve
from topologies.single import Single


@scenario(
    "echo.netstat", question="Find the server with netstat -paunt. Can two servers run at once?", topology=Single(),
    roles=["echo-server", "netcat"], load=0.5, seconds=4,
)  # fmt: skip
def echo_netstat(lab):
    with lab.step("One server", id="one"):
        server = serve(lab, terminal=True)
        table = lab.h1.netstat("-paunt")
        lab.expect(", ".join(table.columns), equals(COLUMNS), "the columns of netstat -paunt")
        lab.expect_sockets(once(table), [listening(server, PORT)], "one line: the server listens", id="line")

    with lab.step("Two servers on two ports", id="two"):
        both = [listening(server, PORT), listening(serve(lab, OTHER_PORT, terminal=True), OTHER_PORT)]
        lab.expect_sockets(once(lab.h1.netstat("-paunt")), both, "two lines: each with its port and its process")
        for port in (PORT, OTHER_PORT):
            client = nc(lab.h2, port, "-N")
            echoed(lab, client, f"to port {port}")
            client.end_input()
            client.wait()

    with lab.step("A third server, on a port that is taken", id="third"):
        third = lab.h1.start("echo-server", port=PORT, terminal=True)
        lab.expect(third.wait(), above(0), "the third server's exit status", id="status")
        said = third.output + third.errors
        lab.expect(said, matches(r"\w{3}").ideally(contains("Address already in use")), "it says why (EADDRINUSE)", id="why")
        lab.expect(said, contains(str(PORT)), "and where", should=True)
        rows = once(lab.h1.netstat("-paunt").where(state="LISTEN"))
        lab.expect_sockets(rows, both, "the first two still listen, and nobody else")
        echoed(lab, nc(lab.h2), "still there?")
