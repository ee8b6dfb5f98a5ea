"""A forking echo server serves all its clients at once, leaves no zombie, and gives its port back.

accept returns a new socket for each client; fork gives it to a child, and the parent closes its copy and accepts again. When a
child ends the kernel keeps its status until the parent asks for it: the parent does so at each SIGCHLD, or zombies pile up. The
side that closes first keeps the connection in TIME_WAIT; a restarted server may bind the port meanwhile because of SO_REUSEADDR.
"""

from harness import ZOMBIE, Crowd, alive, equals, interrupted, read_process, scenario, tcp
from scenarios.tv.kit.clients import broken_off_beside_another
from scenarios.tv.kit.echo import PORT, connections, echoed, ended_by_server, serve, started_again, state
from topologies.single import Single


@scenario(
    "tv.q18", question="Make the echo server concurrent with fork", topology=Single(3), roles=["echo-server", "echo-client", "netcat"],
    load=0.45, seconds=5,
)  # fmt: skip
def echo_fork(lab):
    with lab.step("Two clients talk by turns", id="turns"):
        server = serve(lab, "fork")
        at_rest = len(server.children)
        first = lab.h2.start("netcat", lab.h1, PORT, terminal=True)
        echoed(lab, first, "one", server)
        second = lab.h3.start("netcat", lab.h1, PORT, terminal=True)
        for client, words in ((second, "two"), (first, "three"), (second, "four")):
            echoed(lab, client, words, server)

    def children():
        return len(server.children) - at_rest

    with lab.step("Six clients at once, a child for each", id="six"):
        others = [host.start("netcat", lab.h1, PORT, terminal=True) for host in (lab.h2, lab.h3) * 2]
        for number, client in enumerate(others, 3):
            echoed(lab, client, f"I am client {number}", server)
        lab.expect(connections(lab.h1, "ESTABLISHED"), equals(6), "connections established at once")
        lab.expect(children(), equals(6), "child processes, one for each client", id="children")
        lab.h1.run("ps", "-o", "pid,stat,comm", "--ppid", server.pid, check=False)

    with lab.step("Four leave (Ctrl+C): their children end and are waited for", id="leave"):
        for client in others:
            client.interrupt()
        lab.expect_soon(children, equals(2), "children that are left of six, of which four ended", id="left", hint=lambda: state(server))
        lab.expect([str(child) for child in server.children if child.state == ZOMBIE], equals([]), "zombies among them")
        lab.h1.run("ps", "-o", "pid,stat,comm", "--ppid", server.pid, check=False)

    with lab.step("Thirty leave at the same moment", id="thirty"):
        before = lab.packets(lab.h1, tcp("SYN", to=PORT))
        crowd = Crowd(lab.h3, lab.h1, PORT)
        lab.expect(crowd.arrive(30, "hello"), equals({"hello": 30}), "what thirty more clients hear", id="heard")
        crowd.leave()
        left = "children that are left when thirty have ended at once: zombies?"
        lab.expect_soon(children, equals(2), left, id="left", hint=lambda: state(server))

    with lab.step("SIGINT to the server while two clients are connected", id="interrupt"):
        family = [child.pid for child in server.children]
        server.interrupt()
        lab.expect(server.wait(), interrupted, "the server ends at Ctrl+C", id="status")
        lab.expect(lab.h1.listening(PORT), False, "the listening socket is closed")
        living = lambda: [str(read_process(pid)) for pid in family if alive(pid)]  # noqa: E731
        lab.expect_soon(living, equals([]), "children that outlive the server", id="children")
        lab.expect_soon(lambda: connections(lab.h1, "ESTABLISHED"), equals(0), "connections still established")
        for client in (first, second):
            client.end_input()
            lab.expect(client.wait(), equals(0), f"{client.host.name}'s client ends too, after Ctrl+D")
        ended_by_server(lab, before)

    with lab.step("Started again at once, while the old connections are in TIME_WAIT", id="again", should=True):
        started_again(lab)
    with lab.step("Clients that break off in the middle", id="broken-off", should=True):
        broken_off_beside_another(lab)
