"""A datagram that is too long, no text, or no message of the protocol never kills a member, nor its terminal: it is counted.

Whoever can send to the group can send anything. mcast-chat receives into a buffer of one byte more than a message may have, so it
knows what was longer; takes only valid UTF-8 without control characters; shows or drops, and never answers: an answer of each
member would make one hostile datagram many. What was dropped is told by kinds when the program ends.
"""

from harness import contains, dangers, equals, scenario
from scenarios.group.kit.chat import ChatRoom, add_routes
from scenarios.group.kit.reading import expect_shown, say, wait_shown
from scenarios.group.kit.unread import counted
from topologies.single import Single

ROOM = "224.1.1.1"
HOSTILE = {
    "too long": [b"x" * 1025, b"y" * 60000],
    "not text": [
        b"", b"\n", b"\x1b]0;owned\x07\x1b[2J", b"caf\xe9", b"\xff\xfe\x00\xc0\xaf", "\x9b31m".encode(),
        b"mcast-chat/1 TEXT e\x1b[2Jve hi\n", bytes(range(256)),
    ],
    "of another version": [b"mcast-chat/2 TEXT eve hi\n"],
    "of an unknown type": [b"mcast-chat/1 KICK ana\n"],
    "malformed": [b"mcast-chat/1 TEXT\n", b"mcast-chat/1 JOIN\n"],
}  # fmt: skip
ALL = [data for kind in HOSTILE.values() for data in kind]


@scenario(
    "group.4-1-1-hostile", question="What if somebody sends what is no message?", topology=Single(3), roles=["mcast-chat"], seconds=6,
)  # fmt: skip
def hostile(lab):
    add_routes(lab.hosts.values())
    room = ChatRoom(lab, ROOM)
    with lab.step("Three members come", id="come"):
        members = [room.enter(lab.h1, "ana"), room.enter(lab.h2, "bob"), room.enter(lab.h2, "cleo")]
        wait_shown(lab, members, "cleo")
    with lab.step("No sheet asks for any of this", id="hostile", should=True):
        attack(lab, room, members)


def attack(lab, room, members):
    """All hostile datagrams, and what becomes of the members."""
    with lab.step("h3 sends hostile datagrams, and then a message of somebody called eve", id="attack"):
        room.note(f"h3 sent {len(ALL)} hostile datagrams, and 'still here' as eve", lab.h3, "eve", "still here")
        for data in (*ALL, b"mcast-chat/1 TEXT eve still here\n"):
            # shut-null: an empty datagram at the end of the input, which nothing else can send.
            target = f"UDP4-DATAGRAM:{ROOM}:{room.port},shut-{'none' if data else 'null'}"
            lab.h3.start_command("socat", "-u", "-b65536", "-", target, stdin=data).wait()
        wait_shown(lab, members, "eve", "still here")
        expect_shown(lab, members, "eve")
    with lab.step("The chat goes on", id="goes-on"):
        say(lab, members[1], "are you there?", members)
        lab.let_arrive()
        lab.expect(room.sent_by(lab.h3), equals(len(ALL) + 1), "datagrams that h3 has sent")
        begin = room.deeds[-2].begin
        sent = {name: room.sent_by(lab.hosts[name], since=begin) for name in ("h1", "h2")}
        told = lambda: f"since the first hostile datagram {' and '.join(f'{name} sent {counted(own)}' for name, own in sent.items())}"  # noqa: E731
        lab.expect(sum(map(len, sent.values())), equals(1), "datagrams of members since then: bob's line, and no answer", id="answers", hint=told)
    with lab.step("They leave, and tell what they dropped", id="leave"):
        kinds = ", ".join(f"{len(data)} {kind}" for kind, data in HOSTILE.items())
        for member in members:
            member.leave()
            lab.expect(member.program.wait(), equals(0), f"how {member.name} ends")
            told = f"dropped {len(ALL)}: {kinds}"
            lab.expect(member.program.errors, contains(told), f"{member.name} tells what was dropped", id="dropped")
            found = dangers(member.program)
            lab.expect(found, equals([]), f"{member.name}: bytes shown that could move a terminal", whatever_lag=True, id="dangers")
