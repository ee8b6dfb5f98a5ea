"""Hosts and links of a running network, as result.json tells them."""

from __future__ import annotations

from typing import Any

from mininet.node import Node

from harness.world.links import kernel
from harness.world.links.summary import link_summary
from harness.world.links.wire_config import describe


def describe_host(host: Node) -> dict[str, Any]:
    """Its name, interfaces and addresses."""
    interfaces = [
        {"name": intf.name, "ip": f"{intf.ip}/{intf.prefixLen}" if intf.ip else "", "mac": intf.mac} for intf in host.intfList()
    ]
    router = {"router": True} if getattr(host, "router", False) else {}
    return {"name": host.name, "interfaces": interfaces, **router}


def describe_switch(switch: Node, kind: str) -> dict[str, Any]:
    """Its name and kind; how it treats multicast where its topology says so."""
    mode = switch.params.get("multicast")
    return {"name": switch.name, "kind": kind, **({"multicast": mode} if mode else {})}


def describe_link(link: Any) -> dict[str, Any]:
    """Its ends, what its first direction does, and "shaper": by what means, with both directions where they differ."""
    ends = link.intf1, link.intf2
    shapes = link.intf1.shape, link.intf2.shape
    wish = getattr(link, "wish", None)
    if getattr(link, "wire", None):
        texts = [describe(link.wish, shape, link.wire.seed) for shape in shapes]
    else:
        texts = [kernel.describe(shape) for shape in shapes]
    return {
        "a": ends[0].node.name,
        "a_interface": ends[0].name,
        "b": ends[1].node.name,
        "b_interface": ends[1].name,
        "shaper": texts[0] if texts[0] == texts[1] else f"{ends[0]}: {texts[0]}; {ends[1]}: {texts[1]}",
        **link_summary((ends[0].node.name, ends[1].node.name), shapes, wish.schedule if wish else ()),
    }
