"""One process serves 1,000 TCP clients with select; beyond descriptor 1,023 it must refuse, and with epoll it need not.

select waits for many sockets at once, so one process, without fork, answers whoever speaks: lsof shows one PID with one
descriptor per client. But an fd_set has room for FD_SETSIZE = 1024 descriptors, numbered 0 to 1023, and no program can ask for
more: FD_SET beyond that writes past the set's end. A correct server looks at the number that accept returns and turns the client
away in words. epoll keeps its list in the kernel, has no such bound, and its cost does not grow with clients that are silent.
"""

from harness import Crowd, above, ended, equals, interrupted, scenario
from scenarios.transport.kit import crowds
from scenarios.transport.kit.fd_setsize import CLIENTS, FD_SETSIZE, MORE, a_thousand, sixty_more
from scenarios.transport.kit.messages import PORT, RECEIPT, receipt, tcp_client, tcp_server
from topologies.single import Single


@scenario(
    "transport.3-select", question="TCP: the server uses select: the same questions, and 1,000 clients", topology=Single(4),
    roles=["tcp-server", "tcp-client"], captures=["h1-eth0"], snaplen=160, seconds=13, load=0.7,
)  # fmt: skip
def select(lab):
    with lab.step("A client talks", id="first"):
        server, first = tcp_server(lab, "select"), tcp_client(lab.h2)
        receipt(lab, first, "hi")
        lab.expect_frames("transport.message", lab.h1, client=lab.h2, server=lab.h1, port=PORT, id="frames")
    with lab.step("A second one comes, and nobody waits", id="second"):
        second = tcp_client(lab.h3)
        for client, words in ((second, "I am the second"), (first, "I am the first"), (second, "me again")):
            receipt(lab, client, words)
        lab.show_output(server)
    with lab.step("One process, three sockets", id="one-process"):
        lines = [dict(pid=server, state="LISTEN"), *(dict(pid=server, state="ESTABLISHED", foreign=host) for host in (lab.h2, lab.h3))]
        lab.expect_sockets(lab.h1.lsof(PORT), lines, "lsof: three sockets, one PID")
        lab.expect_sockets(lab.h1.netstat("-paunt").where(local_port=PORT), lines, "netstat: the same")
        for client in (first, second):
            client.ask("end")
            lab.expect(client.wait(), ended, f"{client.name} ends well after 'end'")

    with lab.step("A dozen at once", id="dozen"):
        dozen = Crowd(lab.h4, lab.h1, PORT)
        lab.expect(dozen.arrive(12, "hello"), equals({RECEIPT: 12}), "what twelve clients hear")
        crowds.one_process(lab, server, 12)
        lab.expect(dozen.say("all at once"), equals({RECEIPT: 12}), "what they hear when all speak at once")
        dozen.leave()
        server.interrupt()
        lab.expect(server.wait(), interrupted, "the server ends at Ctrl+C")

    with lab.step(f"select: {CLIENTS:,} clients", id="thousand", should=True):
        thousand = a_thousand(lab)
        with lab.step(f"select: {MORE} more, and FD_SETSIZE is reached", id="beyond"):
            sixty_more(lab, *thousand)
    if lab.takes("tcp-server", "mode"):
        with lab.step(f"epoll: {CLIENTS + MORE:,} clients", id="epoll"):
            server = tcp_server(lab, "epoll")
            came, late = crowds.arrive(lab, CLIENTS // 2), Crowd(lab.h4, lab.h1, PORT)
            lab.expect(late.arrive(MORE, "hello"), equals({RECEIPT: MORE}), f"{MORE} more are served like all others")
            lab.expect(crowds.one_process(lab, server, CLIENTS + MORE), above(FD_SETSIZE - 1), "highest descriptor")
            for crowd in (*came, late):
                crowd.leave()
            lab.expect_soon(lambda: len(lab.h1.lsof(PORT)), equals(1), "lines of lsof when all have left", deadline=10)
            server.interrupt()
            lab.expect(server.wait(), interrupted, "the server ends at Ctrl+C")
