"""With a hop limit of 1 a line stays on its link, with 2 it passes one router, with 3 two; and each takes one off.

Every router lowers the hop limit by one and drops what is left with none. A global scope alone sends nothing around the
world: the sender must want it, and a chat does with --ttl.
"""

from harness import equals, scenario
from scenarios.group.kit.chat import ChatRoom
from scenarios.group.kit.reading import leave, say
from topologies.scopes import Scopes

SEGMENTS = {"h1": "a", "h3": "b", "h5": "c"}
REACH = {1: "a", 2: "ab", 3: "abc"}  # segments that a hop limit reaches from a


@scenario(
    "group.4-1-4-hops", question="How far does the hop limit reach?", topology=Scopes(2, multicast="snooping+querier"),
    roles=["mcast-chat"], needs={"mcast-chat": ["ttl"]}, load=0.5, seconds=9,
)  # fmt: skip
def hops(lab):
    room, hosts = ChatRoom(lab, "ff1e::801:101"), [lab.hosts[name] for name in SEGMENTS]
    with lab.step("A listener in each segment", id="come"):
        listeners = [room.enter(host, f"on-{host.name}", interface=host.interface) for host in hosts]
        lab.wait_for_members(room.address, *hosts)
    for limit, reached in REACH.items():
        with lab.step(f"--ttl {limit}", id=f"ttl-{limit}"):
            new = room.since_now()
            speaker = room.enter(lab.h1, f"ana-{limit}", interface=lab.h1.interface, ttl=limit)
            reading = [listener for listener in listeners if SEGMENTS[listener.host.name] in reached]
            say(lab, speaker, "hello", reading)
            lab.let_arrive()
            readers = [one.name for one in listeners if one.lines(speaker.name, "hello")]
            lab.expect(readers, equals([one.name for one in reading]), f"--ttl {limit}: who reads it", id="readers")
            leave(lab, speaker)
            lab.let_arrive()
            for position, host in enumerate(hosts):
                came = lab.packets(host, new)
                left = {one["ipv6.hlim"] for one in came}
                wanted = {limit - position} if SEGMENTS[host.name] in reached else set()
                what = f"--ttl {limit}: the hop limit with which it comes to {host.name}"
                lab.expect(left, equals(wanted), what, on=came, id="hop-limit")
