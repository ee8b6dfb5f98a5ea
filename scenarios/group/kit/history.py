"""Who was whose child when, as packets tell: by nothing but the messages that a host has received and sent."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

from scenarios.group.kit.messages import Message
from scenarios.group.kit.tree import Tree

SLACK = 0.25  # seconds by which a program may drop an entry late, or count its time from another moment than we


@dataclasses.dataclass
class History:
    """What has happened so far. parents: host → parent; None while it looks for one, or is a root. registered: who was told YREG
    last and not NREG since."""

    parents: dict[str, str | None] = dataclasses.field(default_factory=dict)
    registered: str | None = None

    def __post_init__(self) -> None:
        self._asked: dict[str, str] = {}
        self._registering: dict[str, str] = {}

    def see(self, message: Message) -> None:
        """Takes the next message, in the order of time."""
        if message.kind in ("ROOT", "RREG", "RJOI") and message.at == message.source:
            self._request(message)
        elif message.received:
            self._answer(message)

    def _request(self, message: Message) -> None:
        host = message.source
        if message.kind == "RJOI":
            self._asked[host] = message.destination
            if self.parents.get(host) not in (None, message.destination):
                self.parents[host] = None
        elif message.kind == "RREG":
            self.parents[host] = None
            self._registering[host] = message.destination
        else:  # also a member asks for the root, when it has a message for it
            self.parents.setdefault(host, None)

    def _answer(self, message: Message) -> None:
        host = message.destination
        if message.kind in ("YJOI", "NJOI") and self._asked.get(host) == message.source:
            self.parents[host] = message.source if message.kind == "YJOI" else None
            del self._asked[host]  # what else comes is no answer
        elif message.kind in ("YREG", "NREG") and self._registering.get(host) == message.source:
            del self._registering[host]
            if message.kind == "YREG":
                self.parents[host], self.registered = None, host
            elif self.registered == host:
                self.registered = None

    def tree(self, members: Iterable[str] | None = None) -> Tree:
        """The tree now. members: whose nodes run, if not all do; who still believes in another host has no parent."""
        if members is None:
            return Tree(self.parents)
        living = set(members)
        return Tree({host: up if up in living else None for host, up in self.parents.items() if host in living})


def follow(messages: Iterable[Message]) -> Iterator[tuple[Message, History]]:
    """The history after each message; it is one object that changes."""
    history = History()
    for message in messages:
        history.see(message)
        yield message, history


def whole(messages: Iterable[Message]) -> History:
    """The history at the end."""
    history = History()
    for message in messages:
        history.see(message)
    return history


def cycles(messages: Iterable[Message]) -> list[tuple[float, list[str]]]:
    """(time, hosts) of every cycle when it closed."""
    found: list[tuple[float, list[str]]] = []
    before: set[tuple[str, ...]] = set()
    for message, history in follow(messages):
        if message.kind != "YJOI" or not message.received:
            continue
        now = {tuple(cycle) for cycle in history.tree().cycles}
        found += [(message.time, list(cycle)) for cycle in now - before]
        before = now
    return found


def untrue_lists(messages: Sequence[Message], lifetime: float) -> list[str]:
    """What is wrong with the NJOI of every host, in words: it must name those whom it has answered YJOI, within their lifetime
    (seconds) and since the last LEAV of theirs, and nobody else. An entry whose time is just over, or nearly, may be named or not."""
    wrong: list[str] = []
    taken: dict[str, dict[str, float]] = {}
    for message in messages:
        if message.kind == "LEAV" and message.received:
            taken.get(message.at, {}).pop(message.source, None)
        if message.at != message.source:
            continue
        mine = taken.setdefault(message.source, {})
        if message.kind == "YJOI":
            mine[message.destination] = message.time
        elif message.kind == "NJOI":
            sure = {child for child, time in mine.items() if message.time - time < lifetime - SLACK}
            possible = {child for child, time in mine.items() if message.time - time < lifetime + SLACK}
            if not sure <= set(message.children) <= possible:
                strange, lacking = sorted(set(message.children) - possible), sorted(sure - set(message.children))
                why = f"; {' '.join(strange)} is none of them" if strange else f"; {' '.join(lacking)} is left out"
                wrong.append(f"{message.told}, but its children are {' '.join(sorted(sure)) or 'none'}{why}")
    return wrong


def most_at_once(messages: Sequence[Message], lifetime: float) -> dict[str, int]:
    """Host → the greatest number of children that it had at a time: answered YJOI, not gone (LEAV), within their lifetime."""
    taken: dict[str, dict[str, float]] = {}
    most: dict[str, int] = {}
    for message in messages:
        if message.kind == "LEAV" and message.received:
            taken.get(message.at, {}).pop(message.source, None)
        if message.kind == "YJOI" and message.at == message.source:
            mine = taken.setdefault(message.source, {})
            mine[message.destination] = message.time
            living = [child for child, time in mine.items() if message.time - time < lifetime - SLACK]
            most[message.source] = max(most.get(message.source, 0), len(living))
    return most
