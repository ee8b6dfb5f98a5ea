"""A second TCP client is connected but not served as long as the iterative server blocks in recv for the first one.

The handshake is the kernel's work, so connect succeeds at once, and what the second client sends is even acknowledged. But the
server's process sits in its loop for the first client and does not come back to accept. The new connection waits in the
backlog of the listening socket: it is ESTABLISHED, its bytes lie in its receive queue, and no process has it. The moment the
first client says "end", the server accepts the second one and finds the message that has been waiting.
"""

from harness import above, accepted, ended, equals, scenario, tcp
from scenarios.transport.kit.messages import PORT, RECEIPT, receipt, says_end, tcp_client, tcp_server
from scenarios.transport.kit.tables import in_the_backlog, listening
from topologies.single import Single

WORDS = "Is anybody there?"


@scenario(
    "transport.1-3", question="TCP: a second client while the first is being served", topology=Single(3),
    roles=["tcp-server", "tcp-client"], seconds=6,
)  # fmt: skip
def tcp_second_client(lab):
    with lab.step("The first client talks, and stays", id="first"):
        server, first = tcp_server(lab, traced=True), tcp_client(lab.h2)
        receipt(lab, first, "hi")

    with lab.step("The second client comes and speaks, and its host sees it connected", id="second"):
        second = tcp_client(lab.h3)
        second.type(WORDS + "\n")
        lab.wait_for_packet(lab.h1, tcp(source=PORT, to=lab.h3, acknowledges=len(WORDS)))
        lab.expect(lab.packets(lab.h1, tcp("SYN", source=PORT, to=lab.h3)), equals(1), "h1's kernel answers its SYN: connected")
        answers = lab.packets(lab.h1, tcp("data", source=PORT, to=lab.h3))
        lab.expect(answers, equals(0), "answers that h3 gets while the first client is there", whatever_lag=True, id="answers")
        lab.expect_sockets(lab.h3.lsof(PORT), [dict(pid=second, state="ESTABLISHED", foreign=lab.h1)], "h3 sees it established")

    with lab.step("On h1 the kernel has the connection and the bytes, and no process has", id="backlog"):
        own = [listening(server), dict(pid=server, state="ESTABLISHED", foreign=lab.h2)]
        lab.expect_sockets(lab.h1.lsof(PORT), own, "the server's process has two sockets, none of them for h3", id="sockets")
        in_the_backlog(lab, lab.h3, len(WORDS))
        lab.expect(accepted(server.calls()), equals(1), "connections that the server has accepted")
        receipt(lab, first, "I am still here")
        lab.expect(RECEIPT in second.output, False, "the second has heard an answer", whatever_lag=True)

    with lab.step("The first says 'end'", id="end"):
        first.ask("end")
        lab.expect(first.wait(), ended, "the first client ends")
    # One that ends with its first client answers the question too: nobody is left to serve the second.
    with lab.step("The second client's turn", id="turn", should=True):
        second.wait_for_text(RECEIPT)
        server.wait_for_text("anybody there", stream="stdout")
        closed, served = lab.packets(lab.h1, tcp("FIN", to=lab.h2)), lab.packets(lab.h1, tcp("data", source=PORT, to=lab.h3))
        waited = served[0].time - closed[0].time
        lab.expect(waited, above(0, "s"), "from the server's FIN to the first client, to its answer to the second", served)
        lab.expect(accepted(server.calls()), equals(2), "connections that the server has accepted by now")
        says_end(lab, second)
