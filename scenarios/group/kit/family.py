"""A group in which each node has a part: which of them sleeps, dies, is orphaned, moves, and fills a place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness import above, equals
from scenarios.group.kit import story
from scenarios.group.kit.draw import show
from scenarios.group.kit.group import PORT, Group
from scenarios.group.kit.history import cycles

if TYPE_CHECKING:
    from harness.stage.host import Host
    from harness.stage.lab import Lab

LIMITS = {"root": 2, "suspended": 1, "dying": 1, "orphan": 1, "mover": 1, "filler": 0}  # how many children each takes
_PLACES = [  # who joins whom, in this order, and who must not be asked
    ("suspended", "root", ""), ("dying", "root", ""), ("orphan", "dying", "suspended"), ("mover", "suspended", "dying"),
]  # fmt: skip


class Family(Group):
    """On the first of these hosts a rendezvous point, on the others a node for each part. Refreshes are repeated as in the sheet with the
    extension too, so that two families live through the same. who: part → host."""

    def __init__(self, lab: Lab, hosts: Sequence[Host], minute: float, extensions: str) -> None:
        super().__init__(lab, hosts[0], minute, extensions, refresh_repeat=2 * minute)
        self.who = dict(zip(LIMITS, hosts[1:]))
        self.start_point()

    def begin(self, part: str) -> None:
        """Starts the node that has this part."""
        self.start(self.who[part], children_max=LIMITS[part])

    def suspend(self, part: str) -> None:
        self.nodes[self.who[part].name].signal("SIGSTOP")

    def resume(self, part: str) -> None:
        self.nodes[self.who[part].name].signal("SIGCONT")

    def loses_goodbye(self, part: str) -> None:
        """What tells this one that a child has left does not come."""
        self.deaf(part, f"udp dport {PORT} @th,64,32 {int.from_bytes(b'LEAV', 'big')}")

    def deaf(self, part: str, to: str) -> None:
        """Lets the kernel of its host drop what nft's expression describes."""
        chain = "add table ip deaf; add chain ip deaf in { type filter hook input priority 0; }"
        self.who[part].run("nft", f"{chain}; add rule ip deaf in {to} drop")

    def hears_again(self, part: str) -> None:
        self.who[part].run("nft", "delete table ip deaf")

    def wait_for_parents(self, **wanted: str) -> None:
        """Waits until everybody named has this parent, as packets tell."""
        names = {self.who[child].name: self.who[parent].name for child, parent in wanted.items()}
        what = " and ".join(f"{parent} to be the parent of {child}" for child, parent in names.items())
        there = lambda: names.items() <= self.tree().parents.items()  # noqa: E731
        self.wait_for(there, what, self.timers.patience)

    def last_accepted(self, part: str, by: str) -> float:
        """When a refresh of the one with this part was answered by its parent the last time (seconds since the epoch)."""
        child, parent = self.who[part].name, self.who[by].name
        return max(m.time for m in self.messages(child) if m.kind == "YJOI" and m.source == parent)

    def due_to_wake(self) -> float:
        """When the sleeper is to wake (seconds since the epoch): the orphan still asks its dead parent, 4.5 minutes after that has answered it,
        or a little later, so that the root has forgotten the dead one and has a place."""
        forgotten = self.last_accepted("dying", by="root") + self.timers.lifetime
        return max(self.last_accepted("orphan", by="dying") + 4.5 * self.timers.minute, forgotten + 0.2 * self.timers.minute)

    def expect_what_came_of_it(self, since: float) -> None:
        """Expects that the orphan has heard of its own child on its walk; in the sheet's protocol, that both are cut off, with the extension
        that all are one tree. since: the walk's begin (seconds since the epoch)."""
        lab, messages, extended = self.lab, self.messages(), self.extensions == "on"
        orphan, mover, suspended = (self.who[part].name for part in ("orphan", "mover", "suspended"))
        walk = [m.told for m in messages if m.time > since and m.destination == m.at == orphan]
        listed = f"{suspended} NJOI {mover}" in walk
        lab.expect(listed, True, f"{orphan} is told that {mover}, its own child, may have a place", id="told")
        closed = sorted({tuple(sorted(names)) for _, names in cycles(messages)})
        told = lambda: story.closed(messages, closed)  # noqa: E731
        lab.expect(closed, equals([] if extended else [(orphan, mover)]), "closed ways", id="cycles", hint=told)
        cut_off = [] if extended else [orphan, mover]
        self.say(self.who["root"], "Can everybody hear me?\n")
        hearers = [name for name in self.living if name not in cut_off]
        deaf = lambda: [name for name in hearers if name in self.without("Can everybody")]  # noqa: E731
        self.wait_for(lambda: not deaf(), f"{' '.join(hearers)} to hear the root", 10)
        lab.expect(self.without("Can everybody"), equals(cut_off), "who does not hear the root any more", id="silent")
        if extended:
            one = self.tree().is_one(self.living, self.who["root"].name)
            lab.expect(one, True, "all are one tree again", id="tree")
            show(lab, "tree", "With the extension, in the end", self.tree())
        else:
            accepts = [m.source for m in messages if {m.source, m.destination} == {orphan, mover} and m.received and m.kind == "YJOI"]
            fewest = min(accepts.count(name) for name in (orphan, mover))
            lab.expect(fewest, above(1), "how often each accepts the other", id="accept-each-other")


def in_places(families: Sequence[Family]) -> None:
    """Starts the nodes of all families but the filler, each in its place, side by side."""
    for family in families:
        family.begin("root")
    for family in families:
        family.lab.wait_for_packet(family.point, 'hmtp.type == "YREG"')
    for part, parent, not_asked in _PLACES:
        for family in families:
            if not_asked:
                family.deaf(not_asked, f"ip saddr {family.who[part]}")
            family.begin(part)
        for family in families:
            family.wait_for_parents(**{part: parent})
        for family in families:
            if not_asked:
                family.hears_again(not_asked)
