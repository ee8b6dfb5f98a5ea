"""Two `nc`: one that is refused, and text that comes through, for the first questions of the sheet."""

from harness import above, contains, equals, tcp
from scenarios.tv.kit import hosts

PORT = 1234
REFUSED = "icmp.type == 3 && icmp.code == 3"  # destination unreachable, port unreachable (RFC 792)
HANDSHAKE = ["SYN", "SYN, ACK", "ACK"]


def refused(lab, client, server, told="Connection refused"):
    """A client by TCP of a host where nobody listens: it fails, says why, and the host's kernel has answered its SYN with a reset."""
    told_of = lambda: hosts.sent(lab, client.host)  # noqa: E731
    lab.expect(client.wait(), above(0), f"{client}, whom nobody hears, fails", id="status", hint=told_of)
    lab.show_output(client)
    lab.expect(client.errors, contains(told), "it reports the refusal", id="message", hint=told_of)
    reset = lab.packets(client.host, f"{tcp('RST', source=server)} && tcp.ack == 1")
    lab.expect(reset, equals(1), f"{server.name} answers the SYN with RST", id="reset", hint=told_of)


def flags(packets):
    """The flags of the first three segments."""
    return [packet.flags for packet in packets][:3]


def refusals(lab, host, number):
    """Waits until a host was told so many times that a port is unreachable."""
    told = lambda: hosts.sent(lab, *lab.hosts.values())  # noqa: E731
    lab.until(lambda: len(lab.packets(host, REFUSED)) >= number, f"{number} ICMP port unreachable", details=told)
