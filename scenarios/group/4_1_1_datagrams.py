"""JOIN, TEXT, LEAVE: a datagram each, a line of UTF-8, as the protocol has them; what does not fit into one is not sent.

What two members send is what docs/protocols/mcast-chat.md specifies: 1024 bytes at most, so that no datagram is ever cut into
fragments, of which UDP would lose all with one. A line that is longer is not sent, not even its beginning, and its writer is
told. Plain text, as netcat sends it, is shown with its source in place of a name, so that a stranger does not pass for a member.
"""

from harness import between, contains, ended, equals, matches, scenario
from scenarios.group.kit.chat import PORT, ChatRoom, add_routes
from scenarios.group.kit.exchange import as_the_protocol_has_it
from scenarios.group.kit.reading import expect_shown, say, wait_shown
from topologies.single import Single

LARGEST, HEADERS = 1024, len("mcast-chat/1 TEXT ana \n")
STRANGER = "ana? good evening"
FULL = "é" * ((LARGEST - HEADERS) // 2) + "!" * (HEADERS % 2 != LARGEST % 2)
EXCHANGE = ["JOIN ana", "JOIN bob", "TEXT ana salut", "TEXT bob bonsoir", f"TEXT ana {FULL}", "TEXT ana fin", "LEAVE ana", "LEAVE bob"]


@scenario(
    "group.4-1-1-datagrams", question="Which datagrams does the chat send?", topology=Single(3), roles=["mcast-chat", "netcat"], seconds=4,
)  # fmt: skip
def datagrams(lab):
    add_routes(lab.hosts.values())
    room = ChatRoom(lab, "224.1.1.1")
    with lab.step("A line each", id="lines"):
        ana, bob = members = [room.enter(lab.h1, "ana"), room.enter(lab.h2, "bob")]
        wait_shown(lab, members, "bob")
        say(lab, ana, "salut", members)
        say(lab, bob, "bonsoir", members)
    with lab.step("A line that fills the datagram, and one that is a byte too long", id="full", should=True):
        ana.say(FULL)
        ana.say("x" * (LARGEST - HEADERS + 1))
        say(lab, ana, "fin", members)
        lab.expect(ana.program.errors, contains("not sent"), "the line that is too long: what its writer is told", id="told", hint=lambda: room.sent_last(ana))
    with lab.step("A stranger sends plain text", id="stranger", should=True):
        room.note(f"netcat on h3 sent {STRANGER!r}", lab.h3)
        lab.h3.start("netcat", "-u", "-q0", room.address, PORT, stdin=STRANGER.encode() + b"\n").wait()
        wait_shown(lab, members, STRANGER)
        source = matches(rf"\[{lab.h3}:\d+\] {STRANGER[:3]}.*")
        for member in members:
            lab.expect(member.lines(STRANGER)[-1], source, f"{member.name} sees where it came from", id="source")

    with lab.step("They leave", id="leave"):
        ana.leave()
        lab.expect(ana.program.wait(), between(0, 255).ideally(1), "how ana ends: its status tells of the line that was not sent")
        wait_shown(lab, [bob], "ana", times=3 if not lab.holds_should else 5)
        bob.leave()
        lab.expect(bob.program.wait(), ended, "how bob ends")
        lab.let_arrive()

    with lab.step("The capture at a host that is no member, behind a switch that floods", id="capture"):
        lab.expect(room.sent_by(lab.h2), equals(3), "bob's datagrams: he comes, says a line, and goes", id="of-bob")
        expect_shown(lab, members, "ana", "salut")
        expect_shown(lab, members, "bob", "bonsoir")
    with lab.step("Each as the protocol has it", id="protocol", should=True):
        as_the_protocol_has_it(lab, lab.packets(lab.h3, f"{room.filter} and mcast_chat"), EXCHANGE, LARGEST)
        lab.expect(lab.packets(lab.h3, "ip.flags.mf == 1 or ip.frag_offset > 0"), equals(0), "fragments", whatever_lag=True)
