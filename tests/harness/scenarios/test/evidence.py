"""Scenarios that show frame tables, socket tables and system calls at work, with programs that every machine has."""

from harness import equals, scenario
from topologies.single import Single

PORT = 1234


@scenario("test.frames", question="Is it the same exchange?", topology=Single(), roles=["echo-server", "netcat"], seconds=3)
def frames(lab):
    """A line to an echo server gives the frames that the sheet shows for inetd."""
    lab.h1.start("echo-server", port=PORT).wait_listening(PORT)
    client = lab.h2.start("netcat", lab.h1, PORT, terminal=True)
    lab.expect(client.ask("fourteen bytes"), equals("fourteen bytes"), "the echo comes back")
    for side in (lab.h1, lab.h2):
        lab.expect_frames("echo.inetd", side, client=lab.h2, server=lab.h1, port=PORT)
    client.interrupt()
    client.wait()
    again = lab.h2.start("netcat", lab.h1, PORT, terminal=True)
    again.ask("another length")
    lab.expect_frames("echo.inetd", lab.h1, client=lab.h2, server=lab.h1, port=PORT, connection=1)


@scenario("test.frames_differ", question="Is it another exchange?", topology=Single(), roles=["netcat"], seconds=3)
def frames_differ(lab):
    """A line that nobody echoes is not the exchange of the table."""
    server = lab.h1.start("netcat", "-l", PORT).wait_listening(PORT)
    client = lab.h2.start("netcat", "-N", lab.h1, PORT, stdin=b"fourteen bytes\n")
    lab.wait(client, server)
    lab.expect_frames("echo.inetd", lab.h1, client=lab.h2, server=lab.h1, port=PORT, what="an echo", deadline=0.1)


@scenario("test.sockets", question="Which sockets are there?", topology=Single(), roles=["echo-server", "netcat"], seconds=4)
def sockets(lab):
    """Each tool shows a forking server's sockets with its processes, and nobody else's."""
    server = lab.h1.start("echo-server", port=PORT, mode="fork").wait_listening(PORT)
    clients = [lab.h2.start("netcat", lab.h1, PORT, terminal=True) for _ in range(2)]
    for client in clients:
        client.ask("hello")
    served = dict(pid=server.children, local_port=PORT, foreign=lab.h2)
    listening = dict(pid=server, state="LISTEN", local_port=PORT)
    lab.expect_sockets(lab.h1.netstat("-p", "tcp"), [dict(served, state="ESTABLISHED")] * 2, "netstat -p tcp")
    lab.expect_sockets(lab.h1.netstat("-paunt"), [listening] + [dict(served, state="ESTABLISHED")] * 2, "netstat -paunt")
    lab.expect_sockets(lab.h1.lsof(PORT), [listening] + [dict(served, state="ESTABLISHED")] * 2, "lsof")
    lab.expect_sockets(lab.h1.ss("-tanp"), [listening] + [dict(served, state="ESTAB")] * 2, "ss")
    lab.expect_sockets(lab.h2.netstat("-paunt"), [dict(pid=client, foreign_port=PORT) for client in clients], "the clients")
    lab.expect_sockets(lab.h1.lsof(77), [], "nobody uses port 77")


@scenario("test.counters", question="What does the kernel count?", topology=Single(), roles=["netcat"], seconds=3)
def counters(lab):
    """Datagrams for a socket that nobody reads are counted as receive-buffer errors when its buffer is full."""
    sink = (
        "import socket, sys; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096); "
        "s.bind(('', 1234)); print('bound', flush=True); sys.stdin.read()"
    )
    program = lab.h1.start_command("/usr/bin/python3", "-c", sink)
    program.wait_for_text("bound")
    before = lab.h1.nstat()
    source = f"import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\nfor _ in range(100): s.sendto(bytes(500), ('{lab.h1}', 1234))"
    lab.h2.run("/usr/bin/python3", "-c", source)
    lab.until(lambda: len(lab.packets(lab.h1, f"udp.dstport == {PORT}")) == 100, "all 100 datagrams")
    change = lab.h1.nstat() - before
    lab.expect(change["UdpRcvbufErrors"] > 0, True, "the buffer was full")
    lab.expect(lab.h1.drops(PORT), equals(change["UdpRcvbufErrors"]), "the socket's drops are the kernel's receive-buffer errors")
    lab.expect(change["UdpInErrors"], equals(change["UdpRcvbufErrors"]), "there were no other errors")


