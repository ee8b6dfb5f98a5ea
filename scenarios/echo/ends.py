"""Ctrl+D lets the client finish in order, Ctrl+C kills it at once; the capture and the server both tell which it was.

Ctrl+D makes read return 0: the client shuts its sending side down, and goes on receiving until the server has closed as well.
Ctrl+C makes the terminal send SIGINT, which kills: no further call is made, and the kernel closes the connection. Both ways a
FIN leaves, so a server that has nothing more to say cannot tell. One that says goodbye can: nobody is left to read it, the
client's kernel answers with a reset, and the server's connection is broken off instead of closed.
"""

from harness import between, contains, ended, equals, nstat, scenario
from topologies.single import Single

PORT = 1234
GOODBYE = "See you again\n"
ESTABLISHED = "ESTABLISHED"
RESETS = "TcpEstabResets"  # connections that were broken off: from ESTABLISHED or CLOSE-WAIT to CLOSED (RFC 4022)


def resets(host):
    return nstat(host.run("nstat", "-asz", RESETS).output)[RESETS]


def sent_by_client(causes):
    """What the client's side sends besides acknowledgements, and the call behind it, each once."""
    return list(dict.fromkeys(one.text for one in causes.telling if one.side == "client"))


@scenario(
    "echo.ends",
    question="What does Ctrl+C do to the client, and what does Ctrl+D?",
    topology=Single(),
    roles=["echo-server", "echo-client"],
    needs={"echo-server": ["goodbye"]},
    seconds=7,
)
def echo_ends(lab):
    server = lab.h1.start("echo-server", port=PORT, goodbye=GOODBYE, traced=True).wait_listening(PORT)

    def talk():
        client = lab.h2.start("echo-client", host=lab.h1, port=PORT, terminal=True, traced=True)
        lab.until(lambda: (ESTABLISHED, PORT) in [(socket.state, socket.port) for socket in lab.h1.sockets("tcp")], "the connection")
        lab.expect(client.ask("salut", "salut"), contains("salut"), "the echo comes back")
        return client

    lab.step("Ctrl+D: end of file")
    client, before = talk(), resets(lab.h1)
    client.end_input()
    lab.expect(client.wait(), ended, "Ctrl+D: how the client ends")
    client.show()
    lab.wait_for_packet(lab.h1, f"tcp.dstport == {PORT} && tcp.flags.fin == 1", what="the client's FIN after Ctrl+D")
    lab.wait_for_packet(lab.h1, f"tcp.srcport == {PORT} && tcp.flags.fin == 1 || tcp.flags.reset == 1", what="the end of the server's side")
    causes = lab.causes(lab.h1, client, server, port=PORT, connection=0)
    in_order = ["client connect → SYN", "client send → PSH, ACK 6", "client shutdown → FIN, ACK"]
    frames = [one.partition("→ ")[2] for one in sent_by_client(causes)]
    lab.expect(frames[:3], equals(["SYN", "PSH, ACK 6", "FIN, ACK"]), "Ctrl+D: the client's frames: connected, a line, and a FIN")
    with lab.step("It half-closes, and listens to the end", should=True):
        lab.expect(client.output, contains(GOODBYE), "Ctrl+D: what the server says last still arrives")
        lab.expect(sent_by_client(causes), equals(in_order), "Ctrl+D: the client's frames, and the calls behind them")
        lab.expect(resets(lab.h1) - before, equals(0), "Ctrl+D: connections broken off, at the server")
    lab.sequence("ctrl-d", "Ctrl+D: both sides close", causes)

    lab.step("Ctrl+C: SIGINT")
    client, before = talk(), resets(lab.h1)
    client.interrupt()
    lab.expect(client.wait(), between(-2, 255).ideally(-2), "Ctrl+C: how the client ends (-2 is SIGINT)")
    lab.wait_for_packet(lab.h1, f"tcp.dstport == {PORT} && tcp.flags.reset == 1")
    causes = lab.causes(lab.h1, client, server, port=PORT, connection=1)
    killed = [*in_order[:2], "client exit → FIN, ACK", "client kernel → RST"]
    frames = [one.partition("→ ")[2] for one in sent_by_client(causes)]
    lab.expect(frames[:3], equals(["SYN", "PSH, ACK 6", "FIN, ACK"]), "Ctrl+C: the client's frames: no word after the line")
    with lab.step("The signal kills it, and nothing else", should=True):
        lab.expect(sent_by_client(causes), equals(killed), "Ctrl+C: the client's frames, and the calls behind them")
        signal = causes.client.signals[0]
        later = [call.text for call in causes.client.calls if call.start > signal.start]
        lab.expect((signal.name, later), equals(("SIGINT", [])), "Ctrl+C: the signal, and the client's calls after it")
    lab.expect(GOODBYE in client.output, False, "Ctrl+C: nothing more arrives")
    lab.expect_soon(lambda: resets(lab.h1) - before, equals(1), "Ctrl+C: connections broken off, at the server")
    lab.sequence("ctrl-c", "Ctrl+C: killed, and what comes later is refused", causes)

    lab.step("The server goes on in both cases")
    talk()
    lab.show_output(server)
