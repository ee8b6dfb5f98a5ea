"""A forking TCP server serves all its clients at once: one process for each, 200 clients, 200 PIDs in lsof.

The parent only accepts: each new connection goes to a child, and the parent closes its copy of the socket, the child its copy of
the listening one. So lsof has one line in state LISTEN with the parent's PID, and a line in state ESTABLISHED for each client,
each with a PID of its own. Nobody waits for anybody: a child blocks in recv, the parent in accept. When a client leaves its
child ends, and the parent has to wait for it.
"""

import signal

from harness import ZOMBIE, Crowd, Peer, alive, between, contains, ended, equals, scenario
from topologies.single import Single

PORT, RECEIPT, CLIENTS = 12800, "Message received", 200


@scenario(
    "transport.3-fork",
    question="TCP: the server forks: the same questions",
    topology=Single(3),
    roles=["tcp-server", "tcp-client"],
    captures=["h1-eth0"],
    load=0.5,
    seconds=6,
)
def fork(lab):
    server = lab.h1.start("tcp-server", port=PORT, mode="fork").wait_listening(PORT)
    listening = dict(pid=server, state="LISTEN")

    def lines():
        """What lsof should show: the parent's socket, and one for each child."""
        return [listening, *(dict(pid=child.pid, state="ESTABLISHED") for child in server.children)]

    lab.step("A client talks")
    first = lab.h2.start("tcp-client", host=lab.h1, port=PORT)
    lab.expect(first.ask("hi", RECEIPT), contains(RECEIPT), "the receipt comes back")
    server.wait_for_text(r"\bhi\b", stream="stdout")
    lab.expect_frames("transport.message", lab.h1, client=lab.h2, server=lab.h1, port=PORT)

    lab.step("A second client comes while the first stays")
    second = lab.h3.start("tcp-client", host=lab.h1, port=PORT)
    for client, words in ((second, "I am the second"), (first, "I am the first"), (second, "me again")):
        lab.expect(client.ask(words, RECEIPT), contains(RECEIPT), f"'{words}' is answered at once")
    lab.show_output(server)
    table = lab.h1.lsof(PORT)
    serving = [table.where(state="ESTABLISHED", foreign=host) for host in (lab.h2, lab.h3)]
    pids = [{row.pid for row in rows} for rows in serving]
    lab.expect([len(rows) for rows in pids], equals([1, 1]), "lsof: processes with the connection of h2's client, and of h3's")
    lab.expect(pids[0] & pids[1], equals(set()), "lsof: PIDs that both clients have")
    lab.h1.run("ps", "-o", "pid,ppid,stat,comm", "--pid", server.pid, "--ppid", server.pid)
    # One that has forked its children in advance, as the sheet's solution does, answers the question too.
    with lab.step("A child for each, and in each process no socket that is not its own", should=True):
        lab.expect(len(server.children), equals(2), "child processes")
        lab.expect_sockets(lab.h1.lsof(PORT), lines(), "lsof: the parent listens, and nobody else")
        lab.expect_sockets(lab.h1.netstat("-paunt").where(local_port=PORT), lines(), "netstat: the same")

    with lab.step(f"{CLIENTS} clients at once", should=True):
        crowd(lab, server, lines)
        lab.expect(first.ask("and I?", RECEIPT), contains(RECEIPT), "the first client is served beside them")

    lab.step("They leave")
    for client in (first, second):
        lab.expect(client.ask("end", RECEIPT), contains(RECEIPT), "'end' is answered")
        lab.expect(client.wait(), ended, f"{client.name} ends well")
        fin = f"ip.dst == {client.host} && tcp.srcport == {PORT} && tcp.flags.fin == 1"
        lab.wait_for_packet(lab.h1, fin, what=f"the server's FIN to {client.host.name}: does the parent still hold its socket?")
    with lab.step("Nothing is left of them", should=True):
        lab.expect_soon(lambda: sum(child.state != ZOMBIE for child in server.children), equals(0), "children that still run", deadline=10)
        lab.expect_soon(lambda: len(server.children), equals(0), "children that are left, zombies", deadline=2)
        lab.expect_sockets(lab.h1.lsof(PORT), [listening], "lsof: the listening socket alone")
        lab.expect(lab.packets(lab.h1, f"tcp.dstport == {PORT} && tcp.flags.syn == 1"), equals(CLIENTS), "connections in the capture")
        closed = lab.packets(lab.h1, f"tcp.srcport == {PORT} && tcp.flags.fin == 1")
        ends = {(packet.destination, packet["tcp.dstport"]) for packet in closed}
        lab.expect(len(ends), equals(CLIENTS), "connections the server ended by FIN", closed)
    last = Peer(lab.h2, lab.h1, PORT)
    last.send(b"still here")
    last.receive(len(RECEIPT))
    children = [child.pid for child in server.children]
    with lab.step("It is told to end while a client is connected", should=True):
        server.signal(signal.SIGTERM)
        server.wait()
        lab.expect_soon(lambda: [pid for pid in children if alive(pid)], equals([]), "children that outlive the server")
    server.interrupt()
    lab.expect(server.wait(), between(-15, 255).ideally(0), "the server ends when it is told to")


def crowd(lab, server, lines):
    """All but two of the clients come at once, and leave again."""
    crowds = [Crowd(host, lab.h1, PORT) for host in (lab.h2, lab.h3)]
    for one in crowds:
        lab.expect(one.arrive(CLIENTS // 2 - 1, "hello")[RECEIPT], equals(CLIENTS // 2 - 1), "clients of the crowd that are served")
    connections = lab.h1.lsof(PORT).where(state="ESTABLISHED")
    lab.expect_sockets(connections, lines()[1:], "lsof: one line for each child")
    lab.expect(len({row.pid for row in connections}), equals(CLIENTS), "PIDs with a connection")
    lab.expect(len({(row.foreign, row.foreign_port) for row in connections}), equals(CLIENTS), "clients in lsof")
    for one in crowds:
        lab.expect(one.say("still there?")[RECEIPT], equals(CLIENTS // 2 - 1), "answers when all of the crowd speak at once")
    for one in crowds:
        one.leave()
    lab.expect(server.output.count("hello"), equals(CLIENTS - 2), "messages of the crowd that the server printed")
