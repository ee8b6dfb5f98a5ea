"""Exchanges that a scenario writes down: what a line may say, and what of calls and frames is another exchange."""

from __future__ import annotations

import dataclasses

import pytest

from harness.evidence.frames.frame import CLIENT, SERVER, Frame
from harness.evidence.frames.reference import ReferenceTableError
from harness.evidence.frames.timeline import parse
from harness.evidence.trace.causes import Cause
from harness.evidence.trace.strace import Call
from tests.harness.frame_conversations import SYN, numbered

_TABLE = """
    client connect  → SYN
    server          → SYN, ACK      # the kernel's
    client          -> ACK
    server accept
    client send     → PSH, ACK 6
    server recv
    server          → ACK
    client shutdown or close → FIN, ACK
    …
"""
_FRAMES = numbered([*SYN, Frame(CLIENT, "PSH, ACK", 6, 72), Frame(SERVER, "ACK", 0, 66), Frame(CLIENT, "FIN, ACK", 0, 66)])
_MORE = [Frame(SERVER, "FIN, ACK", 0, 66, number=7), Frame(CLIENT, "ACK", 0, 66, number=8)]


def _call(name: str) -> Call:
    return Call(1, 0.0, 0.1, name, ("3",), 6)


def _causes(frames: list[Frame], **changed: str) -> list[Cause]:
    made = {1: "connect", 4: "send", 6: "close"}
    returned = {3: "accept4", 4: "read"} | {int(number[1:]): name for number, name in changed.items() if number[0] == "r"}
    made |= {int(number[1:]): name for number, name in changed.items() if number[0] == "c"}
    return [Cause(frame, made.get(frame.number, "kernel"), None, (_call(returned[frame.number]),) if frame.number in returned else ()) for frame in frames]


def test_a_table_is_read() -> None:
    found = parse(_TABLE)
    assert [(row.side, row.cause, row.label) for row in found.reference.frames] == [
        ("client", "connect", "SYN"), ("server", "", "SYN, ACK"), ("client", "", "ACK"), ("client", "send", "PSH, ACK 6"),
        ("server", "", "ACK"), ("client", "shutdown or close", "FIN, ACK"),
    ]  # fmt: skip
    assert (found.returns, found.open, found.sides, found.traced) == ({3: ("accept",), 4: ("recv",)}, True, {CLIENT, SERVER}, {CLIENT, SERVER})
    datagrams = parse("client → UDP 2\nserver → ICMP port unreachable")
    assert [row.label for row in datagrams.reference.frames] == ["UDP 2", "ICMP port unreachable"] and not datagrams.traced
    assert parse("client → SYN\nclient → FIN, ACK, may join").reference.frames[1].may_join


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("peer → SYN", "no line of an exchange: 'peer → SYN'"), ("client", "no line of an exchange"), ("client → SIN", "TCP's flags are FIN, SYN"),
        ("client → a word", "'a word' is no frame"), ("client accept", "a call returns because of a frame of the other side"), ("…", "has no frames"),
        ("client → SYN\nclient recv", "'client recv': a call returns because"),
    ],
)  # fmt: skip
def test_what_is_no_line_is_refused_in_words(line: str, said: str) -> None:
    with pytest.raises(ReferenceTableError, match=said):
        parse(line)


def test_what_follows_is_free_only_behind_the_sign() -> None:
    assert parse(_TABLE).compare([*_FRAMES, *_MORE]).agree
    assert not parse(_TABLE.replace("…", "")).compare([*_FRAMES, *_MORE]).agree
    assert not parse(_TABLE).compare(_FRAMES[:-1]).agree, "all of the table must be there"


def test_a_side_without_lines_is_not_looked_at() -> None:
    only = parse("client → SYN\nclient → PSH, ACK 6\nclient → FIN, ACK")
    assert only.compare([*_FRAMES, _MORE[0]]).agree
    assert not only.compare([*_FRAMES[:3], dataclasses.replace(_FRAMES[3], payload=7), *_FRAMES[4:]]).agree


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({}, ""), ({"c6": "shutdown"}, ""), ({"r4": "recvfrom"}, ""),
        ({"c6": "exit"}, "row 6 (client sends FIN, ACK): made by exit, not by shutdown or close"),
        ({"r3": "poll"}, "row 3 (client sends ACK): no accept of the server returns because of it"),
    ],
)  # fmt: skip
def test_calls_are_held_against_the_table(changed: dict[str, str], problem: str) -> None:
    table = parse(_TABLE)
    found = table.with_calls(table.compare(_FRAMES), _causes(_FRAMES, **changed))
    assert list(found.problems) == ([problem] if problem else [])
    notes = {line.reference.number: line.note for line in found.lines if line.reference}
    assert notes[1] == "made by connect" and (not problem or any(line.mark == "different" for line in found.lines))
