"""Hosts and links of a running network, as result.json tells them."""

from __future__ import annotations

from typing import Any

from mininet.node import Node

from harness.links import kernel
from harness.links.direction import Direction
from harness.links.wire_config import describe
from harness.network.nodes import LabLink


def describe_host(host: Node) -> dict[str, Any]:
    """Its name, interfaces and addresses."""
    interfaces = [
        {"name": intf.name, "ip": f"{intf.ip}/{intf.prefixLen}" if intf.ip else "", "mac": intf.mac} for intf in host.intfList()
    ]
    router = {"router": True} if getattr(host, "router", False) else {}
    return {"name": host.name, "interfaces": interfaces, **router}


def describe_link(link: Any) -> dict[str, Any]:
    """Its ends, what its first direction does, and "shaper": by what means, with both directions where they differ."""
    ends = link.intf1, link.intf2
    shapes = [intf.shape for intf in ends]
    if getattr(link, "wire", None):
        texts = [describe(link.wish, shape, link.wire.seed) for shape in shapes]
    else:
        texts = [kernel.describe(shape) for shape in shapes]
    found = {
        "a": ends[0].node.name,
        "a_interface": ends[0].name,
        "b": ends[1].node.name,
        "b_interface": ends[1].name,
        "bw": shapes[0].bw,
        "queue": bound_of(shapes[0]),
        "shaper": texts[0] if texts[0] == texts[1] else f"{ends[0]}: {texts[0]}; {ends[1]}: {texts[1]}",
    }
    for name in ("delay", "jitter"):
        if value := getattr(shapes[0], name):
            found[name] = f"{value * 1e3:g} ms"
    for name in ("loss", "reorder", "duplicate", "corrupt"):
        if value := shapes[0].mean_loss if name == "loss" else getattr(shapes[0], name):
            found[name] = round(value, 4)
    return found


def bound_of(shape: Direction) -> int | str | None:
    """What may wait: packets as a number, another bound in words; None without a rate."""
    if not shape.bw and not shape.trace:
        return None
    if shape.queue is None:
        return "mininet"
    return int(shape.queue.amount) if shape.queue.unit == "packets" else str(shape.queue)
