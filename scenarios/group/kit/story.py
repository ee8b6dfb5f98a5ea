"""What nodes were to each other and said to each other, in sentences for who reads that something about a tree was not so."""

from __future__ import annotations

import collections
from collections.abc import Collection, Iterable, Mapping, Sequence

from scenarios.group.kit.messages import Message
from scenarios.group.kit.tree import Tree, numbered

ANSWERS = {"ROOT": ("TOOR",), "RREG": ("YREG", "NREG"), "RJOI": ("YJOI", "NJOI")}
_MOST = 6  # requests
_SILENT = 5  # s
_EXTENSION = ("LEAV", "MISS", "SENT")


def drawn(tree: Tree) -> str:
    """The whole tree: "h2 (root) has h3, h4; h3 has h5; no parent: h6"."""
    above = [host for host in sorted(tree.parents, key=numbered) if tree.children(host)]
    told = [f"{host}{' (no parent)' if tree.parents.get(host) is None else ''} has {', '.join(tree.children(host))}" for host in above]
    alone = [host for host in sorted(tree.roots, key=numbered) if not tree.children(host)]
    return "; ".join(told + ([f"neither parent nor child: {', '.join(alone)}"] if alone else [])) or "nobody has a place"


def kin(tree: Tree, *hosts: str) -> str:
    """Who is whose: "h4's parent is h2, its children h6 and h7"."""
    told = []
    for host in dict.fromkeys(hosts):
        parent, children = tree.parents.get(host), tree.children(host)
        above = f"{host}'s parent is {parent}" if parent else f"{host} has no parent"
        told.append(f"{above}, {'its children are ' + ' '.join(children) if children else 'it has no child'}")
    return "; ".join(told)


def asked(messages: Iterable[Message], host: str, since: float = 0.0) -> str:
    """What a host asked for and was answered, the last of it: "ROOT to h1 (TOOR h2), RJOI to h2 (no answer) 9 times"."""
    talk: list[str] = []
    open_for: Message | None = None
    last = spoke = 0.0
    for message in messages:
        last = message.time
        if message.at != host or message.time < since:
            continue
        if message.source == host and message.kind in ANSWERS:
            open_for, spoke = message, message.time
            talk.append(f"{message.kind} to {message.destination} (no answer)")
        elif open_for and message.received and message.source == open_for.destination and message.kind in ANSWERS[open_for.kind]:
            answer = message.told.partition(" ")[2]
            talk[-1] = f"{open_for.kind} to {open_for.destination} ({answer if answer != 'TOOR' else 'TOOR, nobody'})"
            open_for = None
    runs: list[list[str]] = []
    for one in talk:
        if runs and runs[-1][0] == one:
            runs[-1].append(one)
        else:
            runs.append([one])
    told = [run[0] + (f" {len(run)} times" if len(run) > 1 else "") for run in runs]
    quiet = f", and no request in the last {silence:.0f} s" if told and (silence := last - spoke) > _SILENT else ""
    return (("… " if len(told) > _MOST else "") + ", ".join(told[-_MOST:]) or "nothing") + quiet


def lonely(messages: Sequence[Message], hosts: Iterable[str], since: float = 0.0) -> str:
    """What each of some hosts asked for since then, and whether it used the extension."""
    told = []
    for host in hosts:
        kinds = collections.Counter(one.kind for one in messages if one.at == one.source == host and one.time >= since)
        extension = ", ".join(f"{kinds[kind]} {kind}" for kind in _EXTENSION if kinds[kind]) or f"no {' or '.join(_EXTENSION)}"
        told.append(f"{host} sent {asked(messages, host, since)}; {extension}")
    return "; ".join(told)


def crowded(messages: Iterable[Message], most: Mapping[str, int], limit: int) -> str:
    """Whom hosts with too many children took."""
    taken: dict[str, dict[str, None]] = collections.defaultdict(dict)
    for message in messages:
        if message.kind == "YJOI" and message.at == message.source:
            taken[message.source][message.destination] = None
    crowd = [host for host in sorted(most, key=numbered) if most[host] > limit]
    return "; ".join(f"{host} had {most[host]} children at once, the limit is {limit}: it sent YJOI to {' '.join(taken[host])}" for host in crowd[:3])


def closed(messages: Sequence[Message], ways: Iterable[Collection[str]]) -> str:
    """How hosts of closed ways came to be each other's children."""
    told = []
    for way in list(ways)[:2]:
        joins = [one for one in messages if one.kind == "YJOI" and one.received and {one.source, one.destination} <= set(way)]
        told += [f"{one.source} took {one.destination}" for one in joins[-len(way) :]]
    return "each below the other: " + ", then ".join(told) if told else ""


def given(messages: Iterable[Message], tree: Tree) -> str:
    """Who gave copies of the last message to whom, where it is not once to each of its children."""
    copies = [one for one in messages if one.data and one.at == one.source]
    last = next((one.data for one in reversed(copies) if one.data), None)
    ways = collections.Counter((one.source, one.destination) for one in copies if one.data == last)
    told = []
    for (source, target), count in ways.items():
        if tree.parents.get(target) != source and target not in tree.roots:
            told.append(f"{source} gave {target} {count} cop{'y' if count == 1 else 'ies'}, which is not its child ({kin(tree, source)})")
        elif count > 1:
            told.append(f"{source} gave its child {target} {count} copies")
    return "; ".join(told[:3])


def lost_on_the_way(messages: Sequence[Message], tree: Tree, which: Collection[tuple[str, int]], printed: Mapping[str, int]) -> str:
    """Of hosts that printed fewer of these messages than others: how many their parents sent them, and how many came."""
    most = max(printed.values(), default=0)
    told = []
    for host in (one for one in sorted(printed, key=numbered) if printed[one] < most):
        parent = tree.parents.get(host)
        sent = sum(one.at == one.source == parent and one.destination == host and one.data in which for one in messages)
        came = len({one.data for one in messages if one.at == one.destination == host and one.data in which})
        told.append(f"{host} printed {printed[host]}: its parent {parent} (which printed {printed.get(parent or '', 0)}) sent it {sent}, and {came} came")
    return "; ".join(told[:4])
