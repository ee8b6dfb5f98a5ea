"""What calls moved over a connection, as text for people: who the bytes came from is not in it, as it is not for the program."""

from __future__ import annotations

import re
from collections.abc import Iterable

from harness.evidence.trace.descriptors import written
from harness.evidence.trace.strace import RECEIVING, SENDING, Call, Event

END_OF_STREAM = "end of stream"
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


RECEIVED, SENT = "receives", "sends"


def transfers(calls: Iterable[Call]) -> list[str]:
    """One entry for each call that received or sent, in their order: "receives hello", "sends hello", END_OF_STREAM. Bytes are read as
    UTF-8; of a long text, what strace shows of it, with an ellipsis. Calls that failed moved nothing."""
    return [f"{how} {text}" if text else END_OF_STREAM for how, text in _moved(calls)]


def streams(calls: Iterable[Call]) -> tuple[str, str]:
    """What was received and what was sent, in one piece each: as a stream, where the pieces do not count."""
    moved = _moved(calls)
    received, sent = ("".join(text for how, text in moved if how == wanted) for wanted in (RECEIVED, SENT))
    return received, sent


def _moved(calls: Iterable[Call]) -> list[tuple[str, str]]:
    """How and what each call moved; an empty text is the end of the stream."""
    moved = []
    for call in calls:
        if call.error or call.result is None:
            continue
        if call.name in RECEIVING and "MSG_PEEK" not in " ".join(call.arguments):
            moved.append((RECEIVED, _text(call, call.result)))
        elif call.name in SENDING and (size := written(call)):
            moved.append((SENT, _text(call, size)))
    return moved


def _text(call: Call, size: int) -> str:
    shown = b"".join(bytes.fromhex(text.replace("\\x", "")) for text in _STRING.findall(" ".join(call.arguments[1:])))
    return shown[:size].decode("utf-8", "replace") + ("…" if len(shown) < size else "")


def accepted(calls: Iterable[Event]) -> int:
    """How many connections accept has given."""
    return sum(isinstance(call, Call) and call.name in ("accept", "accept4") and (call.result or -1) >= 0 for call in calls)
