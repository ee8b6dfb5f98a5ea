"""What a ping client printed, and what the capture has of it."""

import re
from dataclasses import dataclass

WAIT = 1.0
LINE = re.compile(r"^\s*(\d+)\s*:\s*(?:(timed out)|(\d+\.\d+) ms)\s*$", re.MULTILINE)
SUMMARY = re.compile(r"^\s*sent (\d+), received (\d+), lost ([\d.]+) ?%", re.MULTILINE)
TIMES = re.compile(r"min/avg/max ([\d.]+)/([\d.]+)/([\d.]+) ms")
MESSAGE = re.compile(r"ping (\d+) (\S+)")


@dataclass
class Ping:
    """A request in the capture: when it was sent, its text, and the seconds until its answer came (None: it never did)."""

    sent: float
    text: str
    answered: float | None

    @property
    def number(self):
        found = MESSAGE.fullmatch(self.text)
        return int(found[1]) if found else None

    @property
    def stamp(self):
        found = MESSAGE.fullmatch(self.text)
        return found[2] if found else None

    @property
    def in_time(self):
        return self.answered is not None and self.answered < WAIT


def texts(packets):
    """The messages of packets, in order."""
    return [packet["textbook_ping.text"] for packet in packets]


def split(packets, port):
    """Packets to a port, and those from it."""
    return [packet for packet in packets if packet["udp.dstport"] == port], [packet for packet in packets if packet["udp.srcport"] == port]


def captured(requests, answers):
    """A Ping for each request, with the first answer of the same text that came after it."""
    pings = []
    for request in requests:
        text = request["textbook_ping.text"]
        times = [answer.time - request.time for answer in answers if answer["textbook_ping.text"] == text and answer.time > request.time]
        pings.append(Ping(request.time, text, min(times, default=None)))
    return pings


def printed(output):
    """[(number, milliseconds or None for a time-out)] as the client printed them."""
    return [(int(number), None if late else float(taken)) for number, late, taken in LINE.findall(output)]


def too_early(pings):
    """Numbers of the messages that left before the one before was answered and before its second was over."""
    return [
        following.number
        for ping, following in zip(pings, pings[1:])
        if following.sent < ping.sent + (ping.answered if ping.in_time else 0.95 * WAIT)
    ]
