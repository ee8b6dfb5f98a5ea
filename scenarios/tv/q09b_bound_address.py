"""VLC on any address plays what comes to either of the host's addresses; bound to one of them, only what comes to that one.

A socket bound to 0.0.0.0 takes datagrams to every local address, whichever interface they come in by. Bound to 11.0.0.1, it is
no longer what the kernel finds for a datagram to 10.0.0.1:5000: no socket fits, so the kernel answers with ICMP "port
unreachable" (not each time, for it limits how many of them it sends) and the player never hears of it.
"""

from harness import above, equals, scenario, udp
from scenarios.tv.kit.excerpts import LATER, MOST, PICTURES, a_half_by_either, excerpt, pictures_of, play_bound
from scenarios.tv.kit.hosts import bound, sent
from scenarios.tv.kit.netcat import REFUSED
from topologies.two_homed import TwoHomed


@scenario(
    "tv.q09b", question="VLC on every interface, and on one of two", topology=TwoHomed(), roles=["tv-sender"],
    needs={"tv-sender": ["file", "start_at", "duration"]}, captures=["h1-eth0", "h1-eth1"], seconds=21, load=0.3,
)  # fmt: skip
def bound_address(lab):
    first, second = (interface.IP() for interface in lab.h1.node.intfList())
    with lab.step("Any address: one half of an excerpt comes by either interface", id="any"):
        a_half_by_either(lab, first, second)

    with lab.step(f"Bound to {second}: traffic to {first}, then to {second}", id="bound"):
        before = {name: len(lab.packets(name, udp(to=5000))) for name in ("h1-eth0", "h1-eth1")}
        player = play_bound(lab, second)
        refused = excerpt(lab, lab.h2, first, 0)
        refused.wait()
        excerpt(lab, lab.h3, second, LATER).wait()
        seen = pictures_of(lab, player)
        for name, address in (("h1-eth0", first), ("h1-eth1", second)):
            came = lab.packets(name, udp(to=5000))
            lab.expect(len(came) - before[name], above(150), f"datagrams to {address} that came in by {name}", on=came, id="came")
        listening = lambda: f"h1's sockets with this port: {bound(lab.h1, 5000)}; {sent(lab, lab.h1)}"  # noqa: E731
        lab.expect(seen(0), equals(0), f"pictures that came to {first} and were shown", id="first", hint=listening)
        lab.expect(seen(LATER), MOST, f"pictures of {PICTURES} that came to {second} and were shown", id="second")
        answer = "the kernel answers h2: ICMP destination unreachable, port unreachable"
        lab.expect(lab.packets("h1-eth0", REFUSED), above(0), answer, id="refused", hint=listening)
        lab.expect(lab.packets("h1-eth1", "icmp"), equals(0), "and does not answer h3 so")
        lab.show_output(refused)
