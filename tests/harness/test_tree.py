"""Trees as packets tell them: who is whose child, what lists are true, who copied what, and what it cost."""

from __future__ import annotations

import math
import pathlib

import pytest

from harness.evidence.capture.packets import Packets
from scenarios.group.kit import cost, deliveries, draw, history, instead, messages, repair, staying, story
from scenarios.group.kit.messages import Message
from scenarios.group.kit.tree import Tree

NAMES = {"10.0.0.1": "h1", "10.0.0.2": "h2"}
FAMILY = Tree({"h1": None, "h2": "h1", "h3": "h1", "h10": "h2", "h9": "h2"})


def exchange(*lines: str) -> list[Message]:
    """Messages of "TIME SOURCE KIND DESTINATION [CHILDREN…]", each as sent and as received; a DATA is told its number."""
    found = []
    for line in lines:
        time, source, kind, destination, *more = line.split()
        data = ("0" * 15 + "1", int(more[0])) if kind == "DATA" else None
        for at in (source, destination):
            found.append(Message(float(time), kind, source, destination, at, None, tuple(more) if kind == "NJOI" else (), data))
    return found


def test_a_tree_tells_its_shape() -> None:
    assert FAMILY.roots == ["h1"] and FAMILY.height == 2 and FAMILY.most_children == 2
    assert FAMILY.children("h2") == ["h9", "h10"] and FAMILY.subtree("h2") == {"h2", "h9", "h10"}
    assert FAMILY.is_one(["h1", "h2", "h3", "h9", "h10"], "h1") and not FAMILY.is_one(["h1", "h2"], "h1")
    assert FAMILY.text() == "h1\n  h2\n    h9\n    h10\n  h3\n"


def test_cycles_are_found_and_have_no_depth() -> None:
    tangle = Tree({"h1": None, "h2": "h3", "h3": "h4", "h4": "h3"})
    assert tangle.cycles == [["h3", "h4"]] and not tangle.is_one(tangle.parents, "h1")
    with pytest.raises(ValueError, match="h2 hangs below a cycle"):
        tangle.depth("h2")
    assert "cycle: h3 → h4 → h3" in tangle.text()


def test_a_place_is_taken_by_a_yjoi_that_was_asked_for() -> None:
    story = exchange("1 h2 RREG h1", "1 h1 YREG h2", "2 h3 RJOI h2", "2 h2 YJOI h3", "3 h9 NJOI h3 h9", "3 h9 YREG h3", "3 h9 YJOI h3")
    told = history.whole(story)
    assert told.registered == "h2" and told.parents == {"h2": None, "h3": "h2"}
    left = history.whole(story + exchange("4 h3 RJOI h2", "4 h2 NJOI h3 h4", "5 h3 RJOI h4"))
    assert left.parents["h3"] is None
    assert history.whole(story).tree(["h3"]).parents == {"h3": None}


def test_a_root_that_is_refused_is_none() -> None:
    assert history.whole(exchange("1 h2 RREG h1", "1 h1 YREG h2", "2 h2 RREG h1", "2 h1 NREG h2")).registered is None


def test_a_cycle_is_told_when_it_closes() -> None:
    story = exchange("1 h3 RJOI h2", "1 h2 YJOI h3", "2 h2 RJOI h3", "2.5 h3 YJOI h2", "3 h2 RJOI h3", "3.5 h3 YJOI h2")
    assert [(time, sorted(names)) for time, names in history.cycles(story)] == [(2.5, ["h2", "h3"])]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("3 h2 NJOI h6 h3 h4", 0), ("3 h2 NJOI h6 h3", 1), ("3 h2 NJOI h6 h3 h4 h5", 1), ("11.1 h2 NJOI h6 h4", 0),
        ("11.1 h2 NJOI h6 h3 h4", 0), ("14 h2 NJOI h6", 0), ("14 h2 NJOI h6 h3", 1),
    ],
)  # fmt: skip
def test_a_list_must_name_the_children_within_their_lifetime(line: str, wrong: int) -> None:
    story = exchange("1 h3 RJOI h2", "1 h2 YJOI h3", "2 h4 RJOI h2", "2 h2 YJOI h4", line)
    found = history.untrue_lists(story, lifetime=10)
    assert len(found) == wrong and all("is none of them" in one or "is left out" in one for one in found)


