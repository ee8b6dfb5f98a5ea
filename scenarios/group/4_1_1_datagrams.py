"""JOIN, TEXT, LEAVE: a datagram each, a line of UTF-8, as the protocol has them; what does not fit into one is not sent.

What two members send is what docs/protocols/mcast-chat.md specifies: 1024 bytes at most, so that no datagram is ever cut into
fragments, of which UDP would lose all with one. A line that is longer is not sent, not even its beginning, and its writer is
told. Plain text, as netcat sends it, is shown with its source in place of a name, so that a stranger does not pass for a member.
"""

from harness import contains, equals, matches, scenario
from scenarios.group.kit.chat import PORT, ChatRoom, add_routes, once, shown, wait_shown
from topologies.single import Single

ROOM, LARGEST = "224.1.1.1", 1024
HEADERS = len("mcast-chat/1 TEXT ana \n")
STRANGER = "ana? good evening"


@scenario(
    "group.4-1-1-datagrams", question="Which datagrams does the chat send?", topology=Single(3), roles=["mcast-chat", "netcat"], seconds=4,
)  # fmt: skip
def datagrams(lab):
    add_routes(lab.hosts.values())
    room = ChatRoom(lab, ROOM)
    ana, bob = members = [room.enter(lab.h1, "ana"), room.enter(lab.h2, "bob")]
    wait_shown(lab, members, "bob", "joined")

    lab.step("A line, one that fills the datagram, and one that is a byte too long")
    full, too_long = "é" * ((LARGEST - HEADERS) // 2) + "!" * (HEADERS % 2 != LARGEST % 2), "x" * (LARGEST - HEADERS + 1)
    lines = ["salut", full, "fin"]
    for line in (lines[0], full, too_long, lines[2]):
        ana.say(line)
    wait_shown(lab, members, "ana", "fin")
    lab.expect(ana.program.errors, contains("not sent"), "the line that is too long: its writer is told")

    lab.step("A stranger sends plain text")
    lab.h3.start("netcat", "-u", "-q0", ROOM, PORT, stdin=STRANGER.encode() + b"\n").wait()
    wait_shown(lab, members, STRANGER)
    for member in members:
        lab.expect(member.lines(STRANGER)[-1], matches(rf"\[{lab.h3}:\d+\] {STRANGER[:3]}.*"), f"{member.name} sees where it came from")
    bob.say("bonsoir")
    wait_shown(lab, members, "bob", "bonsoir")

    lab.step("They leave")
    ana.program.end_input()
    lab.expect(ana.program.wait(), equals(1), "ana ends with a status that tells of the line that was not sent")
    wait_shown(lab, [bob], "ana", "left")
    bob.program.end_input()
    lab.expect(bob.program.wait(), equals(0), "bob ends well")
    lab.let_arrive()
    for member in members:
        lab.show_output(member.program)

    lab.step("The capture at a host that is no member, behind a switch that floods")
    seen = lab.packets(lab.h3, f"{room.filter} and mcast_chat")
    said = [" ".join(filter(None, (one["mcast_chat.type"], one["mcast_chat.name"], one["mcast_chat.text"]))) for one in seen]
    exchange = ["JOIN ana", "JOIN bob", *(f"TEXT ana {line}" for line in lines), "TEXT bob bonsoir", "LEAVE ana", "LEAVE bob"]
    lab.expect(said, equals(exchange), "the whole conversation, as datagrams", on=seen)
    longest = max(one["udp.length"] for one in seen) - 8
    lab.expect(longest, equals(LARGEST, "bytes"), "the longest datagram", on=seen)
    lab.expect(lab.packets(lab.h3, "ip.flags.mf == 1 or ip.frag_offset > 0"), equals(0), "fragments", whatever_lag=True)
    lab.expect(shown(members, "ana", "fin"), equals(once(members)), "and each line is shown once")
