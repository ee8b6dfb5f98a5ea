"""Sequence diagrams: colours, marks, folds, and that nothing in them covers anything else."""

from __future__ import annotations

import random
import re
import xml.etree.ElementTree as ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.judge.result import Frame, Mark
from harness.report import svg
from harness.report.fold import Fold, fold
from harness.report.sequence import sequence_diagram
from harness.report.sequence_rows import COLOURS, NAMES
from tests.harness import report_samples as samples

SVG = "{http://www.w3.org/2000/svg}"


def _root(*arguments, **options) -> ElementTree.Element:
    return ElementTree.fromstring(sequence_diagram(*arguments, **options))


def _texts(root: ElementTree.Element) -> list[str]:
    return [node.text or "" for node in root.iter(f"{SVG}text")]


def _bulk(count: int, seed: int = 1) -> list[Frame]:
    """A stream of full segments with acknowledgements where they happen to be."""
    chance, frames = random.Random(seed), []
    while len(frames) < count:
        number = len(frames) + 1
        if chance.random() < 0.4 and number > 1:
            frames.append(Frame(number, number / 1000, "h1", "h2", f"1234 → 5 [ACK] Seq=1 Ack={number} Len=0", kind="ack"))
        else:
            flags = chance.choice(["ACK", "PSH, ACK"])
            frames.append(Frame(number, number / 1000, "h2", "h1", f"5 → 1234 [{flags}] Seq={number} Ack=1 Len=1448", kind="data"))
    return frames


def test_each_kind_has_its_colour_and_is_in_the_legend() -> None:
    frames = [Frame(i, i / 10, "h1", "h2", f"[{kind}]", kind=kind) for i, kind in enumerate(COLOURS)]
    root = _root(frames, ["h1", "h2"])
    arrows = [node for node in root.iter(f"{SVG}path") if node.get("class") == "arrow"]
    assert [arrow.get("stroke") for arrow in arrows] == list(COLOURS.values())
    assert [arrow.get("stroke-dasharray") is not None for arrow in arrows] == [kind in ("repeat", "error") for kind in COLOURS]
    assert set(NAMES.values()) <= set(_texts(root)) and "↻ [repeat]" in _texts(root), "colour is never the only sign"
    plain = _root([Frame(1, 0.0, "h1", "h2", "UDP")], ["h1", "h2"])
    assert not set(NAMES.values()) & set(_texts(plain))


def test_a_stream_folds_however_its_acknowledgements_come() -> None:
    frames = [Frame(0, 0.0, "h2", "h1", "[SYN]", kind="syn"), *_bulk(120), Frame(121, 9.0, "h2", "h1", "[FIN, ACK]", kind="fin")]
    items = fold(frames)
    assert len(items) <= 8 and items[0] is frames[0] and items[-1] is frames[-1]
    folds = [item for item in items if isinstance(item, Fold)]
    assert sum(one.count for one in folds) + len(items) - len(folds) == 122, "none is lost"
    frames[60] = Frame(60, frames[60].time, "h2", "h1", "[TCP Retransmission] Len=1448", kind="repeat")
    assert frames[60] in fold(frames), "what was sent again is seen"
    assert "… 115 more like these …" in _texts(_root(_bulk(119), ["h1", "h2"]))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["data", "ack", "syn", ""]), st.booleans()), max_size=80))
@settings(max_examples=200, deadline=None)
def test_folding_loses_no_packet(rows: list[tuple[str, str, bool]]) -> None:
    frames = [
        Frame(i, i / 10, "h1" if way else "h2", "h2" if way else "h1", label, kind=kind) for i, (label, kind, way) in enumerate(rows)
    ]
    numbers: list[int] = []
    for item in fold(frames):
        if isinstance(item, Fold):
            assert item.count > 4 and item.last.number - item.first.number + 1 == item.count
            numbers += range(item.first.number, item.last.number + 1)
        else:
            numbers.append(item.number)
    assert numbers == list(range(len(frames)))


