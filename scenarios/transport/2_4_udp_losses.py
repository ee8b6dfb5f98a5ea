"""A receive of 50 bytes cuts a longer datagram; a full receive buffer drops whole ones: two losses, told apart and counted.

recvfrom with room for 50 bytes gets the first 50 of a datagram, and the rest is gone; the kernel counts the datagram as
delivered all the same, and only MSG_TRUNC tells the program. Losses of the second kind happen before any program is
asked: datagrams come faster than the server takes them, the socket's buffer is full, and the kernel drops what does not fit,
counted in the last column of /proc/net/udp and in UdpRcvbufErrors. So sent = delivered whole + truncated + dropped. The
client sees neither: a truncated message is answered like a whole one, and a dropped one is silence.
"""

import re

from harness import Call, above, below, contains, equals, scenario, udp
from scenarios.transport.kit.books import KINDS, Books, flood, printed
from scenarios.transport.kit.messages import PORT, receipt, udp_client, udp_server
from topologies.single import Single

SIZE, BUFFER = 50, 4096  # bytes
TEXT = "UDP keeps the borders of messages: one sendto is one datagram is one recvfrom. " * 7  # 553 bytes
RECEIVES = ("recvmsg", "recvfrom", "recv", "recvmmsg")
TOLD = {"udp-server": ("receive_size", "receive_buffer", "delay", "json"), "udp-client": ("count", "size", "no_wait")}


@scenario(
    "transport.2-4", question="UDP: long texts and many clients: what is lost, and where?", topology=Single(4),
    roles=["udp-server", "udp-client"], captures=["h1-eth0"], seconds=12,
)  # fmt: skip
def udp_losses(lab):
    with lab.step(f"Truncation: a text of {len(TEXT)} bytes, a receive of {SIZE}", id="long-text"):
        server, client = udp_server(lab, receive_size=SIZE), udp_client(lab.h2)
        receipt(lab, client, TEXT)
        server.wait_for_text(re.escape(TEXT[: SIZE - 5]), stream="stdout")
        sent = lab.packets(lab.h1, udp(to=PORT))
        lab.expect(sent.payloads, equals([len(TEXT)]), "the whole text reaches h1, in one datagram", sent, id="sent")
        lab.expect(server.output, contains(TEXT[:SIZE]), f"the server gets its first {SIZE} bytes", id="first-bytes")
        # Otherwise it has more room, which it cannot be told.
        if lab.takes("udp-server", "receive_size") or TEXT[: SIZE * 2] not in server.output:
            lab.expect(printed(server, TEXT), below(SIZE + 1), f"bytes of the text that the server prints, after a receive of {SIZE}", id="more")
        client.stop()
        server.stop()
    if all([lab.takes(role, parameter) for role, parameters in TOLD.items() for parameter in parameters]):
        losses_of_three_kinds(lab)


def losses_of_three_kinds(lab):
    """Each is counted by the kernel, the capture and the server."""
    found = {}
    with lab.step("Truncation, with MSG_TRUNC", id="truncated", should=True):
        books = Books(lab, receive_size=SIZE, traced=True)
        receipt(lab, udp_client(lab.h2), TEXT)
        found["long text, small receive"] = cut = books.close()
        calls = [call for call in books.server.calls() if isinstance(call, Call) and "MSG_TRUNC" in str(call.arguments)]
        flagged = [call.result for call in calls if call.name in RECEIVES and (call.result or -1) > 0]
        lab.expect(flagged, equals([len(TEXT)]), "bytes the kernel tells with MSG_TRUNC")
        told = f"the server printed {printed(books.server, TEXT)} of its {len(TEXT)} bytes"
        lab.expect(cut, equals(dict(zip(KINDS, (0, 1, 0)))), "what became of the long text", id="kinds", hint=told)

    with lab.step("Overflow: many clients and a slow server with a small buffer, but room for every text", id="overflow", should=True):
        books = Books(lab, receive_buffer=BUFFER, delay=0.01)
        flood(lab)
        books.expect_bounded(BUFFER)
        found["many, small buffer"] = full = books.close()
        lab.expect(full["truncated"], equals(0), "truncated")
        lab.expect(full["dropped"], above(0), "dropped", id="dropped")

    with lab.step(f"Both: the same with a receive of {SIZE}, and texts spread over a second", id="both", should=True):
        books = Books(lab, receive_size=SIZE, receive_buffer=BUFFER, delay=0.01)
        flood(lab, interval=0.02)
        found["both"] = books.close()
        for name, value in found["both"].items():
            lab.expect(value, above(0), name)
        bars = {kind: {run: row[kind] for run, row in found.items()} for kind in found["both"]}
        lab.plot_bars("datagrams", "Where the datagrams went", bars, "datagrams")
