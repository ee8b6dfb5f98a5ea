"""Frame tables: what a table may say, and what a capture must show to agree with it."""

from __future__ import annotations

import dataclasses
import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from harness.evidence.frames.frame import CLIENT, SERVER, Frame, flag_text, other
from harness.evidence.frames.match import DIFFERENT, SAME, TOLERATED, compare
from harness.evidence.frames.reference import Reference, ReferenceTableError, load, names, parse
from harness.evidence.frames.show import rows, side_by_side
from tests.harness.frame_conversations import legal_variation, numbered, references

INETD, API = load("echo.inetd"), load("echo.api")


def _shown(reference: Reference) -> list[Frame]:
    return numbered(reference.frames)


def test_the_golden_tables_are_those_of_the_sheets() -> None:
    assert [frame.length for frame in INETD.frames] == [74, 74, 66, 81, 66, 81, 66]
    assert [frame.length for frame in API.frames] == [74, 74, 66, 102, 66, 72, 66, 74, 66, 66, 80, 66]
    assert "".join(frame.side[0] for frame in API.frames) == "cscsccsscc" + "sc"
    assert [frame.payload for frame in API.frames if frame.payload] == [36, 6, 8, 14]


@pytest.mark.parametrize("name", names())
def test_every_table_agrees_with_itself(name: str) -> None:
    reference = load(name)
    assert reference.source and reference.title != name
    comparison = compare(reference, _shown(reference))
    assert comparison.agree and {line.mark for line in comparison.lines} == {SAME}
    for row in reference.frames + reference.may_follow:
        assert row.cause, "each row says what makes the kernel send it"
        headers = {"TCP": (54, 66, 74), "UDP": (42,)}.get(row.kind)
        assert headers is None or row.length - row.payload in headers
    with_end = numbered(reference.frames + reference.may_follow)
    assert compare(reference, with_end).agree


@pytest.mark.parametrize("frame", [Frame(SERVER, "RST, ACK", 0, 54), Frame(SERVER, "PSH, ACK", 3, 69), Frame(CLIENT, "FIN, ACK", 0, 66)])
def test_nothing_but_what_may_follow_follows(frame: Frame) -> None:
    assert not compare(API, numbered([*API.frames, frame])).agree


def test_a_difference_is_told_and_shown_beside_the_table() -> None:
    frames = list(API.frames)
    frames[9] = dataclasses.replace(frames[9], flags="RST, ACK")
    comparison = compare(API, numbered(frames))
    assert comparison.problems[0] == "row 10 (client sends FIN, ACK) is frame 10: [RST, ACK], not [FIN, ACK]"
    text = side_by_side(comparison)
    assert "reference echo.api" in text
    different = [line for line in text.splitlines() if line.startswith("≠")]
    assert len(different) == 1 and "FIN, ACK" in different[0] and "RST, ACK" in different[0]
    assert len(rows(comparison)) == 12 and {len(row) for row in rows(comparison)} == {12}


def test_a_dropped_frame_moves_no_other_line() -> None:
    comparison = compare(API, numbered(API.frames[:5] + API.frames[6:]))
    assert [line.mark for line in comparison.lines].count(DIFFERENT) == 1
    assert comparison.problems[0] == "row 6 (client sends PSH, ACK 6) is missing"


def test_acknowledgements_come_with_data() -> None:
    comparison = compare(INETD, numbered([row for i, row in enumerate(INETD.frames) if i not in (2, 4)]))
    assert comparison.agree and [line.mark for line in comparison.lines].count(TOLERATED) == 2


def test_what_the_table_acknowledges_must_be_acknowledged() -> None:
    comparison = compare(INETD, numbered(INETD.frames[:-1]))
    assert not comparison.agree and "the client acknowledges 1 sequence numbers, the table 16" in comparison.problems[0]


def test_a_server_does_not_speak_before_the_handshake() -> None:
    comparison = compare(API, numbered([row for i, row in enumerate(API.frames) if i != 2]))
    assert "the server sends before the client has acknowledged its SYN" in comparison.problems[0]


@pytest.mark.parametrize("at", [2, 4, 6])
def test_an_acknowledgement_of_another_length(at: int) -> None:
    frames = _shown(INETD)
    frames[at] = dataclasses.replace(frames[at], length=78)
    assert not compare(INETD, frames).agree


def test_an_acknowledgement_of_nothing_and_a_repeated_segment() -> None:
    frames = _shown(INETD)
    wild = [*frames[:-1], dataclasses.replace(frames[-1], acknowledged=17)]
    assert "acknowledges what was never sent" in compare(INETD, wild).problems[0]
    again = [*frames[:4], dataclasses.replace(frames[3], number=99), *frames[4:]]
    problems = compare(INETD, again).problems
    assert any("frame 99 is not in the table" in text or "frame 4 is not in the table" in text for text in problems)
    assert any("repeats what was sent before" in text for text in problems)


def test_a_fin_rides_on_data_only_where_it_may() -> None:
    data, fin = Frame(CLIENT, "PSH, ACK", 5, 71, number=4), Frame(CLIENT, "FIN, ACK", 0, 66, number=5)
    joined = numbered([*INETD.frames[:3], Frame(CLIENT, "FIN, PSH, ACK", 5, 71)])
    for may_join in (True, False):
        rows_ = (*INETD.frames[:3], data, dataclasses.replace(fin, may_join=may_join))
        reference = Reference("fin", "fin", rows_)
        assert compare(reference, joined).agree is may_join
        assert compare(reference, numbered(rows_)).agree


def test_datagrams_and_icmp() -> None:
    table = load("udp.unreachable")
    frames = _shown(table)
    assert not compare(table, frames[:1]).agree
    assert not compare(table, [frames[0], dataclasses.replace(frames[1], flags="host unreachable")]).agree
    assert not compare(table, [dataclasses.replace(frames[0], payload=3), frames[1]]).agree


