"""The echo server has its port as argument, and a second client waits, connected, until the first has left.

The server accepts one client and comes back to accept when that one has left. Meanwhile the kernel makes the next connection
complete, keeps its data, and lets both wait in the backlog: netstat shows the connection, and that no process has it. All of
them have the server's port at this end; the client's address and port tell them apart.
"""

from harness import above, equals, scenario, tcp
from scenarios.echo.kit.tables import one_served_one_waits
from scenarios.echo.kit.talk import OTHER_PORT, PORT, echoed, nc, serve
from topologies.single import Single

LINE = "Is anybody there?"


@scenario(
    "echo.queue", question="What happens to a second client? Take the port as an argument", topology=Single(3),
    roles=["echo-server", "netcat"], seconds=7,
)  # fmt: skip
def echo_queue(lab):
    with lab.step("The server listens on the port it is given", id="port"):
        server = [serve(lab, port) for port in (OTHER_PORT, PORT)][1]
        lab.expect([lab.h1.listening(port) for port in (OTHER_PORT, PORT)], equals([True, True]), f"{OTHER_PORT} and {PORT} are listened on")

    with lab.step("A second client comes while the first is being served", id="second"):
        first = nc(lab.h2, PORT, "-N")
        echoed(lab, first, "Hello, server")
        second = nc(lab.h3, PORT, "-N")
        second.type(LINE + "\n")
        lab.wait_for_packet(lab.h1, tcp(source=PORT, to=lab.h3, acknowledges=len(LINE) + 1))
        rows, wanted = lab.h1.netstat("-paunt").where(local_port=PORT), one_served_one_waits(server, lab.h2, lab.h3, len(LINE) + 1)
        lab.expect_sockets(rows, wanted, "both are connected; the second is nobody's, and its line waits", id="sockets")
        echoed(lab, first, "I am still here")
        answers = lab.packets(lab.h1, tcp("data", source=PORT, to=lab.h3))
        lab.expect(answers, equals(0), "answers to the second", whatever_lag=True, id="answers")

    with lab.step("The first client leaves (Ctrl+D), and the second is served at last", id="served"):
        first.end_input()
        lab.expect(first.wait(), equals(0), "the first client ends")
        lab.until(lambda: second.output, "the second client's echo")
        lab.expect(second.output, equals(LINE + "\n"), "the second client's line comes back")
        left, answers = lab.packets(lab.h1, tcp("FIN", source=lab.h2)), lab.packets(lab.h1, tcp("data", source=PORT, to=lab.h3))
        lab.expect(answers[0].time - left[0].time, above(0, "s"), "from the first client's FIN to the second one's echo", answers)
        second.end_input()
        lab.expect(second.wait(), equals(0), "the second client ends")
