"""TCP shakes hands, acknowledges and says good-bye around an echo; UDP sends the words, and gets them back, in two datagrams.

Locally and between hosts the packets are the same, but for the interface: what a host sends to itself never leaves it. Before the first
byte TCP makes a connection (SYN, SYN-ACK, ACK); each side acknowledges what it has got, and ends its direction with a FIN. Of UDP there
is nothing but the question and its answer: nobody would notice a lost one. Both carry the words in plain text, for whoever captures.
"""

from harness import equals, scenario, tcp, udp
from scenarios.services.kit.echo import PORT, echo_server, heard, over_tcp, over_udp, udp_echo_server
from topologies.single import Single

HERE, LOCAL = "127.0.0.1", "h1-lo"


@scenario(
    "services.ex01", question="Echo over TCP and over UDP, locally and from another host: what do the captures show?", topology=Single(),
    roles=["echo-server", "echo-client", "udp-echo-server", "udp-echo-client"], captures=["h1-eth0", "h2-eth0", LOCAL], seconds=8,
)  # fmt: skip
def echo_twice(lab):
    with lab.step("A server for each, on the same port", id="servers"):
        echo_server(lab)
        udp_echo_server(lab)
        bound = [lab.h1.listening(PORT, protocol) for protocol in ("tcp", "udp")]
        lab.expect(bound, equals([True, True]), f"port {PORT} is listened on over TCP, and bound over UDP")

    with lab.step("Locally: clients on the servers' host", id="local"):
        over_tcp(lab, lab.h1, HERE, (HERE, HERE), LOCAL)
        over_udp(lab, lab.h1, HERE, (HERE, HERE), LOCAL)
        for leaves in (tcp(to=PORT), udp(to=PORT)):
            lab.expect(lab.packets(lab.h1, leaves), equals(0), f"{leaves.words}: packets that leave h1", id="leaves")

    with lab.step("Remotely: clients on another host", id="remote"):
        honest = {
            "echo-client": over_tcp(lab, lab.h2, lab.h1, (lab.h2, lab.h1), lab.h2.interface),
            "udp-echo-client": over_udp(lab, lab.h2, lab.h1, (lab.h2, lab.h1), lab.h2.interface),
        }
        lab.sequence("tcp", "An echo over TCP", lab.packets(lab.h2, "tcp"))
        lab.sequence("udp", "The same over UDP", lab.packets(lab.h2, f"{udp(to=PORT)} || {udp(source=PORT)}"))

    with lab.step("A server that changes letters: what its clients print is what came", id="heard"):
        heard(lab, honest)
