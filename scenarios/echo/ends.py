"""Ctrl+D lets the client finish in order, Ctrl+C kills it at once; the capture and the server both tell which it was.

Ctrl+D makes read return 0: the client shuts its sending side down, and goes on receiving until the server has closed as well.
Ctrl+C makes the terminal send SIGINT, which kills: no further call is made, and the kernel closes the connection. Both ways a
FIN leaves, so a server that has nothing more to say cannot tell. One that says goodbye can: nobody is left to read it, the
client's kernel answers with a reset, and the server's connection is broken off instead of closed.
"""

from harness import contains, ended, ended_by, equals, killed_by, scenario, tcp
from scenarios.echo.kit.resets import broken_off
from scenarios.echo.kit.talk import GOODBYE, PORT, echoed_within, serve
from topologies.single import Single

LINE = "client connect → SYN\nclient send → PSH, ACK 6\n"  # and what the client's side makes of its end


def talk(lab):
    """A client that is connected and has got an echo, and how many connections were broken off before."""
    client = lab.h2.start("echo-client", host=lab.h1, port=PORT, terminal=True, traced=True)
    lab.until(lambda: any((one.state, one.port) == ("ESTABLISHED", PORT) for one in lab.h1.sockets("tcp")), "the connection")
    echoed_within(lab, client, "salut")
    return client, broken_off(lab.h1)


@scenario(
    "echo.ends", question="What does Ctrl+C do to the client, and what does Ctrl+D?", topology=Single(),
    roles=["echo-server", "echo-client"], needs={"echo-server": ["goodbye"]}, seconds=7,
)  # fmt: skip
def echo_ends(lab):
    with lab.step("Ctrl+D: end of file", id="ctrl-d"):
        server = serve(lab, goodbye=GOODBYE, traced=True)
        client, before = talk(lab)
        client.end_input()
        lab.expect(client.wait(), ended, "Ctrl+D: how the client ends", id="status")
        lab.wait_for_packet(lab.h1, tcp("FIN", to=PORT), what="the client's FIN after Ctrl+D")
        lab.wait_for_packet(lab.h1, f"{tcp('FIN', source=PORT)} || {tcp('RST')}", what="the end of the server's side")
        both = dict(between=(client, server), port=PORT, connection=0)
        lab.exchange("client → SYN\nclient → PSH, ACK 6\nclient → FIN, ACK\n…", what="Ctrl+D: connected, a line, and a FIN", **both)
        lab.sequence("ctrl-d", "Ctrl+D: both sides close", lab.causes(lab.h1, client, server, port=PORT, connection=0))
        with lab.step("It half-closes, and listens to the end", id="half-close", should=True):
            lab.expect(client.output, contains(GOODBYE), "Ctrl+D: what the server says last still arrives", id="goodbye", hint=client.state)
            lab.exchange(LINE + "client shutdown → FIN, ACK", what="Ctrl+D: the client's frames, and the calls behind them", **both)
            lab.expect(broken_off(lab.h1) - before, equals(0), "Ctrl+D: connections broken off, at the server")

    with lab.step("Ctrl+C: SIGINT", id="ctrl-c"):
        client, before = talk(lab)
        client.interrupt()
        lab.expect(client.wait(), ended_by("SIGINT").ideally(killed_by("SIGINT")), "Ctrl+C: how the client ends", id="status")
        lab.wait_for_packet(lab.h1, tcp("RST", to=PORT))
        both = dict(between=(client, server), port=PORT, connection=1)
        lab.exchange("client → SYN\nclient → PSH, ACK 6\nclient → FIN, ACK\n…", what="Ctrl+C: no word after the line", **both)
        causes = lab.causes(lab.h1, client, server, port=PORT, connection=1)
        lab.sequence("ctrl-c", "Ctrl+C: killed, and what comes later is refused", causes)
        with lab.step("The signal kills it, and nothing else", id="killed", should=True):
            killed = LINE + "client exit → FIN, ACK\nclient kernel → RST\n"
            lab.exchange(killed, what="Ctrl+C: the client's frames, and the calls behind them", id="calls", **both)
            signal = causes.client.signals[0]
            later = [call.text for call in causes.client.calls if call.start > signal.start]
            lab.expect((signal.name, later), equals(("SIGINT", [])), "Ctrl+C: the signal, and the client's calls after it", id="later")
        lab.expect(GOODBYE in client.output, False, "Ctrl+C: more arrives")
        lab.expect_soon(lambda: broken_off(lab.h1) - before, equals(1), "Ctrl+C: connections broken off, at the server")

    with lab.step("The server goes on in both cases", id="goes-on"):
        talk(lab)
