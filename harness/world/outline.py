"""A topology that has not been deployed, as the drawing functions want it."""

from __future__ import annotations

from typing import Any

from mininet.topo import Topo

from harness.world.links.link import read
from harness.world.links.summary import link_summary


def outline(topology: Topo) -> dict[str, Any]:
    """Hosts, switches and links with the names and addresses that Mininet will give them (10.0.0.1/8 … by default)."""
    interfaces: dict[str, list[dict[str, str]]] = {name: [] for name in topology.nodes()}
    links = []
    for first, second, options in topology.links(sort=True, withInfo=True):
        names = []
        for node in (first, second):
            side = "1" if options["node1"] == node else "2"  # links are sorted by name, options are as they were declared
            port = options[f"port{side}"]
            name = (options.get(f"intfName{side}")) or f"{node}-eth{port}"
            names.append(name)
            address = (options.get(f"params{side}") or {}).get("ip", "")
            interfaces[node].append({"name": name, "ip": address, "mac": ""})
        ends = options["node1"], options["node2"]
        wish = read("-".join(ends), options)
        texts = [" ".join(filter(None, [f"{one.bw:g} Mbit/s" if one.bw else "", *one.wishes()])) or "none" for one in wish.directions]
        links.append({"a": first, "a_interface": names[0], "b": second, "b_interface": names[1],
                      "shaper": " / ".join(dict.fromkeys(texts)), **link_summary(ends, wish.directions, wish.schedule)})  # fmt: skip
    hosts = []
    for number, name in enumerate(topology.hosts(), 1):
        own = interfaces[name]
        information = topology.nodeInfo(name)
        if own and not own[0]["ip"]:
            own[0]["ip"] = information.get("ip") or f"10.0.0.{number}/8"
        hosts.append({"name": name, "interfaces": own, "router": getattr(information.get("cls"), "router", False)})
    switches = [{"name": name} for name in topology.switches()]
    return {"name": getattr(topology, "name", type(topology).__name__), "hosts": hosts, "switches": switches, "links": links}
