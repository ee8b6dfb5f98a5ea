"""What scenarios declare of their networks, held against what there is before anything runs: a word that nobody knows is its author's
mistake, and would else be ignored, or end a run that cannot be judged."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from mininet.node import Node
from mininet.topo import Topo

from harness.world.links.errors import LinkError
from harness.world.outline import outline

if TYPE_CHECKING:
    from harness.judge.scenario import Scenario

# What Mininet takes besides the named parameters of a node's class.
_ALWAYS = {"cls", "privateDirs"}


class UnknownWord(ValueError):
    """A scenario asks its network for what there is not; the message names the file and the word."""


def check(scenarios: Iterable[Scenario]) -> None:
    """Raises UnknownWord, with a line for each scenario that asks for what there is not, with the values that it stands at."""
    found = []
    for one in scenarios:
        try:
            _check(one.topology)
        except (LinkError, UnknownWord) as error:
            found.append(f"{inspect.getsourcefile(one.function)}: scenario {one.id}: {error}")
    if found:
        raise UnknownWord("\n".join(found))


def _check(topology: Topo) -> None:
    outline(topology)  # which reads every link
    for name in topology.hosts():
        given = topology.nodeInfo(name)
        known = host_words(given.get("cls") or Node)
        for word in given:
            if word not in known:
                raise UnknownWord(f"host {name}: there is no option {word!r}; known are {', '.join(sorted(known))}")


def host_words(kind: type[Any]) -> set[str]:
    """The options that addHost takes for hosts of this class: named parameters of its config() and constructor, and those of the classes
    that it is made of."""
    found = set(_ALWAYS)
    for one in kind.__mro__:
        for function in (vars(one)[name] for name in ("config", "__init__") if vars(one).get(name)):
            kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
            found |= {parameter.name for parameter in inspect.signature(function).parameters.values() if parameter.kind in kinds}
    return found - {"self", "name"}
