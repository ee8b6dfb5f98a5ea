"""A receive of 50 bytes cuts a longer datagram; a full receive buffer drops whole ones: two losses, told apart and counted.

recvfrom with room for 50 bytes gets the first 50 of a datagram, and the rest is gone; the kernel counts the datagram as
delivered all the same, and only MSG_TRUNC tells the program. Losses of the second kind happen before any program is
asked: datagrams come faster than the server takes them, the socket's buffer is full, and the kernel drops what does not fit,
counted in the last column of /proc/net/udp and in UdpRcvbufErrors. So sent = delivered whole + truncated + dropped. The
client sees neither: a truncated message is answered like a whole one, and a dropped one is silence.
"""

import json
import pathlib
import re

from harness import above, contains, equals, interrupted, scenario
from topologies.single import Single

PORT, SIZE = 12800, 50
TEXT = "UDP keeps the borders of messages: one sendto is one datagram is one recvfrom. " * 7  # 553 bytes
RECEIVES = ("recvmsg", "recvfrom", "recv", "recvmmsg")


class Serving:
    """A server from its start to its end, and what the kernel, the capture and the server count meanwhile."""

    def __init__(self, lab, **options):
        self.lab, self.before = lab, lab.h1.nstat()
        self.seen = len(lab.packets(lab.h1, "udp"))
        self.file = pathlib.Path(f"/tmp/server-{self.seen}.json")
        self.server = lab.h1.start("udp-server", port=PORT, json=self.file, **options).wait_listening(PORT, "udp")

    def finish(self):
        """Waits until all that came is read, and stops the server."""
        self.lab.until(lambda: not any(one.receive_queue for one in self.lab.h1.sockets("udp")), "the receive buffer to be empty", 30)
        self.lab.h1.run("cat", f"/proc/{self.lab.h1.pid}/net/udp6", f"/proc/{self.lab.h1.pid}/net/udp")
        self.drops = self.lab.h1.drops(PORT)
        self.server.interrupt()
        self.lab.expect(self.server.wait(), interrupted, "the server ends at Ctrl+C")
        self.lab.show_output(self.server)
        self.counted = json.loads(self.lab.h1.run("cat", self.file).output)
        self.changed = self.lab.h1.nstat() - self.before
        self.packets = self.lab.packets(self.lab.h1, "udp")
        self.packets = self.packets.where(f"frame.number > {self.packets[self.seen - 1].number}") if self.seen else self.packets

    def account(self):
        """Holds the three books against each other."""
        expect, counted, changed = self.lab.expect, self.counted, self.changed
        whole, cut = counted["delivered"], counted["truncated"]
        sent = self.packets.where(f"udp.dstport == {PORT}")
        expect(sent, equals(whole + cut + self.drops), f"sent = {whole} delivered + {cut} truncated + {self.drops} dropped")
        expect(changed["UdpInDatagrams"], equals(whole + cut), "nstat: UdpInDatagrams, those that the server received, cut or whole")
        expect(changed["UdpRcvbufErrors"], equals(self.drops), "nstat: UdpRcvbufErrors, as many as /proc/net/udp has drops")
        expect(changed["UdpInErrors"], equals(self.drops), "nstat: UdpInErrors, no errors but these")
        expect((counted["dropped"], counted["unread"]), equals((self.drops, 0)), "the server's own account of dropped and unread")
        expect(len(self.server.output.splitlines()), equals(whole + cut), "messages that the server printed")
        answers = self.packets.where(f"udp.srcport == {PORT}")
        expect(answers, equals(whole + cut), "answers: one to each received datagram, cut or whole, none to a dropped one")
        return whole, cut, self.drops


def flood(lab, **pace):
    """Nine clients on three hosts send 40 texts each, of 40 or 400 bytes, and do not wait for answers."""
    clients = [
        host.start("udp-client", host=lab.h1, port=PORT, count=40, size=size, no_wait=True, **pace)
        for host in (lab.h2, lab.h3, lab.h4)
        for size in (40, 400, 40)
    ]
    lab.wait(*clients)


@scenario(
    "transport.2-4",
    question="UDP: long texts and many clients: what is lost, and where?",
    topology=Single(4),
    roles=["udp-server", "udp-client"],
    captures=["h1-eth0"],
    seconds=12,
)
def udp_losses(lab):
    lab.step(f"Truncation: a text of {len(TEXT)} bytes, a receive of {SIZE}")
    server = lab.h1.start("udp-server", port=PORT, receive_size=SIZE).wait_listening(PORT, "udp")
    client = lab.h2.start("udp-client", host=lab.h1, port=PORT)
    lab.expect(client.ask(TEXT, "Message received"), contains("Message received"), "the client is answered, and notices nothing")
    server.wait_for_text(re.escape(TEXT[: SIZE - 5]), stream="stdout")
    lab.show_output(server)
    sizes = [packet["udp.length"] - 8 for packet in lab.packets(lab.h1, f"udp.dstport == {PORT}")]
    lab.expect(sizes, equals([len(TEXT)]), "the whole text reaches h1, in one datagram")
    lab.expect(server.output, contains(TEXT[:SIZE]), f"the server gets its first {SIZE} bytes")
    if lab.takes("udp-server", "receive_size") or TEXT[: SIZE * 2] not in server.output:  # else it has more room, which it cannot be told
        lab.expect(TEXT[: SIZE + 1] in server.output, False, "it gets more than these")
    client.stop()
    server.stop()
    told = all(lab.takes("udp-server", name) for name in ("receive_size", "receive_buffer", "delay", "json"))
    if told and all(lab.takes("udp-client", name) for name in ("count", "size", "no_wait")):
        with lab.step("The books of kernel, capture and server", should=True):
            books(lab)


def books(lab):
    """Losses of three kinds, each counted three times."""
    lab.step("Truncation, with MSG_TRUNC")
    cut = Serving(lab, receive_size=SIZE, traced=True)
    client = lab.h2.start("udp-client", host=lab.h1, port=PORT)
    lab.expect(client.ask(TEXT, "Message received"), contains("Message received"), "the client is answered again")
    cut.finish()
    flagged = [call.result for call in cut.server.calls() if getattr(call, "name", "") in RECEIVES and "MSG_TRUNC" in str(call.arguments)]
    lab.expect([result for result in flagged if result and result > 0], equals([len(TEXT)]), "bytes the kernel tells with MSG_TRUNC")
    results = [cut.account()]
    lab.expect(results[0], equals((0, 1, 0)), "delivered whole, truncated, dropped")

    lab.step("Overflow: many clients and a slow server with a small buffer, but room for every text")
    full = Serving(lab, receive_buffer=4096, delay=0.01)
    flood(lab)
    full.finish()
    results.append(full.account())
    lab.expect(results[1][1], equals(0), "truncated")
    lab.expect(results[1][2], above(0), "dropped")

    lab.step(f"Both: the same with a receive of {SIZE}, and texts spread over a second")
    both = Serving(lab, receive_size=SIZE, receive_buffer=4096, delay=0.01)
    flood(lab, interval=0.02)
    both.finish()
    results.append(both.account())
    for value, name in zip(results[2], ("delivered whole", "truncated", "dropped")):
        lab.expect(value, above(0), name)

    runs = ["long text, small receive", "many, small buffer", "both"]
    names = ("delivered whole", "truncated", "dropped")
    series = [{"label": name, "style": "bars", "x": runs, "y": [row[i] for row in results]} for i, name in enumerate(names)]
    lab.plot("datagrams", {"title": "Where the datagrams went", "y_label": "datagrams", "panels": [{"series": series}]})
