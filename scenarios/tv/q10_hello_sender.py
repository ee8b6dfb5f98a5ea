"""A UDP sender that takes address and port as arguments sends Hello, and says clearly what went wrong when it cannot.

Most mistakes show before a byte is sent: arguments are checked, names looked up, and connect() on a UDP socket already
fails where no route leads. A closed port shows only afterwards, by an ICMP message that reaches connected sockets alone:
the sender must wait a moment for it. Each error gives a message on stderr and a status that is not 0.
"""

from harness import between, ended, equals, matches, scenario
from topologies.single import Single

PORT = 1234
SENT = "udp.dstport != 53 && !icmp"


@scenario(
    "tv.q10",
    question="A robust sender of Hello; address and port are arguments",
    topology=Single(3),
    roles=["tv-sender", "netcat"],
    captures=["h1-eth0", "h2-eth0"],
    load=0.4,
    seconds=3,
)
def hello_sender(lab):
    lab.step("nc listens on h1, the sender runs on h2")
    receiver = lab.h1.start("netcat", "-u", "-l", PORT).wait_listening(PORT, "udp")
    sender = lab.h2.start("tv-sender", host=lab.h1, port=PORT)
    lab.expect(sender.wait(), ended, "the sender ends well")
    receiver.wait_for_text(".")
    lab.show_output(receiver)
    lab.expect(receiver.output, matches(r"\AHello\W*\Z").ideally("Hello"), "nc shows Hello")
    lab.expect(lab.packets(lab.h1, f"udp.dstport == {PORT}"), equals(1), "in one datagram")
    receiver.stop()

    def fails(what, message, **arguments):
        lab.step(f"Error: {what}")
        program = lab.h2.start("tv-sender", **arguments)
        lab.expect(program.wait(30), between(1, 255), f"{what}: the status is not 0, and no signal ended it")
        lab.show_output(program)
        lab.expect(program.errors, matches(r"\w{3}").ideally(matches(message)), f"{what}: the message says so")
        lab.expect("Traceback" in program.errors, False, f"{what}: it is a message, not a stack trace")

    fails("port out of range", "99999", host=lab.h1, port=99999)
    fails("port that is no number", "telly", host=lab.h1, port="telly")
    fails("unknown host", "no-such-host", host="no-such-host.invalid", port=PORT)
    fails("unreachable network", "(?i)unreachable", host="192.0.2.1", port=PORT)
    fails("missing argument", "(?i)port|usage", host=lab.h1)
    lab.expect(lab.packets(lab.h2, SENT), equals(1), "none of these sent anything")
    fails("closed port", "(?i)refused", host=lab.h1, port=PORT)
    lab.expect(lab.packets(lab.h2, "icmp.type == 3 && icmp.code == 3"), equals(1), "h1 said so with ICMP port unreachable")
    with lab.step("Nearly a number", should=True):
        sent = len(lab.packets(lab.h2, SENT))
        fails("port with letters behind", r"1234x", host=lab.h1, port="1234x")
        lab.expect(len(lab.packets(lab.h2, SENT)) - sent, equals(0), "and nothing is sent to the port that it begins with")
