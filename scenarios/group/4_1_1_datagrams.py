"""JOIN, TEXT, LEAVE: a datagram each, a line of UTF-8, as the protocol has them; what does not fit into one is not sent.

What two members send is what docs/protocols/mcast-chat.md specifies: 1024 bytes at most, so that no datagram is ever cut into
fragments, of which UDP would lose all with one. A line that is longer is not sent, not even its beginning, and its writer is
told. Plain text, as netcat sends it, is shown with its source in place of a name, so that a stranger does not pass for a member.
"""

from harness import between, contains, ended, equals, matches, scenario
from scenarios.group.kit.chat import PORT, ChatRoom, add_routes, once, shown, wait_shown
from topologies.single import Single

ROOM, LARGEST = "224.1.1.1", 1024
HEADERS = len("mcast-chat/1 TEXT ana \n")
STRANGER = "ana? good evening"
FULL = "é" * ((LARGEST - HEADERS) // 2) + "!" * (HEADERS % 2 != LARGEST % 2)


@scenario(
    "group.4-1-1-datagrams", question="Which datagrams does the chat send?", topology=Single(3), roles=["mcast-chat", "netcat"], seconds=4,
)  # fmt: skip
def datagrams(lab):
    add_routes(lab.hosts.values())
    room = ChatRoom(lab, ROOM)
    ana, bob = members = [room.enter(lab.h1, "ana"), room.enter(lab.h2, "bob")]
    wait_shown(lab, members, "bob")

    lab.step("A line each")
    ana.say("salut")
    wait_shown(lab, members, "ana", "salut")
    bob.say("bonsoir")
    wait_shown(lab, members, "bob", "bonsoir")
    with lab.step("A line that fills the datagram, and one that is a byte too long", should=True):
        fill(lab, ana, members)
    with lab.step("A stranger sends plain text", should=True):
        lab.h3.start("netcat", "-u", "-q0", ROOM, PORT, stdin=STRANGER.encode() + b"\n").wait()
        wait_shown(lab, members, STRANGER)
        for member in members:
            lab.expect(member.lines(STRANGER)[-1], matches(rf"\[{lab.h3}:\d+\] {STRANGER[:3]}.*"), f"{member.name} sees where it came from")

    lab.step("They leave")
    ana.program.end_input()
    lab.expect(ana.program.wait(), between(0, 255).ideally(1), "ana ends with a status that tells of the line that was not sent")
    wait_shown(lab, [bob], "ana", times=3 if not lab.holds_should else 5)
    bob.program.end_input()
    lab.expect(bob.program.wait(), ended, "bob ends well")
    lab.let_arrive()
    for member in members:
        lab.show_output(member.program)

    lab.step("The capture at a host that is no member, behind a switch that floods")
    lab.expect(room.sent_by(lab.h2), equals(3), "bob's datagrams: he comes, says a line, and goes")
    for member, line in ((ana, "salut"), (bob, "bonsoir")):
        lab.expect(shown(members, member.name, line), equals(once(members)), f"and {member.name}'s line is shown once")
    with lab.step("Each as the protocol has it", should=True):
        written(lab, lab.packets(lab.h3, f"{room.filter} and mcast_chat"))


def fill(lab, ana, members):
    """The longest line that fits, one that does not, and one after them."""
    for line in (FULL, "x" * (LARGEST - HEADERS + 1), "fin"):
        ana.say(line)
    wait_shown(lab, members, "ana", "fin")
    lab.expect(ana.program.errors, contains("not sent"), "the line that is too long: its writer is told")


def written(lab, seen):
    """Holds what h3 has seen against the specification."""
    said = [" ".join(filter(None, (one["mcast_chat.type"], one["mcast_chat.name"], one["mcast_chat.text"]))) for one in seen]
    exchange = [
        "JOIN ana", "JOIN bob", "TEXT ana salut", "TEXT bob bonsoir", f"TEXT ana {FULL}", "TEXT ana fin", "LEAVE ana", "LEAVE bob",
    ]  # fmt: skip
    lab.expect(said, equals(exchange), "the whole conversation, as datagrams", on=seen)
    longest = max(one["udp.length"] for one in seen) - 8
    lab.expect(longest, equals(LARGEST, "bytes"), "the longest datagram", on=seen)
    lab.expect(lab.packets(lab.h3, "ip.flags.mf == 1 or ip.frag_offset > 0"), equals(0), "fragments", whatever_lag=True)
