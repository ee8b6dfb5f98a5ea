"""A chat of three hosts, whatever the switch does with groups: who gets its datagrams, and what the hosts report."""

from harness import between, equals
from scenarios.group.kit.chat import ChatRoom, add_routes, ethernet_address
from scenarios.group.kit.reading import expect_shown, say
from scenarios.group.kit.reports import expect_reports

ROOM, LINES = "224.1.1.1", 3
WAYS = {"the end of its input": 0, "Ctrl+C": 0, "SIGKILL": -9}  # and the best status of each


def talk(lab, mode):
    """ana, bob and Zoë meet on h1, h2 and h4, speak and leave, while h3 is no member."""
    add_routes(lab.hosts.values())
    room = ChatRoom(lab, ROOM)
    with lab.step("Three hosts join", id="join"):
        members = [room.enter(host, name) for host, name in ((lab.h1, "ana"), (lab.h2, "bob"), (lab.h4, "Zoë"))]
        hosts = [member.host for member in members]
        lab.wait_for_members(ROOM, *hosts)

    with lab.step(f"They speak, {LINES} lines each", id="speak"):
        new = room.since_now()
        for number in range(LINES):
            for speaker in members:
                say(lab, speaker, f"line {number}", members)
        reached = list(lab.hosts.values()) if mode == "flood" else hosts
        what = "flood: to all hosts, members or not" if mode == "flood" else f"{mode}: to members only"
        lab.expect_members_only(ROOM, reached, what, sent=LINES * len(members), where=new, id="delivered")
        for member in members:
            expect_shown(lab, members, member.name, "line", times=LINES)

    with lab.step("They leave: at the end of input, by Ctrl+C, and by SIGKILL", id="leave"):
        for member, (by, status) in zip(members, WAYS.items()):
            member.leave(by)
            lab.expect(member.program.wait(), between(-9, 255).ideally(status), f"how {member.name} ends by {by}", id="status")

    with lab.step("The captures: reports to the routers, datagrams to the group", id="captures"):
        for host in hosts:
            expect_reports(lab, room, host, "joins", "leaves")
            datagrams_to_the_group(lab, room, host)
        lab.wait_for_leaves(ROOM, *hosts)


def datagrams_to_the_group(lab, room, host):
    """What a host has seen of the room goes to the group's Ethernet address, and stays on the link."""
    seen = lab.packets(host, room.filter)
    targets, wanted = {one["eth.dst"] for one in seen}, {ethernet_address(ROOM)}
    addresses = sorted({address for address, _ in lab.packets(host, f"udp.dstport == {room.port}").destinations})
    hint = f"{host.name} has seen datagrams to port {room.port} of {', '.join(addresses) or 'nobody'}"
    what = f"the datagrams at {host.name} go to"
    lab.expect(targets, equals(wanted), what, on=seen, whatever_lag=bool(targets - wanted), id="to", hint=hint)
    hops = {one["ip.ttl"] for one in seen}
    lab.expect(hops, equals({1}), f"their time to live at {host.name}: they stay on the link", on=seen, should=True, id="ttl")
