"""How hosts choose their parents, stay with them, and forget their children, as packets tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness import between, equals
from scenarios.group.kit.history import cycles, most_at_once
from scenarios.group.kit.messages import Message, origins
from scenarios.group.kit.story import closed, crowded

if TYPE_CHECKING:
    from harness.stage.lab import Lab

TRIES = 3  # refreshes in a row without an answer, after which a parent is taken for gone
SLACK = 1.0  # s by which a program may forget a child late: it may look at its table once a second


def choices(messages: Sequence[Message], named: int) -> list[int]:
    """Of each NJOI that named so many children: the place in its list (0 is the first) of the one that the joiner asked next."""
    lists: dict[str, tuple[str, ...]] = {}
    found = []
    for message in messages:
        if message.kind == "NJOI" and message.received:
            lists[message.at] = message.children
        elif message.kind == "RJOI" and message.at == message.source:
            last = lists.pop(message.at, ())
            if len(last) == named and message.destination in last:
                found.append(last.index(message.destination))
    return found


def left_too_soon(messages: Sequence[Message]) -> list[str]:
    """Who went to another parent though fewer than three refreshes in a row had stayed without an answer, in words. Whom its parent has
    sent away (NJOI, or LEAV of the extension) may go at once."""
    wrong = []
    asked: dict[str, str] = {}
    parents: dict[str, str] = {}
    unanswered: dict[str, int] = {}
    for message in messages:
        here = message.at
        if message.received and message.kind == "YJOI" and asked.get(here) == message.source:
            parents[here], unanswered[here] = message.source, 0
        elif message.received and message.kind in ("NJOI", "LEAV") and parents.get(here) == message.source:
            del parents[here]
        elif message.kind in ("RJOI", "RREG") and here == message.source:
            asked[here] = message.destination
            if parents.get(here) == message.destination:
                unanswered[here] += 1
            elif (parent := parents.pop(here, None)) and unanswered[here] < TRIES:
                wrong.append(f"{here} left {parent} when {unanswered[here]} of its refreshes had stayed without an answer")
    return wrong


def refused(messages: Sequence[Message], lifetime: float) -> list[str]:
    """Who answered NJOI to a refresh of its own child, within the child's lifetime (seconds since it was last answered YJOI), in words."""
    taken: dict[tuple[str, str], float] = {}
    wrong = []
    for message in messages:
        if message.kind == "LEAV" and message.received:
            taken.pop((message.at, message.source), None)
        if message.at != message.source:
            continue
        if message.kind == "YJOI":
            taken[message.source, message.destination] = message.time
        elif message.kind == "NJOI" and message.time - taken.pop((message.source, message.destination), -math.inf) < lifetime - SLACK:
            wrong.append(f"{message.source} sent its child {message.destination} away")
    return wrong


def forgotten_too_late(messages: Sequence[Message], lifetime: float) -> list[str]:
    """Who still named a child in NJOI, or copied messages to it, when its lifetime (seconds since it was last answered YJOI) was long
    over, in words, once for each child."""
    taken: dict[tuple[str, str], float] = {}
    wrong: dict[tuple[str, str], str] = {}
    brought = origins(messages)
    for message in messages:
        if message.at != message.source:
            continue
        if message.kind == "YJOI":
            taken[message.source, message.destination] = message.time
        copied = message.data and brought[message.data[0]] != message.source  # its own goes to the root, which may have been its child
        for child in (message.destination,) if copied else message.children:
            since = message.time - taken.get((message.source, child), message.time)
            if since > lifetime + SLACK:
                what = "copied a message to" if copied else "named in NJOI"
                wrong.setdefault((message.source, child), f"{message.source} {what} {child}, {since:.1f} s after its last RJOI")
    return list(wrong.values())


def expect_rules(lab: Lab, messages: Sequence[Message], lifetime: float, limit: int) -> None:
    """Expects of a group that nobody ever broke a rule about parents and children. lifetime: of a child's entry, in seconds; limit: most
    children."""
    expect_no_closed_ways(lab, messages)
    lab.expect(left_too_soon(messages), equals([]), "parents left before three refreshes in a row were without an answer", id="left-too-soon")
    late = forgotten_too_late(messages, lifetime)
    lab.expect(late, equals([]), f"children not forgotten when their three minutes, {lifetime:g} s here, were over", id="forgotten")
    most = most_at_once(messages, lifetime)
    told = lambda: crowded(messages, most, limit)  # noqa: E731
    lab.expect(max(most.values()), between(0, limit), "most children at any time", id="children-ever", hint=told)


def expect_no_closed_ways(lab: Lab, messages: Sequence[Message]) -> None:
    """Expects that at no time some hosts were each other's descendants."""
    ways = cycles(messages)
    lab.expect(ways, equals([]), "closed ways, at any time", id="cycles", hint=lambda: closed(messages, [way for _, way in ways]))