def test_calls_stand_at_their_side_in_the_row_of_their_frame() -> None:
    frames = [Frame(1, 0.1, "h2", "h1", "[SYN]", kind="syn"), Frame(2, 0.2, "h1", "h2", "[SYN, ACK]", kind="syn")]
    marks = [
        Mark(0.1, "h2", "connect()", "call", 1), Mark(0.2, "h1", "kernel", "kernel", 2), Mark(0.15, "h2", "SIGINT", "signal"),
        Mark(0.3, "h1", "accept() = 4", "return", 2), Mark(0.05, "h2", "Ctrl+C", "type"), Mark(0.9, "h2", "killed by SIGINT", "killed"),
        Mark(0.5, "h1", "of a frame that is not shown", "call", 77),
    ]  # fmt: skip
    root = _root(frames, ["h2", "h1"], marks=marks)
    notes = {node.text: node for node in root.iter(f"{SVG}text") if node.get("class") == "note"}
    assert set(notes) == {"connect()", "kernel", "⚡ SIGINT", "accept() = 4", "▸ Ctrl+C", "■ killed by SIGINT"}
    assert notes["connect()"].get("text-anchor") == "end" and notes["kernel"].get("text-anchor") == "start", "outside of the lifelines"
    height = {text: float(node.get("y")) for text, node in notes.items()}
    assert height["▸ Ctrl+C"] < height["connect()"] < height["⚡ SIGINT"] < height["kernel"] < height["accept() = 4"] < height["■ killed by SIGINT"]
    assert len([node for node in root.iter(f"{SVG}circle")]) == 3


def _boxes(root: ElementTree.Element) -> list[tuple[float, float, float, float, str]]:
    """Left, right, top and bottom of every text, from the widths that the drawing itself reckons with, somewhat narrower."""
    boxes = []
    for node in root.iter(f"{SVG}text"):
        size = float(node.get("font-size") or 11)
        wide = svg.width(node.text, size, node.get("font-family") is None) * 0.95
        x, y = float(node.get("x")), float(node.get("y"))
        left = x - {"start": 0, "end": wide}.get(node.get("text-anchor"), wide / 2)
        boxes.append((left, left + wide, y - size * 0.75, y + size * 0.2, node.text))
    return boxes


_HOSTS = ["h1", "h2", "h3"]
_TEXT = st.text(min_size=1, max_size=70)
_FRAMES = st.lists(
    st.tuples(st.sampled_from(_HOSTS), st.sampled_from(_HOSTS), _TEXT, st.sampled_from(["", "ack", *COLOURS]), st.floats(0, 3)), max_size=25
)  # fmt: skip
_MARKS = st.lists(
    st.tuples(st.sampled_from(_HOSTS), _TEXT, st.sampled_from(["call", "return", "kernel", "signal", "type", "end"]), st.integers(0, 25)),
    max_size=20,
)


@given(_FRAMES, _MARKS)
@settings(max_examples=150, deadline=None)
def test_no_text_covers_another(rows, noted) -> None:
    frames, time = [], 0.0
    for source, destination, label, kind, pause in rows:
        time += pause
        frames.append(Frame(len(frames) + 1, time, source, destination, label, kind=kind))
    marks = [Mark(number / 3, host, text, kind, number) for host, text, kind, number in noted]
    root = _root(frames, _HOSTS, marks=marks)
    boxes = _boxes(root)
    for i, (left, right, top, bottom, text) in enumerate(boxes):
        assert left >= -1 and right <= float(root.get("width")) + 1, text
        for other_left, other_right, other_top, other_bottom, other in boxes[i + 1 :]:
            apart = right <= other_left or other_right <= left or bottom <= other_top or other_bottom <= top
            assert apart, f"{text!r} and {other!r}"


def test_twenty_and_two_hundred_frames() -> None:
    twenty = _root(samples.echo_frames(), ["h1", "h2"])
    assert len([node for node in twenty.iter(f"{SVG}path") if node.get("class") == "arrow"]) == 20
    many = sequence_diagram(samples.mixed_frames(200), ["h1", "h2"])
    assert len(many) < 200_000 and len(re.findall(r">h1<", many)) > 2, "the hosts are named again and again"


def test_hostile_marks_are_text() -> None:
    frames = [Frame(1, 0.1, "h1", "h2", samples.HOSTILE, samples.HOSTILE, samples.HOSTILE)]
    drawn = svg.standalone(sequence_diagram(frames, ["h1", "h2"], marks=[Mark(0.1, "h1", samples.HOSTILE, samples.HOSTILE, 1)]))
    root = ElementTree.fromstring(drawn.encode("utf-8", "replace"))
    assert not [node for node in root.iter() if node.tag in (f"{SVG}script", f"{SVG}img", f"{SVG}image")]
    assert "\x1b" not in drawn and "\u202e" not in drawn and "<img" not in drawn
