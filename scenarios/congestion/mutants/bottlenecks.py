"""Links that are not what they were declared to be: what the tampering files of scenarios about congestion share."""

from __future__ import annotations

import dataclasses
from typing import Any


def link_between(net: Any, *names: str) -> Any:
    """The link between two nodes."""
    return next(link for link in net.links if {link.intf1.node.name, link.intf2.node.name} == set(names))


def spoil(net: Any, **options: Any) -> None:
    """Gives both directions of s1-s2 other properties than declared where they have them; a number multiplies what was declared, None takes
    it away. The emulator is told when the scenario begins."""
    wire = link_between(net, "s1", "s2").wire
    wire.wish = dataclasses.replace(wire.wish, forward=_spoilt(wire.wish.forward, options), backward=_spoilt(wire.wish.backward, options))


def _spoilt(direction: Any, options: dict[str, Any]) -> Any:
    declared = direction.declared
    return direction.changed({name: factor and declared[name] * factor for name, factor in options.items() if name in declared})


def deafen(net: Any, a: str, b: str, *keys: str) -> None:
    """Lets the emulator of a link never hear of these keys when a scenario changes it."""
    wire = link_between(net, a, b).wire
    ask = wire.ask

    def ask_the_rest(request: dict[str, Any], event: str = "set") -> dict[str, Any]:
        heard = {key: value for key, value in request.items() if key not in keys}
        return ask(heard, event) if heard.keys() - {"direction"} else {}

    wire.ask = ask_the_rest


def prefer(net: Any, host: str, other: str, *metrics: str) -> None:
    """Gives a host a route to another's address alone, which counts more than the one to their network."""
    net[host].cmd("ip", "route", "add", net[other].IP(), "dev", net[host].defaultIntf().name, "src", net[host].IP(), *metrics)
