"""VLC on any address plays what comes to either of the host's addresses; bound to one of them, only what comes to that one.

A socket bound to 0.0.0.0 takes datagrams to every local address, whichever interface they come in by. Bound to 11.0.0.1, it is
no longer what the kernel finds for a datagram to 10.0.0.1:5000: no socket fits, so the kernel answers with ICMP "port
unreachable" (not each time, for it limits how many of them it sends) and the player never hears of it.
"""

from harness import above, equals, scenario
from scenarios.tv.kit.decode import pictures
from scenarios.tv.kit.players import play
from topologies.two_homed import TwoHomed

SECONDS = 3
LATER = 20  # where another excerpt begins, at a picture that stands alone
PICTURES = SECONDS * 25


@scenario(
    "tv.q09b", question="VLC on every interface, and on one of two", topology=TwoHomed(), roles=["tv-sender"],
    needs={"tv-sender": ["file", "start_at", "duration"]}, captures=["h1-eth0", "h1-eth1"], seconds=21, load=0.3,
)  # fmt: skip
def bound_address(lab):
    first, second = (interface.IP() for interface in lab.h1.node.intfList())

    lab.step("Any address: one half of an excerpt comes by either interface")
    player = play(lab.h1, port=5000)
    lab.expect(_bound(lab.h1), equals([("0.0.0.0", 5000)]), "VLC's socket is bound to no address in particular")
    for sender, address, start in ((lab.h2, first, 0), (lab.h3, second, SECONDS)):
        _send(lab, sender, address, start).wait()
    player.wait_still()
    seen = player.stop(pictures(lab)).showing
    lab.expect(_pictures(seen, 0), above(PICTURES * 0.7), f"pictures of {PICTURES} that came to {first} and were shown")
    lab.expect(_pictures(seen, SECONDS), above(PICTURES * 0.7), f"pictures of {PICTURES} that came to {second} and were shown")
    for interface in ("h1-eth0", "h1-eth1"):
        lab.expect(lab.packets(interface, "icmp"), equals(0), f"no datagram is refused on {interface}")

    lab.step(f"Bound to {second}: traffic to {first}, then to {second}")
    before = {name: len(lab.packets(name, "udp.dstport == 5000 && !icmp")) for name in ("h1-eth0", "h1-eth1")}
    player = play(lab.h1, second, port=5000)
    lab.expect(_bound(lab.h1), equals([(second, 5000)]), f"VLC's socket is bound to {second}")
    refused = _send(lab, lab.h2, first, 0)
    refused.wait()
    _send(lab, lab.h3, second, LATER).wait()
    player.wait_still()
    seen = player.stop(pictures(lab)).showing
    for name, address in (("h1-eth0", first), ("h1-eth1", second)):
        came = lab.packets(name, "udp.dstport == 5000 && !icmp")
        lab.expect(len(came) - before[name], above(150), f"datagrams to {address} that came in by {name}", on=came)
    lab.expect(_pictures(seen, 0), equals(0), f"pictures that came to {first} and were shown")
    played = _pictures(seen, LATER)
    lab.expect(played, above(PICTURES * 0.7), f"pictures of {PICTURES} that came to {second} and were shown")
    unreachable = lab.packets("h1-eth0", "icmp.type == 3 && icmp.code == 3")
    lab.expect(unreachable, above(0), "the kernel answers h2: ICMP destination unreachable, port unreachable")
    lab.expect(lab.packets("h1-eth1", "icmp"), equals(0), "and does not answer h3 so")
    lab.show_output(refused)


def _bound(host):
    return sorted({(socket.address, socket.port) for socket in host.sockets("udp") if socket.port == 5000})


def _send(lab, sender, address, start):
    return sender.start("tv-sender", host=address, port=5000, file=lab.asset("clip.ts"), start_at=start, duration=SECONDS)


def _pictures(seen, start):
    return len({number for number in seen.frames.tolist() if start * 25 <= number < start * 25 + PICTURES})
