"""One process serves 1,000 TCP clients with select; beyond descriptor 1,023 it must refuse, and with epoll it need not.

select waits for many sockets at once, so one process, without fork, answers whoever speaks: lsof shows one PID with one
descriptor per client. But an fd_set has room for FD_SETSIZE = 1024 descriptors, numbered 0 to 1023, and no program can ask for
more: FD_SET beyond that writes past the set's end. A correct server looks at the number that accept returns and turns the client
away in words. epoll keeps its list in the kernel, has no such bound, and its cost does not grow with clients that are silent.
"""

from harness import ended, scenario
from scenarios.transport.kit import crowds
from scenarios.transport.kit.fd_setsize import CLIENTS, MORE, a_thousand, all_of_them, sixty_more
from scenarios.transport.kit.messages import tcp_server, two_clients
from scenarios.transport.kit.tables import both_tables, listening
from topologies.single import Single


@scenario(
    "transport.3-select", question="TCP: the server uses select: the same questions, and 1,000 clients", topology=Single(4),
    roles=["tcp-server", "tcp-client"], captures=["h1-eth0"], snaplen=160, seconds=13, load=0.7,
)  # fmt: skip
def select(lab):
    with lab.step("A server with select", id="server"):
        server = tcp_server(lab, "select")
    first, second = two_clients(lab)
    with lab.step("One process, three sockets", id="one-process"):
        connected = [dict(pid=server, state="ESTABLISHED", foreign=host) for host in (lab.h2, lab.h3)]
        both_tables(lab, [listening(server), *connected], "three sockets, one PID")
        for client in (first, second):
            client.ask("end")
            lab.expect(client.wait(), ended, f"{client.name} ends well after 'end'")

    with lab.step("A dozen at once", id="dozen"):
        dozen = crowds.come(lab, lab.h4, 12)
        crowds.one_process(lab, server, 12)
        crowds.speak(lab, dozen, 12)
        dozen.leave()
        lab.expect_interrupted(server)

    with lab.step(f"select: {CLIENTS:,} clients", id="thousand", should=True):
        thousand = a_thousand(lab)
        with lab.step(f"select: {MORE} more, and FD_SETSIZE is reached", id="beyond"):
            sixty_more(lab, *thousand)
    if lab.takes("tcp-server", "mode"):
        with lab.step(f"epoll: {CLIENTS + MORE:,} clients", id="epoll"):
            all_of_them(lab)
