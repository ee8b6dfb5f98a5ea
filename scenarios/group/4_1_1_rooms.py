"""Rooms of two addresses on one port do not mix, not even on one host; nor does unicast to the port get in.

Membership belongs to a host's interface, not to a program: as soon as one program of the host has joined a group, its datagrams
are taken in, for any socket that fits. A socket bound to the port alone fits all of them. Bound to the group's address it fits
those of its room only; a room on another port is another room just as well.
"""

from harness import above, ended, equals, scenario
from scenarios.group.kit.chat import PORT, ChatRoom, add_routes, once, shown, wait_shown
from topologies.single import Single

ROOMS = (("224.1.1.1", PORT), ("224.1.1.2", PORT), ("224.1.1.1", PORT + 1))


@scenario("group.4-1-1-rooms", question="Do two rooms mix?", topology=Single(2), roles=["mcast-chat", "udp-sender"], seconds=4)
def rooms(lab):
    add_routes(lab.hosts.values())
    lab.step("A member of each room on each host")
    speakers, listeners = [], []
    chosen = ROOMS if lab.takes("mcast-chat", "port") else ROOMS[:2]
    for number, (address, port) in enumerate(chosen):
        room = ChatRoom(lab, address, port)
        listeners.append(room.enter(lab.h1, f"ana{number}"))
        speakers.append(room.enter(lab.h2, f"bob{number}"))

    lab.step("Each of h2's speaks in its room")
    for number, (speaker, listener) in enumerate(zip(speakers, listeners)):
        speaker.say(f"word {number}")
        wait_shown(lab, [speaker, listener], f"word {number}")
    with lab.step("Somebody sends to h1 itself, by unicast, and then to the first room", should=True):
        for target in (lab.h1, ROOMS[0][0]):
            lab.h2.start("udp-sender", host=target, port=PORT, socket="SENDTO", stdin=f"to {target}".encode()).wait()
        wait_shown(lab, listeners[:1], f"to {ROOMS[0][0]}")
    lab.let_arrive()

    for number, (address, port) in enumerate(chosen):
        came = lab.packets(lab.h1, f"ip.dst == {address} and udp.dstport == {port} and eth.src == {lab.h2.mac}")
        lab.expect(came, above(1), f"{address}:{port}: datagrams that come to h1")
        alone = once([listeners[number]])
        heard = {name: count for name, count in shown(listeners, f"word {number}").items() if count}
        others = any(count > 1 or name not in alone for name, count in heard.items())
        lab.expect(heard, equals(alone), f"{address}:{port}: shown on h1 to its member alone, once", whatever_lag=others)
    with lab.step("The unicast datagram belongs to no room", should=True):
        unicast = f"udp.dstport == {PORT} and ip.dst == {lab.h1} and !icmp"
        lab.expect(lab.packets(lab.h1, unicast), equals(1), "the unicast datagram comes to h1")
        lab.expect(lab.packets(lab.h1, "icmp.type == 3 and icmp.code == 3"), equals(1), "h1 answers that nobody has that port (ICMP)")
        lab.expect(sum(shown(listeners, f"to {lab.h1}").values()), equals(0), "no room shows the unicast datagram: lines", whatever_lag=True)
    for member in (*speakers, *listeners):
        member.program.end_input()
        lab.expect(member.program.wait(), ended, f"{member.name} leaves")
        lab.show_output(member.program)
