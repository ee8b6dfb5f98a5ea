"""What viewers of a stream must see, in questions on rates: senders that reach the end, players that show all, files that decode."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterable
from typing import Any

from harness import about, above, ended, equals
from harness.evidence.capture.packets import Packets
from scenarios.tv.kit import wire
from scenarios.tv.kit.decode import frame_hashes, pictures
from scenarios.tv.kit.streams import RATE

HALT = 1  # s that a picture must stand too long to count
MOST = 0.98  # of the pictures: VLC never shows a file's last four, and leaves some out when the machine is busy
# VLC keeps 1,316 bytes of a stream's first datagram: of one of 7,975, as the sheet has it, it loses the first 50 pictures.
MOST_OF_LARGE = 0.95


def reach_the_end(lab: Any, statuses: Iterable[int]) -> None:
    """The senders have ended, and by themselves."""
    for status in statuses:
        lab.expect(status, ended, "the senders reach the end of the clip", id="end")


def gets_rate(lab: Any, host: Any, speed: float, what: str, story: Callable[[], str], percent: float = 2) -> Packets:
    """A host gets the clip at so many times its own rate: what came. percent: how far off that may be; a good sender's is within one."""
    arrived = lab.packets(host, f"udp.dstport == 5000 and ip.dst == {host}")
    rate = about(speed * RATE, percent=percent, unit="bit/s").ideally(about(speed * RATE, percent=1, unit="bit/s"))
    lab.expect(wire.payload_rate(arrived), rate, f"{host.name} gets {what}", id="rate", hint=story)
    return arrived


def shows_all(lab: Any, played: Any, host: Any, story: Callable[[], str]) -> None:
    """VLC on a host showed the clip without a halt. story: what came, for who reads that it did not."""
    showing = played.showing
    intact = above(MOST_OF_LARGE * showing.total).ideally(above(MOST * showing.total))
    lab.expect(showing.intact, intact, f"VLC on {host.name} shows the pictures intact", id="intact", hint=story)
    lab.expect(played.log.bufferings, equals(1), f"VLC on {host.name} fills its buffer once, and never again", id="bufferings", hint=story)
    lab.expect(len(showing.stalls(HALT)), equals(0), f"VLC never stands still on {host.name}", id="stalls", hint=story)


def decodes_all(lab: Any, saved: pathlib.Path, story: Callable[[], str]) -> None:
    """ffmpeg, which keeps no time, decodes every picture of the clip from what a host got."""
    wanted, found = pictures(lab), frame_hashes(saved)

    def told() -> str:
        whole = set(found)
        wrong = next((number for number, digest in enumerate(wanted, 1) if digest not in whole), "none")
        return f"{len(whole & set(wanted)):,} of them whole, and the first that is not is no. {wrong}; {story()}"

    lab.expect(found == wanted, True, "ffmpeg decodes all 1,498 pictures of the clip from what h3 got", id="decoded", hint=told)
