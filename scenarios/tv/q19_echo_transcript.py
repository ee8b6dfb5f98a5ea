"""The procedure and its outputs show that both echo servers work.

Start the server, look that it listens (netstat), connect with nc, type: what comes back is the proof for one client. The proof for
several at once is a second client that gets its echo while the first is still connected: never from the iterative server, at
once from the forking one, where ps shows a child for each client. The transcript below is the one to hand in.
"""

from harness import equals, scenario
from topologies.single import Single

PORT = 1234


@scenario(
    "tv.q19",
    question="Give the procedure and the outputs that show that the servers work",
    topology=Single(3),
    roles=["echo-server", "netcat"],
    load=0.45,
    seconds=4,
)
def echo_transcript(lab):
    modes = ("iterative", "fork") if lab.takes("echo-server", "mode") else ("fork",)  # which is the last one that the sheet asks for
    for mode in modes:
        lab.step(f"The {mode} server: start it on h1, and look whether it listens")
        server = lab.h1.start("echo-server", port=PORT, mode=mode, terminal=True).wait_listening(PORT)
        server.show()
        listening = [line for line in lab.h1.run("netstat", "-tln").output.splitlines() if f":{PORT} " in line]
        lab.expect(len(listening), equals(1), f"{mode}: sockets that listen on the port, in netstat")

        lab.step("One client")
        first = lab.h2.start("netcat", lab.h1, PORT, terminal=True)
        lab.expect(first.ask(f"hello, {mode} server"), equals(f"hello, {mode} server"), f"{mode}: the first client's echo")

        lab.step("A second client while the first one stays")
        second = lab.h3.start("netcat", lab.h1, PORT, terminal=True)
        if mode == "fork":
            lab.expect(second.ask("me too"), equals("me too"), "fork: the second client's echo comes at once")
            shown = lab.h1.run("ps", "-o", "pid,ppid,stat,comm", "--ppid", server.pid).output
            lab.expect(len(shown.splitlines()) - 1, equals(2), "fork: ps shows a child for each client")
        else:
            second.type("me too\n")
            lab.wait_for_packet(lab.h1, f"ip.dst == {lab.h3} && tcp.ack == 8")
            lab.expect(first.ask("one moment"), equals("one moment"), "iterative: the first client is served")
            lab.expect(second.output, equals(""), "iterative: the second client waits", whatever_lag=True)
        shown = lab.h1.run("netstat", "-tn").output
        lab.expect(shown.count("ESTABLISHED"), equals(2), f"{mode}: connections in netstat")

        lab.step("The clients leave by Ctrl+C, the first one first")
        first.interrupt()
        second.wait_for_text("me too")
        second.show()
        lab.expect(second.output, equals("me too\n"), f"{mode}: the second client has its echo")
        second.interrupt()
        lab.wait(first, second)
        lab.expect_soon(lambda: server.children, equals([]), f"{mode}: no child is left")

        lab.step("The server is ended by Ctrl+C, and frees the port")
        server.interrupt()
        server.wait()
        server.show()
        lab.h1.wait_not_listening(PORT)
    told = [entry.text.strip() for entry in lab.transcript if entry.kind in ("type", "output") and entry.host in ("h2", "h3")]
    handed_in = {
        "iterative": ["hello, iterative server"] * 2 + ["me too", "one moment", "one moment", "^C", "me too", "^C"],
        "fork": ["hello, fork server"] * 2 + ["me too", "me too", "^C", "^C"],
    }  # fmt: skip
    lines = [line for mode in modes for line in handed_in[mode]]
    lab.expect(told, equals(lines), "the transcript has what was typed and what came back, in order")
