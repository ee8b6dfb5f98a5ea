"""Each of the twelve frames of an echo session has its call: connect, send, shutdown, or the kernel alone.

connect makes the SYN; the kernel answers, and accept and connect merely wait for it. Each send becomes a segment, each segment is
acknowledged by the kernel. shutdown(SHUT_WR) makes the FIN: the client has said all, and can still listen. So the connection
is half-closed, and the goodbye that comes after the FIN is received and acknowledged like everything before.
"""

from harness import END_OF_STREAM, contains, ended, equals, scenario, transfers
from topologies.single import Single

PORT = 1234
WELCOME = "Welcome! What you say is sent back.\n"  # 36 bytes
PREFIX = "> "
LINE = "salut"  # 6 bytes with the end of the line, and 8 with the prefix
GOODBYE = "See you again\n"  # 14 bytes


@scenario(
    "echo.api",
    question="Which call of the socket API makes which packet?",
    topology=Single(),
    roles=["echo-server", "echo-client"],
    needs={"echo-server": ["welcome", "reply_prefix", "goodbye"]},
    seconds=6,
)
def echo_api(lab):
    lab.step("The server welcomes, answers, and says goodbye; strace writes the calls of both sides down")
    server = lab.h1.start("echo-server", port=PORT, welcome=WELCOME, reply_prefix=PREFIX, goodbye=GOODBYE, traced=True)
    server.wait_listening(PORT)
    client = lab.h2.start("echo-client", host=lab.h1, port=PORT, terminal=True, traced=True)
    client.wait_for_text(WELCOME.strip())
    lab.wait_for_packet(lab.h1, f"tcp.dstport == {PORT} && tcp.ack == {1 + len(WELCOME)}")
    lab.expect(client.ask(LINE, PREFIX + LINE), contains(PREFIX + LINE), "the line comes back, with the prefix")
    lab.wait_for_packet(lab.h1, f"tcp.dstport == {PORT} && tcp.ack == {1 + len(WELCOME + PREFIX + LINE) + 1}")

    lab.step("Ctrl+D: the client has said all, and listens on")
    client.end_input()
    lab.expect(client.wait(), ended, "how the client ends")
    client.show()
    everything = f"{WELCOME}{PREFIX}{LINE}\n{GOODBYE}"
    lab.expect(client.output, contains(GOODBYE).ideally(everything), "all that the server said, the goodbye last")
    for host, where in ((lab.h1, "at the server"), (lab.h2, "at the client")):
        lab.expect_frames("echo.api", host, client=lab.h2, server=lab.h1, port=PORT, what=f"the twelve frames, {where}")

    lab.step("The call behind each frame")
    causes = lab.causes(lab.h1, client, server, port=PORT)
    for number, one in enumerate(causes, 1):
        lab.tell("note", "", "", f"frame {number}: {one.text}" + (f" ({one.call.text})" if one.call else ""))
    lab.expect_causes(causes, "echo.api", "which call makes which frame")
    ending = [(one.side, one.call.text) for one in causes if one.cause in ("shutdown", "close")]
    lab.expect(ending[:1], equals([("client", "shutdown(SHUT_WR)")]), "the first call that ends a side")
    accepted = [number for number, one in enumerate(causes, 1) for call in one.received if call.name.startswith("accept")]
    lab.expect(accepted, equals([3]), "frames that let accept return")
    half_closed = [call.end or call.start for call in causes.client.calls if call.name == "shutdown"]
    after = transfers([call for call in causes.client.calls if half_closed and (call.end or call.start) > half_closed[0]])
    # Which thread reads, and whether the end shows in a call, is the language's business.
    lab.expect(after, equals([f"receives {GOODBYE}", END_OF_STREAM]), "what the client still receives after its FIN", should=True)
    lab.sequence("calls", "The calls of both sides, and the frames between them", causes)