@scenario("test.calls", question="Which call makes which frame?", topology=Single(), roles=["echo-server", "netcat"], seconds=4)
def calls(lab):
    """Ctrl+D makes netcat shut its side down, Ctrl+C kills it; the capture shows a FIN both times, the calls tell them apart."""
    server = lab.h1.start("echo-server", port=PORT, mode="fork", traced=True).wait_listening(PORT)
    beginning = [
        ("client connect", "SYN"), ("server kernel", "SYN, ACK"), ("client send", "PSH, ACK 6"), ("server send", "PSH, ACK 6"),
    ]  # fmt: skip
    for number, (leave, cause) in enumerate((("Ctrl+D", "shutdown"), ("Ctrl+C", "exit"))):
        client = lab.h2.start("netcat", "-N", lab.h1, PORT, terminal=True, traced=True)
        lab.expect(client.ask("hello"), equals("hello"), "the echo comes back")
        if leave == "Ctrl+D":
            client.end_input()
        else:
            client.interrupt()
        client.wait()
        closing = f"tcp.srcport == {PORT} && tcp.flags.fin == 1"
        lab.until(lambda: len(lab.packets(lab.h1, closing)) == number + 1, "the server's FIN")
        causes = lab.causes(lab.h1, client, server, port=PORT, connection=number)
        ending = [(f"client {cause}", "FIN, ACK"), ("server shutdown or close", "FIN, ACK")]
        lab.expect_causes(causes, beginning + ending, f"{leave}: the call behind each frame")
        lab.exchange(f"""
            client connect → SYN
            server         → SYN, ACK
            client         → ACK
            server accept
            client send    → PSH, ACK 6
            server recv
            server send    → PSH, ACK 6
            client {cause} → FIN, ACK
            server shutdown or close → FIN, ACK
            """, between=(client, server), port=PORT, connection=number)  # fmt: skip
        lab.exchange("client → SYN\nclient → PSH, ACK 6\nclient → FIN, ACK", between=(lab.h2, lab.h1), port=PORT, connection=number, at=lab.h2)
        lab.sequence(leave.lower(), f"{leave}: each frame and the call behind it", causes)
    lab.sequence("packets", "Both connections", lab.packets(lab.h1, "tcp"))
    lab.expect(client.status, equals(-2), "Ctrl+C ends the program itself, not strace")
    lab.expect(server.stop(), equals(0), "SIGTERM reaches the server itself")
    last = server.calls()[-1]
    lab.expect((last.pid, last.text), equals((server.pid, "exited with 0")), "the trace knows the server's end")


@scenario("test.calls_differ", question="Is it another call?", topology=Single(), roles=["echo-server", "netcat"], seconds=4)
def calls_differ(lab):
    """A client that is killed is not one that shuts its side down."""
    server = lab.h1.start("echo-server", port=PORT, traced=True).wait_listening(PORT)
    client = lab.h2.start("netcat", lab.h1, PORT, terminal=True, traced=True)
    client.ask("hello")
    client.interrupt()
    client.wait()
    causes = lab.causes(lab.h1, client, server, port=PORT)
    lab.expect_causes(causes, "echo.api", "the calls of the table")
    lab.exchange("client → SYN\nclient → PSH, ACK 6\nclient shutdown → FIN, ACK", between=(client, server), port=PORT)
    lab.exchange("client → SYN\nclient → PSH, ACK 7\n…", between=(lab.h2, lab.h1), port=PORT, deadline=0.1)
