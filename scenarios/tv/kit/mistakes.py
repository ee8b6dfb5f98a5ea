"""Mistakes in what a sender is told: it must fail, say why, and not die of them."""

from harness import between, matches
from scenarios.tv.kit.hosts import sent

SENT = "udp.dstport != 53 && !icmp"


def fails(lab, what, message, **arguments):
    """The sender on h2 is started with these arguments. what: is wrong with them; message: what a good one's message has in it."""
    program = lab.h2.start("tv-sender", **arguments)
    status = program.wait(30)
    met = lambda: sent(lab, lab.h2)  # noqa: E731
    lab.expect(status, between(1, 255), f"{what}: the status is not 0, and no signal ended it", id="status", hint=met)
    lab.show_output(program)
    lab.expect(program.errors, matches(r"\w{3}").ideally(matches(message)), f"{what}: the message says so", id="message")
    lab.expect("Traceback" in program.errors, False, f"{what}: it is a message, not a stack trace", id="traceback")
