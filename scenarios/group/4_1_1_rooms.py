"""Rooms of two addresses on one port do not mix, not even on one host; nor does unicast to the port get in.

Membership belongs to a host's interface, not to a program: as soon as one program of the host has joined a group, its datagrams
are taken in, for any socket that fits. A socket bound to the port alone fits all of them. Bound to the group's address it fits
those of its room only; a room on another port is another room just as well.
"""

from harness import above, equals, scenario
from scenarios.group.kit.chat import PORT, ChatRoom, add_routes
from scenarios.group.kit.reading import leave, once, only, shown, wait_shown
from scenarios.group.kit.unread import place
from topologies.single import Single

ROOMS = (("224.1.1.1", PORT), ("224.1.1.2", PORT), ("224.1.1.1", PORT + 1))


@scenario("group.4-1-1-rooms", question="Do two rooms mix?", topology=Single(2), roles=["mcast-chat", "udp-sender"], seconds=4)
def rooms(lab):
    add_routes(lab.hosts.values())
    with lab.step("A member of each room on each host", id="come"):
        chosen = [ChatRoom(lab, *place) for place in (ROOMS if lab.takes("mcast-chat", "port") else ROOMS[:2])]
        listeners, speakers = [], []
        for number, room in enumerate(chosen):
            listeners.append(room.enter(lab.h1, f"ana{number}"))
            speakers.append(room.enter(lab.h2, f"bob{number}"))

    with lab.step("Each of h2's speaks in its room", id="speak"):
        for number, (speaker, listener) in enumerate(zip(speakers, listeners)):
            speaker.say(f"word {number}")
            wait_shown(lab, [speaker, listener], f"word {number}")
    with lab.step("Somebody sends to h1 itself, by unicast, and then to the first room", id="unicast", should=True):
        for target in (lab.h1, ROOMS[0][0]):
            chosen[0].note(f"udp-sender on h2 sent 'to {target}' to {target}", lab.h2)
            lab.h2.start("udp-sender", host=target, port=PORT, socket="SENDTO", stdin=f"to {target}".encode()).wait()
        wait_shown(lab, listeners[:1], f"to {ROOMS[0][0]}")

    with lab.step("What is said in a room is shown in that room alone", id="alone"):
        lab.let_arrive()
        for number, room in enumerate(chosen):
            came = lab.packets(lab.h1, f"{room.filter} and eth.src == {lab.h2.mac}")
            lab.expect(came, above(1), f"{room}: datagrams that come to h1", id="came")
            heard, alone = shown(listeners, f"word {number}"), only(listeners, listeners[number])
            more = any(count > alone[name] for name, count in heard.items())
            what = f"{room}: lines of {speakers[number].name} in it that each on h1 is shown"
            places = "; ".join(f"{one.name} is in {one.room}: {place(one)}" for one in listeners if heard[one.name])
            lab.expect(heard, equals(alone), what, whatever_lag=more, id="shown", hint=places)
    with lab.step("The unicast datagram belongs to no room", id="no-room", should=True):
        unicast = f"udp.dstport == {PORT} and ip.dst == {lab.h1} and !icmp"
        lab.expect(lab.packets(lab.h1, unicast), equals(1), "the unicast datagram comes to h1")
        lab.expect(lab.packets(lab.h1, "icmp.type == 3 and icmp.code == 3"), equals(1), "h1 answers that nobody has that port (ICMP)")
        what = "lines of the unicast datagram that each on h1 is shown"
        lab.expect(shown(listeners, f"to {lab.h1}"), equals(once(listeners, 0)), what, whatever_lag=True)
    with lab.step("They leave", id="leave"):
        leave(lab, *speakers, *listeners)
