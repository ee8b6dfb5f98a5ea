"""Two groups of one Ethernet address: who of their members gets what."""

from harness import equals
from scenarios.group.kit.chat import ChatRoom, add_routes, ethernet_address
from scenarios.group.kit.reading import expect_shown, say
from scenarios.group.kit.unread import place

ROOM, ALIKE, LINES = "224.1.1.1", "225.129.1.1", 5


def two_rooms(lab):
    """ana (h1) and Zoë (h4) are in 225.129.1.1, bob (h2) in 224.1.1.1, nobody is on h3. ana says some lines. Gives which datagrams, as a
    filter, and what h2's kernel counted."""
    add_routes(lab.hosts.values())
    alike, room = ChatRoom(lab, ALIKE), ChatRoom(lab, ROOM)
    with lab.step(f"ana and Zoë in {ALIKE}, bob in {ROOM}", id="come"):
        ana, bob, zoe = alike.enter(lab.h1, "ana"), room.enter(lab.h2, "bob"), alike.enter(lab.h4, "Zoë")
        lab.wait_for_members(ALIKE, lab.h1, lab.h4)
        lab.wait_for_members(ROOM, lab.h2)
        shared = {ethernet_address(group) for group in (ROOM, ALIKE)}
        lab.expect(shared, equals({"01:00:5e:01:01:01"}), "both groups have one Ethernet address")
    with lab.step("ana speaks, and then bob", id="speak"):
        new, before = alike.since_now(), lab.h2.nstat()
        for number in range(LINES):
            say(lab, ana, f"line {number}", [zoe])
        lab.let_arrive()
        counted, seen = lab.h2.nstat() - before, lab.packets(lab.h1, new)
        found = {one["eth.dst"] for one in seen}
        lab.expect(found, equals(shared), "ana's frames carry it", on=seen, whatever_lag=bool(found - shared))
        lines = len(bob.lines("ana"))
        lab.expect(lines, equals(0), f"lines of ana that bob, in {room}, is shown", whatever_lag=True, id="read", hint=lambda: place(bob))
        taken = counted["UdpInDatagrams"]
        lab.expect(taken, equals(0), "datagrams that h2's kernel hands to a socket", id="taken", hint=lambda: place(bob))
        say(lab, bob, "nobody here?", [bob])
        lab.let_arrive()
        expect_shown(lab, [ana, zoe], "bob", times=0)
        lab.expect(len(zoe.lines("ana", "line")), equals(LINES), "lines of ana that Zoë is shown")
    return new, counted
