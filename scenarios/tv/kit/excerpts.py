"""Excerpts of the clip to a VLC on h1, whose socket is bound to one address or to any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness import above, equals
from scenarios.tv.kit.decode import pictures
from scenarios.tv.kit.hosts import bound
from scenarios.tv.kit.players import Vlc, play

SECONDS, LATER = 3, 20  # s: how long an excerpt is; where another one begins, at a picture that stands alone
RATE = 25  # pictures/s
PICTURES = SECONDS * RATE
MOST = above(PICTURES * 0.7)


def play_bound(lab: Any, address: str) -> Vlc:
    """A VLC that listens on one of h1's addresses, or on any: its socket, and no other, has the port."""
    player = play(lab.h1, address, port=5000)
    rows = sorted({(socket.address, socket.port) for socket in lab.h1.sockets("udp") if socket.port == 5000})
    whose = f"VLC's socket is bound to {address or 'no address in particular'}, and nobody else's to port 5000"
    lab.expect(rows, equals([(address or "0.0.0.0", 5000)]), whose, id="socket", hint=lambda: f"sockets: {bound(lab.h1, 5000)}")
    return player


def excerpt(lab: Any, sender: Any, address: str, start: float) -> Any:
    """A host sends some seconds of the clip, from a second on."""
    return sender.start("tv-sender", host=address, port=5000, file=lab.asset("clip.ts"), start_at=start, duration=SECONDS)


def pictures_of(lab: Any, player: Vlc) -> Callable[[float], int]:
    """Ends a VLC when all is shown. Gives how many pictures of the excerpt that begins at a second it has shown."""
    player.wait_still()
    frames = player.stop(pictures(lab)).showing.frames.tolist()
    return lambda start: len({number for number in frames if start * RATE <= number < start * RATE + PICTURES})


def a_half_by_either(lab: Any, first: str, second: str) -> None:
    """h2 sends one excerpt to h1's first address, then h3 the next one to its second: a VLC on any address shows both."""
    player = play_bound(lab, "")
    for sender, address, start in ((lab.h2, first, 0), (lab.h3, second, SECONDS)):
        excerpt(lab, sender, address, start).wait()
    seen = pictures_of(lab, player)
    for address, start in ((first, 0), (second, SECONDS)):
        lab.expect(seen(start), MOST, f"pictures of {PICTURES} that came to {address} and were shown", id="shown")
    for interface in ("h1-eth0", "h1-eth1"):
        lab.expect(lab.packets(interface, "icmp"), equals(0), f"no datagram is refused on {interface}", id="unrefused")
