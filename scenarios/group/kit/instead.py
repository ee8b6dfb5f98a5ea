"""What a group did in place of becoming one tree, for who reads that it did not."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from scenarios.group.kit.history import whole
from scenarios.group.kit.messages import Message
from scenarios.group.kit.story import asked
from scenarios.group.kit.staying import SLACK, forgotten_too_late, refused
from scenarios.group.kit.tree import numbered

_MOST = 5  # facts


def of_a_tree(messages: Sequence[Message], living: Collection[str], lifetime: float) -> str:
    """The end of a sentence: which of these hosts are roots, who has no parent and what it asked and was answered, which rules about
    children were broken. lifetime: of a child's entry, in seconds."""
    roots: set[str] = set()
    for message in messages:
        if message.received and message.kind == "YREG":
            roots.add(message.at)
        elif message.received and message.kind in ("NREG", "YJOI"):
            roots.discard(message.at)
    parents = whole(messages).tree(living).parents
    reigning = sorted(roots.intersection(living), key=numbered)
    facts = [] if len(reigning) == 1 else [f"YREG was given to {' and '.join(reigning) or 'nobody'}"]
    for host in sorted({name for name in living if not parents.get(name)} - roots, key=numbered):
        facts.append(f"{host} has no place: it sent {asked(messages, host)}")
    return _told(facts, messages, lifetime)


def of_hearing(messages: Sequence[Message], deaf: Collection[str], refresh: float, lifetime: float) -> str:
    """The end of a sentence: which hosts did not hear, who of them sent no RJOI for long, which rules about children were broken. refresh,
    and lifetime of a child's entry: seconds."""
    last = {message.at: message.time for message in messages if message.kind in ("RJOI", "RREG") and message.at == message.source}
    facts = [f"{' '.join(deaf)} did not"]
    for host in deaf:
        if (silence := messages[-1].time - last.get(host, -math.inf)) > refresh + SLACK:
            facts.append(f"{host} sent no RJOI for {silence:.1f} s, and is to send one every {refresh:g} s")
    return _told(facts, messages, lifetime)


def _told(facts: list[str], messages: Sequence[Message], lifetime: float) -> str:
    facts += refused(messages, lifetime) + forgotten_too_late(messages, lifetime)
    return ": " + "; ".join(facts[:_MOST]) if facts else ""
