"""Who copied which message of the group to whom, as packets tell."""

from __future__ import annotations

import collections
from collections.abc import Collection, Iterable, Sequence

from scenarios.group.kit.messages import Message, origins, received
from scenarios.group.kit.story import kin
from scenarios.group.kit.tree import Tree

Identifier = tuple[str, int]


def copies(messages: Iterable[Message]) -> dict[Identifier, list[Message]]:
    """(origin, sequence) → its copies as they arrived, in the order of time."""
    found: dict[Identifier, list[Message]] = collections.defaultdict(list)
    for message in received(messages, "DATA"):
        if message.data:
            found[message.data].append(message)
    return dict(found)


def brought_by(messages: Sequence[Message], host: str) -> list[Identifier]:
    """The messages that a host's programs brought into the group, in the order of their numbers."""
    mine = {origin for origin, first in origins(messages).items() if first == host}
    return sorted(identifier for identifier in copies(messages) if identifier[0] in mine)


def faults(messages: Sequence[Message], tree: Tree, members: Collection[str], which: Collection[Identifier]) -> list[str]:
    """What is wrong with how messages went through a tree that did not change, in words: the root must get each from its origin
    (unless it is the origin), and every other member from its parent, once; nobody else gets any, or passes any on before."""
    wrong, root, brought = [], tree.roots[0], origins(messages)
    every = copies(messages)
    for identifier in which:
        came: collections.Counter[tuple[str | None, str]]
        came = collections.Counter((copy.source, copy.destination) for copy in every.get(identifier, []))
        origin = brought.get(identifier[0], "?")
        wanted = {(tree.parents[host], host) for host in members if host != root}
        if origin != root:
            wanted.add((origin, root))
        for way in sorted({*wanted, *came}, key=str):
            if came[way] != (way in wanted):
                wrong.append(_fault(f"message {identifier[1]} of {origin}", *way, came[way], way in wanted, tree, messages))
    return wrong + _too_early(messages, tree, which)


def _fault(name: str, source: str | None, target: str, count: int, wanted: bool, tree: Tree, messages: Sequence[Message]) -> str:
    """A copy that is lacking, doubled, or astray."""
    times = f" {count} times" if count > 1 else ""
    if wanted:
        giver = f"its parent {source}" if tree.parents.get(target) == source else f"{source}, whose it is"
        return f"{target} got {name}{times} from {giver}" if count else f"{target} did not get {name} from {giver}"
    took = any(one.kind == "YJOI" and (one.source, one.destination) == (source, target) for one in messages)
    taken = f"{source} {'once answered' if took else 'never answered'} {target} YJOI"
    return f"{source} gave {name} to {target}{times}, which is not its child: {kin(tree, source or '?', target)}; {taken}"


def _too_early(messages: Sequence[Message], tree: Tree, which: Collection[Identifier]) -> list[str]:
    """Who gave messages to its children before its parent gave them to it, in words: they then do not start at the root."""
    wrong, brought, chosen = [], origins(messages), set(which)
    had: set[tuple[str, Identifier]] = set()
    for message in messages:
        if not message.data or message.data not in chosen:
            continue
        if message.received and tree.parents.get(message.at) == message.source:
            had.add((message.at, message.data))
        elif message.at == message.source and tree.parents.get(message.destination) == message.source:
            if tree.parents[message.source] and (message.source, message.data) not in had:
                name = f"message {message.data[1]} of {brought[message.data[0]]}"
                wrong.append(f"{name}: {message.source} gave it to its child {message.destination} before it came down from the root")
    return wrong


def doubled(messages: Sequence[Message], tree: Tree, which: Collection[Identifier]) -> bool:
    """Whether a parent copied one of the messages to a child more than once: a node copies what it has not seen, so that no lateness
    makes it do so."""
    every = copies(messages)
    ways = {(parent, child) for child, parent in tree.parents.items() if parent}
    return any(
        count > 1 and way in ways
        for identifier in which
        for way, count in collections.Counter((copy.source, copy.destination) for copy in every.get(identifier, [])).items()
    )


def hearing(messages: Iterable[Message]) -> dict[Identifier, dict[str, float]]:
    """(origin, sequence) → host → when its first copy arrived there (seconds since the epoch)."""
    found: dict[Identifier, dict[str, float]] = {}
    for identifier, arrived in copies(messages).items():
        first = found.setdefault(identifier, {})
        for copy in arrived:
            first.setdefault(copy.destination, copy.time)
    return found
