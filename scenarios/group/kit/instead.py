"""What a group did in place of becoming one tree, for who reads that it did not."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from scenarios.group.kit.history import whole
from scenarios.group.kit.messages import Message
from scenarios.group.kit.staying import SLACK, forgotten_too_late, refused
from scenarios.group.kit.tree import numbered

_ANSWERS = {"ROOT": ("TOOR",), "RREG": ("YREG", "NREG"), "RJOI": ("YJOI", "NJOI")}
_MOST = 5  # facts


def of_a_tree(messages: Sequence[Message], living: Collection[str], lifetime: float) -> str:
    """The end of a sentence: which of these hosts are roots, who has no parent and what it was answered last, which rules about
    children were broken. lifetime: of a child's entry, in seconds."""
    asked: dict[str, Message] = {}
    told: dict[str, Message] = {}
    roots: set[str] = set()
    for message in messages:
        here = message.at
        if here == message.source and message.kind in _ANSWERS:
            asked[here] = message
            told.pop(here, None)
        elif here in asked and asked[here].destination == message.source and message.kind in _ANSWERS[asked[here].kind]:
            told[here] = message
            if message.kind == "YREG":
                roots.add(here)
            elif message.kind in ("NREG", "YJOI"):
                roots.discard(here)
    parents = whole(messages).tree(living).parents
    reigning = sorted(roots.intersection(living), key=numbered)
    facts = [] if len(reigning) == 1 else [f"YREG was given to {' and '.join(reigning) or 'nobody'}"]
    for host in sorted({name for name in living if not parents.get(name)} - roots, key=numbered):
        last = f"its last {asked[host].kind}, to {asked[host].destination}" if host in asked else "it asked nobody"
        answer = f", was answered {told[host].told.partition(' ')[2]}" if host in told else ", got no answer" if host in asked else ""
        facts.append(f"{host} has no place: {last}{answer}")
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