def test_nothing_at_all_and_far_too_much() -> None:
    assert len(compare(INETD, []).problems) >= 4
    many = numbered([*INETD.frames, *[Frame(CLIENT, "PSH, ACK", 1, 67)] * 2100])
    assert any("107 more frames" in text for text in compare(INETD, many).problems)


@given(references(), st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_legal_acknowledgements_are_accepted(reference: Reference, chance: random.Random) -> None:
    comparison = compare(reference, legal_variation(reference, chance))
    assert comparison.agree, f"{comparison.problems}\n{side_by_side(comparison)}"


@given(references(), st.randoms(use_true_random=False), st.data())
@settings(max_examples=300, deadline=None)
def test_every_real_change_is_rejected(reference: Reference, chance: random.Random, data: st.DataObject) -> None:
    frames = [dataclasses.replace(frame, sequence=None, acknowledged=None) for frame in legal_variation(reference, chance)]
    telling = [i for i, frame in enumerate(frames) if not frame.pure_ack]
    at = data.draw(st.sampled_from(telling))
    frame = frames[at]
    change = data.draw(st.sampled_from(["drop", "swap", "payload", "length", "flags", "reset", "double", "order"]))
    if change == "drop":
        frames = frames[:at] + frames[at + 1 :]
    elif change == "swap":
        frames[at] = dataclasses.replace(frame, side=other(frame.side))
    elif change == "payload":
        frames[at] = dataclasses.replace(frame, payload=frame.payload + data.draw(st.integers(1, 10)))
    elif change == "length":
        frames[at] = dataclasses.replace(frame, length=frame.length + data.draw(st.sampled_from([-12, -1, 1, 12])))
    elif change == "flags":
        changed = frame.flag_set ^ {data.draw(st.sampled_from(["FIN", "SYN", "RST", "URG"]))}
        frames[at] = dataclasses.replace(frame, flags=", ".join(sorted(changed)))
    elif change == "reset":
        frames.insert(at + 1, Frame(data.draw(st.sampled_from([CLIENT, SERVER])), "RST, ACK", 0, 54))
    elif change == "double":
        frames.insert(at, frame)
    else:
        after = next((i for i in telling if i > at), None)
        assume(after is not None)
        assume((frames[after].side, frames[after].flags, frames[after].payload) != (frame.side, frame.flags, frame.payload))
        frames[at], frames[after] = frames[after], frames[at]
    assert not compare(reference, frames).agree, f"{change} at {at}\n{side_by_side(compare(reference, frames))}"


_FRAMES = st.builds(
    Frame,
    side=st.sampled_from([CLIENT, SERVER]),
    flags=st.sets(st.sampled_from(["FIN", "SYN", "RST", "PSH", "ACK"])).map(", ".join),
    payload=st.integers(0, 3), length=st.none() | st.integers(54, 70), kind=st.sampled_from(["TCP", "UDP", "ICMP"]),
    number=st.integers(0, 99), sequence=st.none() | st.integers(0, 9), acknowledged=st.none() | st.integers(0, 9),
)  # fmt: skip


@given(st.lists(_FRAMES, max_size=30))
def test_any_frames_at_all_are_compared(frames: list[Frame]) -> None:
    comparison = compare(API, frames)
    assert [line.found for line in comparison.lines if line.found] == frames, "each frame has its line"
    assert [line.reference for line in comparison.lines if line.reference][:12] == list(API.frames)
    assert side_by_side(comparison).count("\n") == len(comparison.lines) + 1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("frames = [", "frame table x:"),
        ("frames = []", "it has no frames"),
        ("title = 'a'", "it has no frames"),
        ("frames = 3", "frames is no list"),
        ("frames = [3]", "row 1: 3 is no frame"),
        ("rows = []", "nobody knows rows"),
        ("frames = [{ from = 'nobody' }]", "row 1: from is 'nobody'"),
        ("frames = [{ from = 'client', flags = 'SYM' }]", "flags are 'SYM'"),
        ("frames = [{ from = 'client', flags = 'ACK' }, { from = 'client', flags = 'ACK', payload = -1 }]", "row 2: payload is -1"),
        ("frames = [{ from = 'client', flags = 'ACK', length = 'long' }]", "length is 'long'"),
        ("frames = [{ from = 'client', flags = 'ACK', payload = true }]", "payload is True"),
        ("frames = [{ from = 'client', flags = 'ACK', size = 1 }]", "nobody knows size"),
        ("frames = [{ from = 'client', flags = 'ACK', may_join = true }]", "only a FIN may join"),
        ("frames = [{ from = 'client', kind = 'SCTP' }]", "kind is 'SCTP'"),
    ],
)
def test_a_wrong_table_is_refused_in_words(text: str, complaint: str) -> None:
    with pytest.raises(ReferenceTableError, match="frame table x") as refused:
        parse("x", text)
    assert complaint in str(refused.value)


def test_an_unknown_table_names_those_there_are() -> None:
    with pytest.raises(ReferenceTableError, match="no frame table 'echo.what'; there are .*echo.api"):
        load("echo.what")


def test_flags_and_labels() -> None:
    assert flag_text(0x12) == "SYN, ACK" and flag_text(0xC2) == "SYN" and flag_text(0) == ""
    assert parse("x", "frames = [{ from = 'client', flags = 'ACK,FIN' }]").frames[0].flags == "FIN, ACK"
    assert Frame(CLIENT, "PSH, ACK", 3).label == "PSH, ACK 3" and Frame(CLIENT, kind="UDP").label == "UDP 0"
