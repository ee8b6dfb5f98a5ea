"""A second TCP client is connected but not served as long as the iterative server blocks in recv for the first one.

The handshake is the kernel's work, so connect succeeds at once, and what the second client sends is even acknowledged. But the
server's process sits in its loop for the first client and does not come back to accept. The new connection waits in the
backlog of the listening socket: it is ESTABLISHED, its bytes lie in its receive queue, and no process has it. The moment the
first client says "end", the server accepts the second one and finds the message that has been waiting.
"""

from harness import above, contains, ended, equals, scenario
from topologies.single import Single

PORT, RECEIPT, WORDS = 12800, "Message received", "Is anybody there?"
ESTABLISHED = "ESTABLISHED"


@scenario(
    "transport.1-3",
    question="TCP: a second client while the first is being served",
    topology=Single(3),
    roles=["tcp-server", "tcp-client"],
    seconds=6,
)
def tcp_second_client(lab):
    server = lab.h1.start("tcp-server", port=PORT, mode="iterative", traced=True).wait_listening(PORT)

    def accepted():
        return sum(getattr(call, "name", "") in ("accept", "accept4") and (call.result or -1) >= 0 for call in server.calls())

    lab.step("The first client talks, and stays")
    first = lab.h2.start("tcp-client", host=lab.h1, port=PORT)
    lab.expect(first.ask("hi", RECEIPT), contains(RECEIPT), "the first client is served")

    lab.step("The second client comes and speaks")
    second = lab.h3.start("tcp-client", host=lab.h1, port=PORT)
    second.type(WORDS + "\n")
    answers = f"ip.dst == {lab.h3} && tcp.srcport == {PORT}"
    lab.wait_for_packet(lab.h1, f"{answers} && tcp.ack == {1 + len(WORDS)}")
    lab.expect(lab.packets(lab.h1, f"{answers} && tcp.flags.syn == 1"), equals(1), "h1's kernel answers its SYN: connected")
    lab.expect(lab.packets(lab.h1, f"{answers} && tcp.len > 0"), equals(0), "but it gets no answer", whatever_lag=True)
    lab.expect_sockets(lab.h3.lsof(PORT), [dict(pid=second, state=ESTABLISHED, foreign=lab.h1)], "h3 sees it established")
    lab.expect_sockets(
        lab.h1.lsof(PORT),
        [dict(pid=server, state="LISTEN"), dict(pid=server, state=ESTABLISHED, foreign=lab.h2)],
        "on h1 the server's process has two sockets, none of them for h3",
    )
    nobodys = dict(state=ESTABLISHED, foreign=lab.h3, pid=None, receive_queue=len(WORDS))
    table = lab.h1.netstat("-paunt")
    lab.expect_sockets(table.where(foreign=lab.h3), [nobodys], "the kernel has the connection and the bytes, no process has")
    waiting = [row.receive_queue for row in lab.h1.ss("-tanp").where(state="LISTEN", local_port=PORT)]
    lab.expect(waiting, equals([1]), "connections that wait for accept (Recv-Q of the listening socket)")
    lab.expect(accepted(), equals(1), "connections that the server has accepted")
    lab.expect(first.ask("I am still here", RECEIPT), contains(RECEIPT), "the first client is still served")
    lab.expect(RECEIPT in second.output, False, "the second has heard nothing", whatever_lag=True)

    lab.step("The first says 'end', and the second is served")
    first.ask("end")
    lab.expect(first.wait(), ended, "the first client ends")
    # One that ends with its first client answers the question too: nobody is left to serve the second.
    with lab.step("The second client's turn", should=True):
        turn(lab, server, second, answers, accepted)


def turn(lab, server, second, answers, accepted):
    """The second client is served at last."""
    second.wait_for_text(RECEIPT)
    lab.show_output(second)
    server.wait_for_text("anybody there", stream="stdout")
    lab.show_output(server)
    closed = lab.packets(lab.h1, f"ip.dst == {lab.h2} && tcp.flags.fin == 1")[0].time
    served = lab.packets(lab.h1, f"{answers} && tcp.len > 0")
    lab.expect(served[0].time - closed, above(0, "s"), "from the server's FIN to the first client, to its answer to the second", served)
    lab.expect(accepted(), equals(2), "connections that the server has accepted by now")
    lab.expect(second.ask("end", RECEIPT), contains(RECEIPT), "the second client can end in its turn")
    lab.expect(second.wait(), ended, "and ends well")
