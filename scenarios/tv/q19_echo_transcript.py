"""The procedure and its outputs show that both echo servers work.

Start the server, look that it listens (netstat), connect with nc, type: what comes back is the proof for one client. The proof for
several at once is a second client that gets its echo while the first is still connected: never from the iterative server, at
once from the forking one, where ps shows a child for each client. The transcript below is the one to hand in.
"""

from harness import equals, scenario
from scenarios.tv.kit.echo import PORT, echoed, serve
from scenarios.tv.kit.procedure import leave, second_client
from topologies.single import Single

HANDED_IN = {
    "iterative": ["hello, iterative server"] * 2 + ["me too", "one moment", "one moment", "^C", "me too", "^C"],
    "fork": ["hello, fork server"] * 2 + ["me too", "me too", "^C", "^C"],
}  # fmt: skip


@scenario(
    "tv.q19", question="Give the procedure and the outputs that show that the servers work", topology=Single(3),
    roles=["echo-server", "netcat"], load=0.45, seconds=4,
)  # fmt: skip
def echo_transcript(lab):
    modes = ("iterative", "fork") if lab.takes("echo-server", "mode") else ("fork",)  # which is the last one that the sheet asks for
    for mode in modes:
        with lab.step(f"The {mode} server: start it on h1, look whether it listens, and be its first client", id=f"{mode}-first"):
            server = serve(lab, mode, terminal=True)
            server.show()
            listening = [line for line in lab.h1.run("netstat", "-tln").output.splitlines() if f":{PORT} " in line]
            lab.expect(len(listening), equals(1), f"{mode}: sockets that listen on the port, in netstat")
            first = lab.h2.start("netcat", lab.h1, PORT, terminal=True)
            echoed(lab, first, f"hello, {mode} server", server)
        with lab.step("A second client while the first one stays", id=f"{mode}-second"):
            second = second_client(lab, server, mode, first)
        with lab.step("The clients leave by Ctrl+C, the first one first; the server is ended by Ctrl+C", id=f"{mode}-leave"):
            leave(lab, server, mode, first, second)
    with lab.step("What to hand in", id="transcript"):
        told = [entry.text.strip() for entry in lab.transcript if entry.kind in ("type", "output") and entry.host in ("h2", "h3")]
        lines = [line for mode in modes for line in HANDED_IN[mode]]
        lab.expect(told, equals(lines), "the transcript has what was typed and what came back, in order")
