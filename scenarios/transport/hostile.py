"""Hostile text harms neither a terminal nor a server: what arrives is printed escaped, and the next client is served.

Bytes from the network can be anything. Printed as they come, an escape sequence renames the window, clears the screen or makes
a past line say something else; a decoder that expects UTF-8 dies of the first wrong byte; a reader that waits for a line's end
fills the memory. The programs of this lab print what they receive with every such byte as its number, and receive with a
bound, so a mebibyte without a line end is just many messages.
"""

from harness import scenario
from scenarios.transport.kit import hostile as text
from topologies.single import Single


@scenario(
    "transport.hostile", question="What if a client or a server sends bytes that are no text?", topology=Single(),
    roles=["tcp-server", "tcp-client", "udp-server", "udp-client", "netcat", "udp-sender"], captures=["h1-eth0"], snaplen=256,
    load=0.45, seconds=9,
)  # fmt: skip
def hostile(lab):
    # No sheet asks for any of this.
    for mode in ("iterative", "fork", "select", "epoll") if lab.takes("tcp-server", "mode") else ("iterative",):
        with lab.step(f"Hostile clients of a TCP server, {mode}", id=f"tcp-server-{mode}", should=True):
            text.of_a_tcp_server(lab, mode)
    with lab.step("The same to a UDP server", id="udp-server", should=True):
        text.of_a_udp_server(lab)
    for protocol in ("tcp", "udp"):
        with lab.step(f"A hostile {protocol.upper()} server", id=f"{protocol}-client", should=True):
            text.of_a_client(lab, protocol)
