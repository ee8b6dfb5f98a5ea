"""ff12::801:101 is heard on the speaker's link, ff15::801:101 in its site, ff1e::801:101 everywhere, as far as the hop limit reaches.

The scope is a part of the address (RFC 4291), so a router knows without being told by the packet where it must stop: no router
hands a link-local group on; one at the boundary of a site, here r2, hands on what is wider than a site. The three rooms have the
same group identifier and are three rooms. The hop limit bounds each further, and is 1 for multicast unless the program asks for
more: --ttl 2 for one router, 3 for two.
"""

import time

from harness import ended, equals, scenario
from scenarios.group.kit.chat import ChatRoom, wait_shown
from topologies.scopes import Scopes

ROOMS = {"link": "ff12::801:101", "site": "ff15::801:101", "global": "ff1e::801:101"}
SEGMENTS = {"h1": "a", "h2": "a", "h3": "b", "h5": "c"}  # r1 between a and b is inside the site, r2 between b and c its boundary
TOGETHER = {"link": ("a", "b", "c"), "site": ("ab", "c"), "global": ("abc",)}  # segments that a room of this scope spans
HEARS = {
    scope: {(one, other) for span in spans for one in SEGMENTS for other in SEGMENTS if {SEGMENTS[one], SEGMENTS[other]} <= set(span)}
    for scope, spans in TOGETHER.items()
}
REACH = {1: "a", 2: "ab", 3: "abc"}  # segments that a hop limit reaches from a
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
    lab.step("Members of each room: h1 and h2 (segment a), h3 (b) and h5 (c); h4 and h6 are members of nothing")
    for scope, room in rooms.items():
        for host in hosts:
            members[scope, host.name] = room.enter(host, f"{scope}-{host.name}", interface=host.interface, ttl=HOPS)
        lab.wait_for_members(room.address, *hosts)
    since = {scope: room.since_now() for scope, room in rooms.items()}

    lab.step("Each speaks")
    for (scope, name), member in members.items():
        member.say(f"from {name}")
        listeners = [members[scope, listener] for speaker, listener in HEARS[scope] if speaker == name]
        wait_shown(lab, listeners, member.name, f"from {name}")
    lab.let_arrive()
    source = {}
    for scope, room in rooms.items():
        for host in hosts:
            source[room.sent_by(host)[0]["ipv6.src"]] = host.name
    heard = {}
    for scope, room in rooms.items():
        came = [(source[one["ipv6.src"]], host.name) for host in hosts for one in lab.packets(host, since[scope])]
        lab.expect(text(came), equals(text(HEARS[scope])), f"{scope} ({room.address}): datagrams, by sender and by host that gets them")
        lines = [
            (one, other) for one in SEGMENTS for other in SEGMENTS for _ in members[scope, other].lines(f"{scope}-{one}", f"from {one}")
        ]  # fmt: skip
        lab.expect(text(lines), equals(text(HEARS[scope])), f"{scope} ({room.address}): who hears whom, by what is shown")
        idle = sum(len(lab.packets(host, since[scope])) for host in lab.hosts.values() if host.name in ("h4", "h6"))
        lab.expect(idle, equals(0), f"{scope}: datagrams at hosts that are no members")
        heard[scope] = came
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


@scenario(
    "group.4-1-4-hops", question="How far does the hop limit reach?", topology=Scopes(2, multicast="snooping+querier"),
    roles=["mcast-chat"], needs={"mcast-chat": ["ttl"]}, load=0.5, seconds=9,
)  # fmt: skip
def hops(lab):
    """With a hop limit of 1 a line stays on its link, with 2 it passes one router, with 3 two; and each takes one off.

    Every router lowers the hop limit by one and drops what is left with none. A global scope alone sends nothing around the
    world: the sender must want it, and a chat does with --ttl.
    """
    room, hosts = ChatRoom(lab, ROOMS["global"]), [lab.h1, lab.h3, lab.h5]
    listeners = [room.enter(host, f"on-{host.name}", interface=host.interface) for host in hosts]
    lab.wait_for_members(room.address, *hosts)
    begins = {}
    for limit, reached in REACH.items():
        lab.step(f"--ttl {limit}")
        lab.let_arrive()
        begins[limit] = time.time()
        speaker = room.enter(lab.h1, f"ana-{limit}", interface=lab.h1.interface, ttl=limit)
        speaker.say("hello")
        reading = [listener for listener in listeners if SEGMENTS[listener.host.name] in reached]
        wait_shown(lab, reading, speaker.name, "hello")
        lab.let_arrive()
        readers = [one.name for one in listeners if one.lines(speaker.name, "hello")]
        lab.expect(readers, equals([one.name for one in reading]), f"--ttl {limit}: who reads it")
        speaker.program.end_input()
        lab.expect(speaker.program.wait(), ended, f"--ttl {limit}: {speaker.name} leaves")

    lab.step("The captures: the hop limit in each segment")
    lab.let_arrive()
    ends = [*list(begins.values())[1:], time.time()]
    for (limit, reached), end in zip(REACH.items(), ends):
        port = room.sent_by(lab.h1, since=begins[limit])[0]["udp.srcport"]
        for position, host in enumerate(hosts):
            came = lab.packets(host, f"{room.filter} and udp.srcport == {port}").between(begins[limit], end)
            left = {one["ipv6.hlim"] for one in came}
            wanted = {limit - position} if SEGMENTS[host.name] in reached else set()
            lab.expect(left, equals(wanted), f"--ttl {limit}: the hop limit with which it comes to {host.name}", on=came)