def test_who_says_good_bye_is_no_child() -> None:
    story = exchange("1 h3 RJOI h2", "1 h2 YJOI h3", "2 h3 LEAV h2", "3 h2 NJOI h6", "4 h4 RJOI h2", "4 h2 YJOI h4")
    assert history.untrue_lists(story, 10) == [] and history.most_at_once(story, 10) == {"h2": 1}


def test_copies_follow_the_tree_or_not() -> None:
    tree = Tree({"h2": None, "h3": "h2", "h4": "h3"})
    ways = ["1 h4 DATA h2 1", "2 h2 DATA h3 1", "3 h3 DATA h4 1"]
    right = exchange(*ways)
    mine = deliveries.brought_by(right, "h4")
    assert len(mine) == 1 and deliveries.faults(right, tree, tree.parents, mine) == []
    assert deliveries.faults(exchange(*ways[:2]), tree, tree.parents, mine) == ["h4 did not get message 1 of h4 from its parent h3"]
    twice = exchange(*ways, "4 h3 DATA h4 1")
    assert deliveries.faults(twice, tree, tree.parents, mine) == ["h4 got message 1 of h4 2 times from its parent h3"]
    astray = exchange(*ways, "4 h2 DATA h4 1")
    kin = "h2 has no parent, its children are h3; h4's parent is h3, it has no child; h2 never answered h4 YJOI"
    assert deliveries.faults(astray, tree, tree.parents, mine) == [f"h2 gave message 1 of h4 to h4, which is not its child: {kin}"]
    resent = exchange(*ways, "4 h4 DATA h2 1")
    assert [deliveries.doubled(seen, tree, mine) for seen in (right, twice, astray, resent)] == [False, True, False, False], "an origin may repeat"
    early = exchange(ways[0], "1.5 h3 DATA h4 1", ways[1])
    told = "message 1 of h4: h3 gave it to its child h4 before it came down from the root"
    assert deliveries.faults(early, tree, tree.parents, mine) == [told]
    assert deliveries.hearing(right)[mine[0]] == {"h2": 1.0, "h3": 2.0, "h4": 3.0}


def test_a_joiner_chooses_a_line_of_the_last_list() -> None:
    story = exchange("1 h2 NJOI h9 h3 h4 h5", "2 h9 RJOI h4", "3 h4 NJOI h9 h6 h7", "4 h9 RJOI h6", "5 h2 NJOI h8 h3 h4 h5", "6 h8 RJOI h2")
    assert staying.choices(story, 3) == [1] and staying.choices(story, 2) == [0]


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        (["4 h3 RJOI h2", "5 h3 RJOI h2", "6 h3 RJOI h2", "7 h3 RJOI h4"], []),
        (["4 h3 RJOI h2", "7 h3 RJOI h4"], ["h3 left h2 when 1 of its refreshes had stayed without an answer"]),
        (["4 h3 RJOI h2", "5 h3 RJOI h2", "6 h3 RREG h1"], ["h3 left h2 when 2 of its refreshes had stayed without an answer"]),
        (["4 h3 RJOI h2", "4 h2 YJOI h3", "7 h3 RJOI h4"], ["h3 left h2 when 0 of its refreshes had stayed without an answer"]),
        (["4 h3 RJOI h2", "4 h2 NJOI h3 h4", "7 h3 RJOI h4"], []),
        (["4 h2 LEAV h3", "7 h3 RJOI h4"], []),
    ],
)  # fmt: skip
def test_a_parent_is_left_after_three_refreshes_without_an_answer(lines: list[str], wrong: list[str]) -> None:
    assert staying.left_too_soon(exchange("1 h3 RJOI h2", "1 h2 YJOI h3", *lines)) == wrong


