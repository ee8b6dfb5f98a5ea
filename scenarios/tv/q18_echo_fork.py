"""A forking echo server serves all its clients at once, leaves no zombie, and gives its port back.

accept returns a new socket for each client; fork gives it to a child, and the parent closes its copy and accepts again. When a
child ends the kernel keeps its status until the parent asks for it: the parent does so at each SIGCHLD, or zombies pile up. The
side that closes first keeps the connection in TIME_WAIT; a restarted server may bind the port meanwhile because of SO_REUSEADDR.
"""

from harness import ZOMBIE, Crowd, Peer, above, alive, contains, equals, interrupted, matches, scenario
from topologies.single import Single

PORT = 1234
TIME_WAIT, ESTABLISHED = "TIME_WAIT", "ESTABLISHED"


def connections(host, state):
    return sum(socket.port == PORT and socket.state == state for socket in host.sockets("tcp"))


@scenario(
    "tv.q18",
    question="Make the echo server concurrent with fork",
    topology=Single(3),
    roles=["echo-server", "echo-client", "netcat"],
    load=0.45,
    seconds=5,
)
def echo_fork(lab):
    server = lab.h1.start("echo-server", port=PORT, mode="fork").wait_listening(PORT)
    at_rest = len(server.children)

    lab.step("Two clients talk by turns")
    first = lab.h2.start("netcat", lab.h1, PORT, terminal=True)
    lab.expect(first.ask("one"), equals("one"), "the first client's word comes back")
    second = lab.h3.start("netcat", lab.h1, PORT, terminal=True)
    for client, words in ((second, "two"), (first, "three"), (second, "four")):
        lab.expect(client.ask(words), equals(words), f"'{words}' comes back while the other client is connected")

    lab.step("Six clients at once, a child for each")
    others = [host.start("netcat", lab.h1, PORT, terminal=True) for host in (lab.h2, lab.h3) * 2]
    for number, client in enumerate(others, 3):
        lab.expect(client.ask(f"I am client {number}"), equals(f"I am client {number}"), f"client {number} gets its own words")
    lab.expect(connections(lab.h1, ESTABLISHED), equals(6), "connections established at once")
    lab.expect(len(server.children) - at_rest, equals(6), "child processes, one for each client")
    lab.h1.run("ps", "-o", "pid,stat,comm", "--ppid", server.pid, check=False)

    lab.step("Four leave (Ctrl+C): their children end and are waited for")
    for client in others:
        client.interrupt()
    lab.expect_soon(lambda: len(server.children) - at_rest, equals(2), "children that are left")
    lab.expect([str(child) for child in server.children if child.state == ZOMBIE], equals([]), "zombies among them")
    lab.h1.run("ps", "-o", "pid,stat,comm", "--ppid", server.pid, check=False)

    lab.step("Thirty leave at the same moment")
    before = lab.packets(lab.h1, f"tcp.dstport == {PORT} && tcp.flags.syn == 1")
    crowd = Crowd(lab.h3, lab.h1, PORT)
    lab.expect(crowd.arrive(30, "hello"), equals({"hello": 30}), "what thirty more clients hear")
    crowd.leave()
    lab.expect_soon(lambda: len(server.children) - at_rest, equals(2), "children that are left of thirty that ended at once: zombies?")

    lab.step("SIGINT to the server while two clients are connected")
    children = [child.pid for child in server.children]
    server.interrupt()
    lab.expect(server.wait(), interrupted, "the server ends at Ctrl+C")
    lab.expect(lab.h1.listening(PORT), False, "the listening socket is closed")
    lab.expect_soon(lambda: [pid for pid in children if alive(pid)], equals([]), "no child outlives the server")
    lab.expect_soon(lambda: connections(lab.h1, ESTABLISHED), equals(0), "connections still established")
    for client in (first, second):
        client.end_input()
        lab.expect(client.wait(), equals(0), f"{client.host.name}'s client ends too, after Ctrl+D")
    ports = {packet["tcp.srcport"] for packet in before}
    finished = {packet["tcp.dstport"] for packet in lab.packets(lab.h1, f"tcp.srcport == {PORT} && tcp.flags.fin == 1")} & ports
    lab.expect(len(finished), equals(6), "connections that the server ended by FIN")
    reset = [packet["tcp.dstport"] for packet in lab.packets(lab.h1, f"tcp.srcport == {PORT} && tcp.flags.reset == 1")]
    lab.expect(len(ports.intersection(reset)), equals(0), "and none by RST")
    refused = lab.h2.start("echo-client", host=lab.h1, port=PORT, stdin=b"too late\n")
    lab.expect(refused.wait(), above(0), "a new client is refused")
    lab.expect(refused.output + refused.errors, matches(r"\w{3}").ideally(contains("refused")), "and says so")

    with lab.step("Started again at once, while the old connections are in TIME_WAIT", should=True):
        lab.h1.run("ss", "-tan", f"sport = :{PORT}")
        lab.expect(connections(lab.h1, TIME_WAIT), above(0), "the server's side closed first")
        lab.h1.start("echo-server", port=PORT, mode="fork").wait_listening(PORT)
        again = lab.h2.start("echo-client", host=lab.h1, port=PORT, stdin=b"Good morning\n")
        lab.expect((again.wait(), again.output), equals((0, "Good morning\n")), "the new server answers on the same port")
    with lab.step("Clients that break off in the middle", should=True):
        broken_off(lab)


def broken_off(lab):
    """Six clients reset their connections, or close them with an echo on the way, while another one stays."""
    server = lab.h1.start("echo-server", port=PORT + 1, mode="fork").wait_listening(PORT + 1)
    at_rest = len(server.children)
    first = lab.h2.start("netcat", lab.h1, PORT + 1, terminal=True)
    lab.expect(first.ask("one"), equals("one"), "the first client's word comes back")
    for number in range(6):
        broken = Peer(lab.h2, lab.h1, PORT + 1)
        broken.send(b"x" * 500)
        (broken.reset if number % 2 else broken.close)()
    lab.expect(first.ask("still there?"), equals("still there?"), "the first client's word comes back after six that broke off")
    lab.expect_soon(lambda: len(server.children) - at_rest, equals(1), "children that are left of these")
