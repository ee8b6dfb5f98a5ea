"""A forking TCP server serves all its clients at once: one process for each, 200 clients, 200 PIDs in lsof.

The parent only accepts: each new connection goes to a child, and the parent closes its copy of the socket, the child its copy of
the listening one. So lsof has one line in state LISTEN with the parent's PID, and a line in state ESTABLISHED for each client,
each with a PID of its own. Nobody waits for anybody: a child blocks in recv, the parent in accept. When a client leaves its
child ends, and the parent has to wait for it.
"""

from harness import ZOMBIE, Peer, alive, ended_by, equals, scenario, tcp
from scenarios.transport.kit import crowds
from scenarios.transport.kit.messages import PORT, RECEIPT, receipt, says_end, tcp_server, two_clients
from scenarios.transport.kit.tables import both_tables, listening
from topologies.single import Single

CLIENTS = 200


@scenario(
    "transport.3-fork", question="TCP: the server forks: the same questions", topology=Single(3), roles=["tcp-server", "tcp-client"],
    captures=["h1-eth0"], load=0.5, seconds=6,
)  # fmt: skip
def fork(lab):
    with lab.step("A server that forks", id="server"):
        server = tcp_server(lab, "fork")
    first, second = two_clients(lab)
    with lab.step("Each has a process", id="processes"):
        server.wait_for_text(r"\bhi\b", stream="stdout")
        table = lab.h1.lsof(PORT)
        pids = [{row.pid for row in table.where(state="ESTABLISHED", foreign=host)} for host in (lab.h2, lab.h3)]
        lab.expect([len(each) for each in pids], equals([1, 1]), "lsof: processes with the connection of h2's client, and of h3's")
        hint = "does the parent close its copy of a client's socket before it forks for the next one?"
        lab.expect(pids[0] & pids[1], equals(set()), "lsof: PIDs that both clients have", id="both", hint=hint)
        lab.h1.run("ps", "-o", "pid,ppid,stat,comm", "--pid", server.pid, "--ppid", server.pid)
    # One that has forked its children in advance, as the sheet's solution does, answers the question too.
    with lab.step("A child for each, and in each process no socket that is not its own", id="children", should=True):
        lab.expect(len(server.children), equals(2), "child processes", id="count")
        children = [dict(pid=child.pid, state="ESTABLISHED") for child in server.children]
        both_tables(lab, [listening(server), *children], "the parent listens, and nobody else")

    with lab.step(f"{CLIENTS} clients at once", id="crowd", should=True):
        came = crowds.arrive(lab, CLIENTS // 2 - 1)
        crowds.process_for_each(lab, server, CLIENTS)
        receipt(lab, first, "and I?")
        for crowd in came:
            crowd.leave()
        lab.expect(server.output.count("hello"), equals(CLIENTS - 2), "messages of the crowd that the server printed")

    for client, name in ((first, "first"), (second, "second")):
        with lab.step(f"The {name} leaves", id=f"{name}-leaves"):
            says_end(lab, client)
            fin = tcp("FIN", source=PORT, to=client.host)
            lab.wait_for_packet(lab.h1, fin, what=f"the server's FIN to {client.host.name}: does the parent still hold its socket?")
    with lab.step("Nothing is left of them", id="left", should=True):
        running = lambda: sum(child.state != ZOMBIE for child in server.children)  # noqa: E731
        lab.expect_soon(running, equals(0), "children that still run", 10, id="running")
        hint = "does the parent wait for children that have ended (waitpid)?"
        lab.expect_soon(lambda: len(server.children), equals(0), "children that are left, zombies", 2, id="zombies", hint=hint)
        lab.expect_sockets(lab.h1.lsof(PORT), [listening(server)], "lsof: the listening socket alone")
        lab.expect(lab.packets(lab.h1, tcp("SYN", to=PORT)), equals(CLIENTS), "connections in the capture")
        closed = lab.packets(lab.h1, tcp("FIN", source=PORT))
        ends = {(packet.destination, packet["tcp.dstport"]) for packet in closed}
        lab.expect(len(ends), equals(CLIENTS), "connections the server ended by FIN", closed)

    with lab.step("It is told to end while a client is connected", id="told-to-end"):
        last = Peer(lab.h2, lab.h1, PORT)
        last.send(b"still here")
        last.receive(len(RECEIPT))
        children = [child.pid for child in server.children]
        with lab.step("By SIGTERM, and its children with it", id="orphans", should=True):
            server.signal("SIGTERM")
            server.wait()
            lab.expect_soon(lambda: [pid for pid in children if alive(pid)], equals([]), "children that outlive the server")
        server.interrupt()
        lab.expect(server.wait(), ended_by("SIGTERM").ideally(0), "the server ends when it is told to")
