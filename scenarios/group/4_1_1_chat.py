"""Everybody in a multicast room reads what each says, and who comes and goes, exactly once, without any server.

A member joins the group 224.1.1.1 by one socket, bound to the group and port 5000, and sends by another. SO_REUSEADDR lets
several programs of a host bind the same: each gets a copy. A sender's copy comes back too where the system loops multicast back,
so a program either shows that copy or, as mcast-chat does, what it has sent, and ignores its own: never both. Ctrl+D ends the
input, Ctrl+C is SIGINT; caught, both leave time for one more datagram, the announcement of the leave.
"""

import time

from harness import interrupted, scenario
from scenarios.group.kit.chat import ChatRoom, add_routes
from scenarios.group.kit.reading import expect_shown, one_datagram_each, say, shown, wait_shown
from topologies.single import Single

WORDS = {"ana": "bonjour à tous", "bob": "grüß dich", "cleo": "καλημέρα, 日本 😀", "Zoë": "hello"}
WAYS = {"ana": "Ctrl+D", "bob": "Ctrl+C", "cleo": "the end of a pipe", "Zoë": "SIGTERM"}
LIKE_SOMETHING_ELSE = (("ana", "again"), ("bob", "yesyes" * 100), ("bob", "yes"), ("cleo", "bob: quit"), ("ana", "exit"))


@scenario(
    "group.4-1-1", question="A chat without a server: do all members read everything?", topology=Single(3), roles=["mcast-chat"],
    seconds=5,
)  # fmt: skip
def chat(lab):
    add_routes(lab.hosts.values())
    room = ChatRoom(lab, "224.1.1.1")
    with lab.step("Four members come, two of them on one host", id="come"):
        for host, name, terminal in ((lab.h1, "ana", True), (lab.h2, "bob", True), (lab.h2, "cleo", False), (lab.h3, "Zoë", False)):
            room.enter(host, name, terminal=terminal)
            wait_shown(lab, room.members, name)
        lab.let_arrive()
        for position, newcomer in enumerate(room.members):
            expect_shown(lab, room.members[: position + 1], newcomer.name)
        one_datagram_each(lab, room)

    with lab.step("Each says something, in UTF-8", id="speak"):
        begun, members = len(room.deeds), room.members
        for speaker in members:
            say(lab, speaker, WORDS[speaker.name], members)
        lab.let_arrive()
        for name, text in WORDS.items():
            expect_shown(lab, members, name, text)
        one_datagram_each(lab, room, begun)

    lines(lab, {member.name: member for member in members})
    with lab.step("They leave: by Ctrl+D, by Ctrl+C, at the end of a pipe, and by SIGTERM", id="leave"):
        leaves(lab, room)
    with lab.step("An empty line", id="empty-line", should=True):
        others = [room.enter(lab.h1, "dora"), room.enter(lab.h3, "emil")]
        others[0].say("")
        say(lab, others[0], "after the empty line", others)


def lines(lab, members):
    """What is said twice, is short after something long, looks like something else, or comes after a silence."""
    everybody = list(members.values())
    with lab.step("The same line twice, a short one after a long one, and lines that look like something else", id="lines"):
        say(lab, members["ana"], "again", everybody)
        for name, line in LIKE_SOMETHING_ELSE:
            say(lab, members[name], line, everybody, times=2 if line == "again" else 1)
    with lab.step("A line after five seconds of silence", id="silence"):
        lab.at(5.5, since=time.time())
        say(lab, members["bob"], "still here", everybody)
        lab.let_arrive()
        expect_shown(lab, everybody, "ana", "again", times=2)
        for name, line in LIKE_SOMETHING_ELSE[2:]:
            expect_shown(lab, everybody, name, line)


def leaves(lab, room):
    """Each leaves its own way, and those who came later, who were not shown its arrival, are told."""
    begun, last = len(room.deeds), room.members[-1:]
    for position, leaver in enumerate(room.members):
        by = WAYS[leaver.name] if lab.holds_should or WAYS[leaver.name] != "SIGTERM" else "the end of a pipe"  # no sheet asks for SIGTERM
        told = shown(last, leaver.name)[last[0].name] + 1
        leaver.leave(by)
        lab.expect(leaver.program.wait(), interrupted, f"how {leaver.name} ends by {by}", id="status")
        staying = room.members[position + 1 :]
        wait_shown(lab, staying, leaver.name, times=told)
        lab.let_arrive()
        expect_shown(lab, staying, leaver.name, times=told)
    one_datagram_each(lab, room, begun)
