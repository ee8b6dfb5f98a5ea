"""The books of the kernel, the capture and a UDP server, held against each other."""

import json
import pathlib
import re

from harness import below, equals, udp
from scenarios.transport.kit.messages import PORT, udp_client, udp_server

KINDS = ("delivered whole", "truncated", "dropped")


class Books:
    """A server from its start to its end, and what the kernel, the capture and the server count meanwhile."""

    def __init__(self, lab, **options):
        self.lab, self.before = lab, lab.h1.nstat()
        self.seen = len(lab.packets(lab.h1, "udp"))
        self.file = pathlib.Path(f"/tmp/server-{self.seen}.json")
        self.server = udp_server(lab, json=self.file, **options)

    def expect_bounded(self, size):
        """No more waits in the receive buffer than was asked for (SO_RCVBUF, bytes), which the kernel doubles for its own share."""
        waiting = max((one.receive_queue for one in self.lab.h1.sockets("udp")), default=0)
        self.lab.expect(waiting, below(3 * size, "B"), "what waits in the receive buffer when all has been sent", id="buffer", hint=lambda: self._buffer(size))

    def _buffer(self, asked):
        """The size that the server's socket has, which the kernel doubles when it is set."""
        size = re.search(r"rb(\d+)", self.lab.h1.run("ss", "-Huanm", f"sport = :{PORT}").output)
        return f"SO_RCVBUF of the server's socket is {size[1] if size else 'unknown'}, where {asked} were asked for and {2 * asked} would be right"

    def close(self):
        """Waits until all that came is read, stops the server, and holds the books against each other. Gives how many datagrams it got
        whole and cut, and how many were dropped."""
        lab, server = self.lab, self.server
        lab.until(lambda: not any(one.receive_queue for one in lab.h1.sockets("udp")), "the receive buffer to be empty", 30)
        lab.h1.run("cat", f"/proc/{lab.h1.pid}/net/udp6", f"/proc/{lab.h1.pid}/net/udp")
        drops = lab.h1.drops(PORT)
        lab.expect_interrupted(server)
        counted, changed = json.loads(lab.h1.run("cat", self.file).output), lab.h1.nstat() - self.before
        whole, cut = counted["delivered"], counted["truncated"]
        packets = lab.packets(lab.h1, "udp")
        packets = packets.where(f"frame.number > {packets[self.seen - 1].number}") if self.seen else packets
        came = packets.where(udp(to=PORT))
        lab.accounts("datagrams", sent=came, delivered=whole, truncated=cut, dropped=drops, id="sent", hint=lab.h1.kept_back())
        lab.expect(changed["UdpInDatagrams"], equals(whole + cut), "nstat: UdpInDatagrams, those that the server received, cut or whole")
        lab.expect(changed["UdpRcvbufErrors"], equals(drops), "nstat: UdpRcvbufErrors, as many as /proc/net/udp has drops")
        lab.expect(changed["UdpInErrors"], equals(drops), "nstat: UdpInErrors, no errors but these")
        own = (counted["dropped"], counted["unread"])
        lab.expect(own, equals((drops, 0)), "the server's own account of dropped and unread", id="own")
        lab.expect(len(server.output.splitlines()), equals(whole + cut), "messages that the server printed")
        answers = packets.where(udp(source=PORT))
        lab.expect(answers, equals(whole + cut), "answers: one to each datagram received, cut or whole, and to no other", id="answers", hint=f"datagrams that came: {len(came)}")
        return dict(zip(KINDS, (whole, cut, drops)))


def printed(server, text):
    """How many bytes of a text a server has printed, from its beginning."""
    return max(size for size in range(len(text) + 1) if text[:size] in server.output)


def flood(lab, **pace):
    """Nine clients on three hosts send 40 texts each, of 40 or 400 bytes, and do not wait for answers."""
    hosts = (lab.h2, lab.h3, lab.h4)
    lab.wait(*(udp_client(host, count=40, size=size, no_wait=True, **pace) for host in hosts for size in (40, 400, 40)))