def test_a_child_is_not_sent_away_while_it_is_known() -> None:
    story = exchange("1 h3 RJOI h2", "1 h2 YJOI h3", "2 h4 RJOI h2", "2 h2 NJOI h4 h3", "5 h3 RJOI h2", "5 h2 NJOI h3 h4")
    assert staying.refused(story, 10) == ["h2 sent its child h3 away"] and staying.refused(story, 4) == []
    assert staying.refused(exchange("1 h3 RJOI h2", "1 h2 YJOI h3", "2 h3 LEAV h2", "3 h3 RJOI h2", "3 h2 NJOI h3 h4"), 10) == []


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("11 h2 DATA h3 1", []), ("13 h2 DATA h3 1", ["h2 copied a message to h3, 12.0 s after its last RJOI"]),
        ("13 h2 NJOI h5 h3", ["h2 named in NJOI h3, 12.0 s after its last RJOI"]), ("13 h2 DATA h4 1", []),
    ],
)  # fmt: skip
def test_a_child_is_forgotten_when_its_time_is_over(line: str, wrong: list[str]) -> None:
    assert staying.forgotten_too_late(exchange("1 h3 RJOI h2", "1 h2 YJOI h3", "2 h9 DATA h2 1", line), 10) == wrong


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], ": h3 has no place: it sent RREG to h1 (no answer)"),
        (["2 h1 YREG h3"], ": YREG was given to h2 and h3"),
        (["2 h1 NREG h3", "3 h3 ROOT h1", "3 h1 TOOR h3"], ": h3 has no place: it sent RREG to h1 (NREG), ROOT to h1 (TOOR, nobody)"),
        (["3 h3 RJOI h2", "3 h2 NJOI h3 h7"], ": h3 has no place: it sent RREG to h1 (no answer), RJOI to h2 (NJOI h7)"),
        (
            ["3 h3 RJOI h2", "3 h2 YJOI h3", "4 h3 RJOI h2", "4 h2 NJOI h3"],
            ": h3 has no place: it sent RREG to h1 (no answer), RJOI to h2 (YJOI), RJOI to h2 (NJOI); h2 sent its child h3 away",
        ),
        (["3 h3 RJOI h2", "3 h2 YJOI h3"], ""),
    ],
)  # fmt: skip
def test_what_a_group_did_in_place_of_a_tree_is_told(lines: list[str], words: str) -> None:
    assert instead.of_a_tree(exchange("1 h2 RREG h1", "1 h1 YREG h2", "1 h3 RREG h1", *lines), ["h2", "h3"], 10) == words


def test_what_kept_a_host_from_hearing_is_told() -> None:
    story = exchange("1 h3 RJOI h2", "1 h2 YJOI h3", "6 h4 RJOI h2", "6 h2 YJOI h4")
    silent = ": h3 h4 did not; h3 sent no RJOI for 5.0 s, and is to send one every 2 s"
    assert instead.of_hearing(story, ["h3", "h4"], 2, 10) == silent and instead.of_hearing(story, ["h4"], 2, 10) == ": h4 did not"


def test_who_is_whose_and_who_asked_for_what_is_told() -> None:
    tree = Tree({"h2": None, "h3": "h2", "h4": "h2", "h10": "h3", "h6": None})
    assert story.drawn(tree) == "h2 (no parent) has h3, h4; h3 has h10; neither parent nor child: h6"
    assert story.kin(tree, "h3", "h4") == "h3's parent is h2, its children are h10; h4's parent is h2, it has no child"
    seen = exchange(
        "1 h3 ROOT h1", "1 h1 TOOR h3", "2 h3 RJOI h2", "2 h2 YJOI h3", "3 h3 RJOI h2", "4 h3 RJOI h2", "5 h3 MISS h2", "5 h9 RJOI h2", "5 h2 YJOI h9"
    )
    asked = "ROOT to h1 (TOOR, nobody), RJOI to h2 (YJOI), RJOI to h2 (no answer) 2 times"
    assert story.asked(seen, "h3") == asked and story.asked(seen, "h4") == "nothing"
    assert story.lonely(seen, ["h3"]) == f"h3 sent {asked}; 1 MISS" and "no LEAV or MISS or SENT" in story.lonely(seen, ["h9"])
    assert story.crowded(seen, {"h2": 2}, 1) == "h2 had 2 children at once, the limit is 1: it sent YJOI to h3 h9"
    ring = exchange("1 h3 RJOI h2", "1 h2 YJOI h3", "2 h2 RJOI h3", "2 h3 YJOI h2")
    assert story.closed(ring, [["h2", "h3"]]) == "each below the other: h2 took h3, then h3 took h2"


