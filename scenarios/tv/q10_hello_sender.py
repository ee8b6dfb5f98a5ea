"""A UDP sender that takes address and port as arguments sends Hello, and says clearly what went wrong when it cannot.

Most mistakes show before a byte is sent: arguments are checked, names looked up, and connect() already fails where no route leads. A
closed port shows only afterwards, by an ICMP message that reaches connected sockets alone: the sender must wait a moment for it.
"""

from harness import ended, equals, matches, scenario, udp
from scenarios.tv.kit.mistakes import SENT, fails
from scenarios.tv.kit.netcat import PORT, REFUSED
from topologies.single import Single


@scenario(
    "tv.q10", question="A robust sender of Hello; address and port are arguments", topology=Single(3), roles=["tv-sender", "netcat"],
    captures=["h1-eth0", "h2-eth0"], load=0.4, seconds=3,
)  # fmt: skip
def hello_sender(lab):
    with lab.step("nc listens on h1, the sender runs on h2", id="hello"):
        receiver = lab.h1.start("netcat", "-u", "-l", PORT).wait_listening(PORT, "udp")
        sender = lab.h2.start("tv-sender", host=lab.h1, port=PORT)
        lab.expect(sender.wait(), ended, "the sender ends well")
        receiver.wait_for_text(".")
        lab.show_output(receiver)
        lab.expect(receiver.output, matches(r"\AHello[\s!.]*\Z").ideally("Hello"), "nc shows Hello", id="word")
        lab.expect(lab.packets(lab.h1, udp(to=PORT)), equals(1), "in one datagram", id="datagrams")
        receiver.stop()

    with lab.step("A port that is out of range", id="port-range"):
        fails(lab, "port out of range", "99999", host=lab.h1, port=99999)
    with lab.step("A port that is no number", id="port-word"):
        fails(lab, "port that is no number", "telly", host=lab.h1, port="telly")
    with lab.step("A host that nobody knows", id="unknown-host"):
        fails(lab, "unknown host", "no-such-host", host="no-such-host.invalid", port=PORT)
    with lab.step("A network that cannot be reached", id="unreachable"):
        fails(lab, "unreachable network", "(?i)unreachable", host="192.0.2.1", port=PORT)
    with lab.step("An argument that is missing", id="missing"):
        fails(lab, "missing argument", "(?i)port|usage", host=lab.h1)
        lab.expect(lab.packets(lab.h2, SENT), equals(1), "datagrams that h2 sent, Hello and all mistakes together", id="nothing-sent")
    with lab.step("A port where nobody listens, of which only a connected socket hears", id="closed-port", should=True):
        fails(lab, "closed port", "(?i)refused", host=lab.h1, port=PORT)
        lab.expect(lab.packets(lab.h2, REFUSED), equals(1), "h1 said so with ICMP port unreachable")
    with lab.step("Nearly a number", id="nearly", should=True):
        sent = len(lab.packets(lab.h2, SENT))
        fails(lab, "port with letters behind", r"1234x", host=lab.h1, port="1234x")
        lab.expect(len(lab.packets(lab.h2, SENT)) - sent, equals(0), "and nothing is sent to the port that it begins with", id="sent")
