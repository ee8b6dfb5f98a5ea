"""ff12::801:101 is heard on the speaker's link, ff15::801:101 in its site, ff1e::801:101 everywhere, as far as the hop limit reaches.

The scope is a part of the address (RFC 4291), so a router knows without being told by the packet where it must stop: no router
hands a link-local group on; one at the boundary of a site, here r2, hands on what is wider than a site. The three rooms have the
same group identifier and are three rooms. The hop limit bounds each further, and is 1 for multicast unless the program asks for
more: --ttl 2 for one router, 3 for two.
"""

from harness import equals, scenario
from scenarios.group.kit.chat import ChatRoom
from scenarios.group.kit.reading import wait_shown
from topologies.scopes import Scopes

ROOMS = {"link": "ff12::801:101", "site": "ff15::801:101", "global": "ff1e::801:101"}
SEGMENTS = {"h1": "a", "h2": "a", "h3": "b", "h5": "c"}  # r1 between a and b is inside the site, r2 between b and c its boundary
IDLE = {"h4": "b", "h6": "c"}  # hosts that are members of nothing
TOGETHER = {"link": ("a", "b", "c"), "site": ("ab", "c"), "global": ("abc",)}  # segments that a room of this scope spans
HEARS = {
    scope: {(one, other) for span in spans for one in SEGMENTS for other in SEGMENTS if {SEGMENTS[one], SEGMENTS[other]} <= set(span)}
    for scope, spans in TOGETHER.items()
}
HOPS = 8


def text(pairs):
    """"h1 → h1, h3; h5 → h5"."""
    speakers = sorted({speaker for speaker, _ in pairs})
    return "; ".join(f"{one} → {', '.join(sorted(listener for speaker, listener in pairs if speaker == one))}" for one in speakers)


@scenario(
    "group.4-1-4-scopes", question="Who hears whom across routers?", topology=Scopes(2, multicast="snooping+querier"),
    roles=["mcast-chat"], needs={"mcast-chat": ["ttl"]}, load=0.45, seconds=12,
)  # fmt: skip
def scopes(lab):
    hosts = [lab.hosts[name] for name in SEGMENTS]
    rooms = {scope: ChatRoom(lab, group) for scope, group in ROOMS.items()}
    members = {}
    with lab.step("Members of each room: h1 and h2 (segment a), h3 (b) and h5 (c); h4 and h6 are members of nothing", id="come"):
        for scope, room in rooms.items():
            for host in hosts:
                members[scope, host.name] = room.enter(host, f"{scope}-{host.name}", interface=host.interface, ttl=HOPS)
            lab.wait_for_members(room.address, *hosts)
        since = {scope: room.since_now() for scope, room in rooms.items()}

    with lab.step("Each speaks", id="speak"):
        for (scope, name), member in members.items():
            member.say(f"from {name}")
            listeners = [members[scope, listener] for speaker, listener in HEARS[scope] if speaker == name]
            wait_shown(lab, listeners, member.name, f"from {name}")
        lab.let_arrive()
        source = {room.sent_by(host)[0]["ipv6.src"]: host.name for room in rooms.values() for host in hosts}
        heard = {}
        for scope, room in rooms.items():
            came = [(source[one["ipv6.src"]], host.name) for host in hosts for one in lab.packets(host, since[scope])]
            what = f"{scope} ({room.address}): datagrams, by sender and by host that gets them"
            lab.expect(text(came), equals(text(HEARS[scope])), what, id="datagrams")
            pairs = [(one, other) for one in SEGMENTS for other in SEGMENTS]
            read = [(one, other) for one, other in pairs for _ in members[scope, other].lines(f"{scope}-{one}", f"from {one}")]
            lab.expect(text(read), equals(text(HEARS[scope])), f"{scope} ({room.address}): who hears whom, by what is shown", id="shown")
            idle = {f"{name} (segment {segment})": len(lab.packets(lab.hosts[name], since[scope])) for name, segment in IDLE.items()}
            found = ", ".join(f"{count} at {name}" for name, count in idle.items() if count) or "none"
            lab.expect(found, equals("none"), f"{scope} ({room.address}): datagrams at hosts that are no members", id="idle")
            heard[scope] = came
        draw(lab, heard)


def draw(lab, heard):
    """How many members get what each says."""
    lab.plot("who-hears-whom", {
        "title": "Members that get what a member says", "x_label": "who speaks", "y_label": "members", "layout": "columns",
        "panels": [
            {"title": f"{scope}: {ROOMS[scope]}", "series": [{
                "style": "bars", "label": "itself included", "x": [f"{name} ({segment})" for name, segment in SEGMENTS.items()],
                "y": [len({listener for speaker, listener in pairs if speaker == name}) for name in SEGMENTS],
            }]}
            for scope, pairs in heard.items()
        ],
    })  # fmt: skip