def test_who_lost_or_doubled_copies_is_told() -> None:
    tree = Tree({"h2": None, "h3": "h2", "h4": "h3"})
    seen = exchange("1 h2 DATA h3 1", "1 h2 DATA h3 1", "2 h3 DATA h4 1", "3 h2 DATA h4 1", "4 h4 DATA h2 1")
    assert story.given(seen, tree) == "h2 gave its child h3 2 copies; h2 gave h4 1 copy, which is not its child (h2 has no parent, its children are h3)"
    which = {one.data for one in seen if one.data}
    assert story.lost_on_the_way(seen, tree, which, {"h2": 2, "h3": 2, "h4": 1}) == "h4 printed 1: its parent h3 (which printed 2) sent it 1, and 1 came"


def test_repair_is_timed_and_losses_are_counted() -> None:
    spoken = {1: 1.0, 2: 2.0, 3: 3.0, 4: 4.0}
    arrivals = {1: {"h2": 1.1, "h3": 1.1}, 2: {"h2": 2.1}, 3: {"h2": 3.1}, 4: {"h2": 4.1, "h3": 4.6}}
    assert repair.heard_again(arrivals, spoken, ["h2", "h3"], 1.5) == pytest.approx({"h2": 0.6, "h3": 3.1})
    assert repair.heard_again(arrivals, spoken, ["h4"], 1.5) == {"h4": math.inf}
    assert repair.lost(arrivals, spoken, ["h2", "h3"], 1.5, math.inf) == {"h3": 2}
    assert repair.audience(arrivals, spoken) == [2, 1, 1, 2] and repair.audience(arrivals, spoken, 0.5) == [2, 1, 1, 1]


def test_stress_and_stretch_are_those_of_the_ways() -> None:
    wires = cost.Wires({"s1": ["s2", "s3"], "s2": ["s1", "h1", "h2"], "s3": ["s1", "h3"], "h1": ["s2"], "h2": ["s2"], "h3": ["s3"]})
    assert wires.between("h1", "h3") == [("h1", "s2"), ("s2", "s1"), ("s1", "s3"), ("s3", "h3")] and wires.between("h1", "h1") == []
    chain = [("h1", "h3"), ("h3", "h2")]
    carried = cost.stress(wires, chain)
    assert carried[("h1", "s2")] == carried[("s3", "s1")] == 1 and sum(carried.values()) == 8
    assert cost.stress(wires, [("h1", "h2"), ("h1", "h3")])[("h1", "s2")] == 2
    assert cost.stretch(wires, chain, "h1") == {"h3": 1.0, "h2": 4.0}
    assert cost.differences({("h1", "s2"): 2}, {("h1", "s2"): 1, ("s2", "h2"): 1}) == ["h1 → s2: 2, not 1", "s2 → h2: 0, not 1"]
    assert not cost.differences(carried, dict(carried))


def test_a_drawing_names_everybody() -> None:
    drawn = draw.picture(FAMILY, {"h2": 1})
    assert all(f">{host}</text>" in drawn for host in FAMILY.parents) and drawn.count("<circle") == len(FAMILY)
    assert "h9, below h2, 0 children" in drawn and "h1, the root, 2 children" in drawn


def test_messages_are_read_from_a_capture() -> None:
    capture = pathlib.Path(__file__).parent / "captures" / "hmtp.pcapng"
    read = messages.read(Packets.decode(capture), {f"127.0.0.{number}": f"h{number}" for number in range(1, 101)})
    assert [message.told for message in read[:6]] == ["h1 ROOT", "h100 TOOR", "h1 RREG", "h100 YREG", "h2 ROOT", "h100 TOOR h1"]
    assert next(message for message in read if message.kind == "NJOI").told == "h1 NJOI h2 h3 h4"
    assert all(message.data for message in read if message.kind == "DATA") and any(message.kind == "DATA" for message in read)
