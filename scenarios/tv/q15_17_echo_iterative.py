"""An iterative echo server serves one client after another, while the kernel already connects the next one.

The server loops over accept, and over recv and send until recv gives nothing; then it closes and accepts again. Whoever
comes meanwhile is not refused: the handshake is the kernel's work, so the connection is established, its first data are even
acknowledged, and both wait in the backlog of the listening socket until the server comes back to accept.
"""

import pathlib
import random

from harness import above, equals, scenario, tcp
from scenarios.tv.kit.clients import any_words, broken_off
from scenarios.tv.kit.echo import PORT, came_back, closed, echoed, serve, state
from topologies.single import Single

OTHER_PORT, BINARY = 2345, 1 << 20  # bytes


@scenario(
    "tv.q15-17", question="Write an iterative TCP echo server that takes its port as argument, and try it with nc",
    topology=Single(3), roles=["echo-server", "netcat"], seconds=5, snaplen=256,
)  # fmt: skip
def echo_iterative(lab):
    with lab.step("The server listens on the port it is given", id="port"):
        for port in (OTHER_PORT, PORT):
            server = serve(lab, "iterative", port)

    with lab.step("A line, and a single byte (Ctrl+D in the middle of a line sends what was typed so far)", id="first"):
        first = lab.h2.start("netcat", lab.h1, PORT, terminal=True)
        echoed(lab, first, "Hello, server", server)
        first.type("x")
        first.end_input()
        one = lambda **end: lab.packets(lab.h1, f"{tcp(**end)} && tcp.len == 1")  # noqa: E731
        story = lambda: f"segments of one byte, no line's end: h1 got {len(one(to=PORT))} and sent {len(one(source=PORT))}; {closed(lab, lab.h2)}"  # noqa: E731
        lab.expect_soon(lambda: first.output, equals("Hello, server\nx"), "a single byte comes back", id="byte", hint=story)
        lab.expect(one(source=PORT), above(0), "in a segment of one byte")

    with lab.step("A second client comes while the first is being served", id="second"):
        second = lab.h3.start("netcat", "-N", lab.h1, PORT, terminal=True)
        second.type("Is anybody there?\n")
        lab.wait_for_packet(lab.h1, tcp(source=PORT, to=lab.h3, acknowledges=18))
        lab.expect(lab.packets(lab.h1, tcp("SYN", source=lab.h3)), equals(1), "h3 sends SYN")
        lab.expect(lab.packets(lab.h1, tcp("SYN", source=PORT, to=lab.h3)), equals(1), "h1's kernel answers SYN-ACK")
        acknowledged = lab.packets(lab.h1, tcp(source=PORT, to=lab.h3, acknowledges=18))
        lab.expect(acknowledged, above(0), "and acknowledges the 18 bytes of the line")
        lab.expect(lab.packets(lab.h1, tcp("data", source=PORT, to=lab.h3)), equals(0), "but nobody echoes them", whatever_lag=True)
        lab.h1.run("ss", "-tln", f"sport = :{PORT}")
        waiting = [socket.receive_queue for socket in lab.h1.sockets("tcp") if (socket.port, socket.state) == (PORT, "LISTEN")]
        lab.expect(waiting, equals([1]), "one connection waits in the backlog for accept", id="backlog", hint=lambda: state(server))
        echoed(lab, first, "I am still here", server)
        lab.expect(second.output, equals(""), "the second is not", whatever_lag=True)

    with lab.step("The first client leaves (Ctrl+C), and the second is served at last", id="next"):
        first.interrupt()
        second.wait_for_text("Is anybody there")
        second.show()
        left = lab.packets(lab.h1, tcp("FIN", source=lab.h2))[0].time
        served, connected = (lab.packets(lab.h1, tcp(word, to=lab.h3)) for word in ("data", "SYN"))
        lab.expect(left - connected[0].time, above(0, "s"), "from the second client's SYN-ACK to the first one's FIN", connected)
        lab.expect(served[0].time - left, above(0, "s"), "from the first client's FIN to the second one's first echo", served)
        second.end_input()
        lab.expect(second.wait(), equals(0), "the second client ends its side (Ctrl+D), and the server closes")

    with lab.step("1 MiB of any bytes", id="binary"):
        file, back = pathlib.Path("/tmp/binary"), pathlib.Path("/tmp/back")
        file.write_bytes(random.Random(lab.seed).randbytes(BINARY))
        lab.h2.start("netcat", "-N", lab.h1, PORT, stdin=file, stdout=back).wait(20)
        came_back(lab, back.read_bytes(), file.read_bytes(), "what comes back of 1 MiB, after which the client closes its side", server)
        lab.show_output(server)

    with lab.step("Whatever a client says", id="words", should=True):
        any_words(lab, server)
        with lab.step("However it leaves", id="broken-off"):
            broken_off(lab, server)
