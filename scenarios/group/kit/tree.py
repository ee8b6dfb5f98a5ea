"""A tree of hosts, or what should be one."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Mapping


class Tree:
    """parents: host → the host above it, None for a root or a host without a place."""

    def __init__(self, parents: Mapping[str, str | None]) -> None:
        self.parents = dict(parents)
        self._children: dict[str, list[str]] = collections.defaultdict(list)
        for host, parent in self.parents.items():
            if parent is not None:
                self._children[parent].append(host)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tree) and self.parents == other.parents

    def __len__(self) -> int:
        return len(self.parents)

    @property
    def roots(self) -> list[str]:
        """Hosts without a parent."""
        return [host for host, parent in self.parents.items() if parent is None]

    def children(self, host: str) -> list[str]:
        return sorted(self._children.get(host, []), key=numbered)

    def subtree(self, host: str) -> set[str]:
        """The host and all below it."""
        found, waiting = set(), [host]
        while waiting:
            here = waiting.pop()
            if here not in found:
                found.add(here)
                waiting += self._children.get(here, [])
        return found

    @property
    def cycles(self) -> list[list[str]]:
        """Each closed path once, beginning with its first host."""
        found, done = [], set()
        for host in sorted(self.parents, key=numbered):
            path: list[str] = []
            here: str | None = host
            while here is not None and here not in done:
                done.add(here)
                path.append(here)
                here = self.parents.get(here)
            if here in path:
                found.append(path[path.index(here) :])
        return found

    def depth(self, host: str) -> int:
        """Steps up to the root: 0 for the root itself. Raises ValueError when there is none above."""
        steps, here = 0, self.parents[host]
        while here is not None:
            steps, here = steps + 1, self.parents.get(here)
            if steps > len(self.parents):
                raise ValueError(f"{host} hangs below a cycle")
        return steps

    @property
    def height(self) -> int:
        """The greatest depth."""
        return max((self.depth(host) for host in self.parents), default=0)

    @property
    def most_children(self) -> int:
        return max((len(found) for found in self._children.values()), default=0)

    def is_one(self, hosts: Iterable[str], root: str) -> bool:
        """Whether it is a single tree of exactly these hosts below this root."""
        return set(self.parents) == set(hosts) and self.roots == [root] and self.subtree(root) == set(self.parents)

    def text(self) -> str:
        """A host a line, each two places further in than its parent; then what hangs in cycles."""
        lines: list[str] = []

        def add(host: str, level: int) -> None:
            lines.append("  " * level + host)
            for child in self.children(host):
                add(child, level + 1)

        for root in sorted(self.roots, key=numbered):
            add(root, 0)
        lines += [f"cycle: {' → '.join([*cycle, cycle[0]])}" for cycle in self.cycles]
        return "\n".join(lines) + "\n"


def numbered(host: str) -> tuple[str, int]:
    """Sorts h2 before h10."""
    letters = host.rstrip("0123456789")
    return letters, int(host[len(letters) :] or 0)
