"""Each of the twelve frames of an echo session has its call: connect, send, shutdown, or the kernel alone.

connect makes the SYN; the kernel answers, and accept and connect merely wait for it. Each send becomes a segment, each segment is
acknowledged by the kernel. shutdown(SHUT_WR) makes the FIN: the client has said all, and can still listen. So the connection
is half-closed, and the goodbye that comes after the FIN is received and acknowledged like everything before.
"""

from harness import END_OF_STREAM, contains, ended, equals, scenario, tcp, transfers
from scenarios.echo.kit.talk import GOODBYE, PORT, echoed_within, frames_at_both, serve
from topologies.single import Single

WELCOME, PREFIX = "Welcome! What you say is sent back.\n", "> "  # 36 bytes, and 2
LINE = "salut"  # 6 bytes with the end of the line, and 8 with the prefix


@scenario(
    "echo.api", question="Which call of the socket API makes which packet?", topology=Single(), roles=["echo-server", "echo-client"],
    needs={"echo-server": ["welcome", "reply_prefix", "goodbye"]}, seconds=6,
)  # fmt: skip
def echo_api(lab):
    with lab.step("The server welcomes and answers; strace writes the calls of both sides down", id="talk"):
        server = serve(lab, welcome=WELCOME, reply_prefix=PREFIX, goodbye=GOODBYE, traced=True)
        client = lab.h2.start("echo-client", host=lab.h1, port=PORT, terminal=True, traced=True)
        client.wait_for_text(WELCOME.strip())
        lab.wait_for_packet(lab.h1, tcp(to=PORT, acknowledges=len(WELCOME)))
        echoed_within(lab, client, LINE, PREFIX)
        lab.wait_for_packet(lab.h1, tcp(to=PORT, acknowledges=len(WELCOME + PREFIX + LINE) + 1))

    with lab.step("Ctrl+D: the client has said all, and listens on", id="half-close"):
        client.end_input()
        lab.expect(client.wait(), ended, "how the client ends", id="status")
        everything = contains(GOODBYE).ideally(f"{WELCOME}{PREFIX}{LINE}\n{GOODBYE}")
        lab.expect(client.output, everything, "all that the server said, the goodbye last", id="output", hint=client.state)
        frames_at_both(lab, "echo.api")

    with lab.step("The call behind each frame", id="calls"):
        causes = lab.causes(lab.h1, client, server, port=PORT)
        lab.sequence("calls", "The calls of both sides, and the frames between them", causes)
        lab.expect_causes(causes, "echo.api", "which call makes which frame", id="causes")
        ending = [(one.side, one.call.text) for one in causes if one.cause in ("shutdown", "close")]
        lab.expect(ending[:1], equals([("client", "shutdown(SHUT_WR)")]), "the first call that ends a side", id="ending")
        lab.exchange("client → SYN\nserver → SYN, ACK\nclient → ACK\nserver accept\n…", between=(client, server), port=PORT, id="accept")
        after = transfers(causes.client.after("shutdown"))
        # Which thread reads, and whether the end shows in a call, is the language's business.
        lab.expect(after, [f"receives {GOODBYE}", END_OF_STREAM], "what the client receives after its FIN", should=True, id="after-fin")
