"""Everybody in a multicast room reads what each says, and who comes and goes, exactly once, without any server.

A member joins the group 224.1.1.1 by one socket, bound to the group and port 5000, and sends by another. SO_REUSEADDR lets
several programs of a host bind the same: each gets a copy. A sender's copy comes back too where the system loops multicast back,
so a program either shows that copy or, as mcast-chat does, what it has sent, and ignores its own: never both. Ctrl+D ends the
input, Ctrl+C is SIGINT; caught, both leave time for one more datagram, the announcement of the leave.
"""

import contextlib
import signal
import time

from harness import equals, interrupted, scenario
from scenarios.group.kit.chat import ChatRoom, add_routes, once, shown, wait_shown
from topologies.single import Single

WORDS = {"ana": "bonjour à tous", "bob": "grüß dich", "cleo": "καλημέρα, 日本 😀", "Zoë": "hello"}
WAYS = {
    "ana": ("Ctrl+D", lambda program: program.end_input()), "bob": ("Ctrl+C", lambda program: program.interrupt()),
    "cleo": ("the end of a pipe", lambda program: program.end_input()), "Zoë": ("SIGTERM", lambda program: program.signal(signal.SIGTERM)),
}  # fmt: skip


@scenario(
    "group.4-1-1", question="A chat without a server: do all members read everything?", topology=Single(3), roles=["mcast-chat"],
    seconds=5,
)  # fmt: skip
def chat(lab):
    add_routes(lab.hosts.values())
    room, members, deeds = ChatRoom(lab, "224.1.1.1"), [], []

    @contextlib.contextmanager
    def deed(what, host):
        """Remembers when something was done, for the captures to be asked in the end."""
        begin = time.time()
        yield
        deeds.append((what, host, begin, time.time()))

    lab.step("Four members come, two of them on one host")
    for host, name, terminal in ((lab.h1, "ana", True), (lab.h2, "bob", True), (lab.h2, "cleo", False), (lab.h3, "Zoë", False)):
        with deed(f"{name} comes", host):
            members.append(room.enter(host, name, terminal=terminal))
            wait_shown(lab, members, name)
    lab.let_arrive()
    for position, newcomer in enumerate(members):
        present = members[: position + 1]
        lab.expect(
            shown(present, newcomer.name), equals(once(present)),
            f"{newcomer.name}'s arrival is shown to those who are there", whatever_lag=True,
        )  # fmt: skip

    lab.step("Each says something, in UTF-8")
    for speaker in members:
        with deed(f"{speaker.name} speaks", speaker.host):
            speaker.say(WORDS[speaker.name])
            wait_shown(lab, members, speaker.name, WORDS[speaker.name])
    lab.let_arrive()
    for name, text in WORDS.items():
        lab.expect(
            shown(members, name, text), equals(once(members)), f"what {name} says is shown to all, {name} included", whatever_lag=True
        )  # fmt: skip

    lab.step("The same line twice, a short one after a long one, and lines that look like something else")
    members[0].say("again")
    wait_shown(lab, members, "ana", "again")
    for speaker, line in ((members[0], "again"), (members[1], "yesyes" * 100), (members[1], "yes"), (members[2], "bob: quit"), (members[0], "exit")):
        speaker.say(line)
        wait_shown(lab, members, speaker.name, line, times=2 if line == "again" else 1)
    lab.at(5.5, since=time.time())
    members[1].say("still here")
    wait_shown(lab, members, "bob", "still here")
    lab.let_arrive()
    lab.expect(shown(members, "ana", "again"), equals(dict.fromkeys(once(members), 2)), "what ana says twice is shown twice", whatever_lag=True)
    for name, line in (("bob", "yes"), ("cleo", "bob: quit"), ("ana", "exit")):
        lab.expect(shown(members, name, line), equals(once(members)), f"what {name} says is shown to all: '{line}'", whatever_lag=True)
    lab.step("They leave: by Ctrl+D, by Ctrl+C, at the end of a pipe, and by SIGTERM")
    last = members[-1:]
    before = {member.name: shown(last, member.name)[last[0].name] for member in members}  # lines with their names, of those who came first
    for position, leaver in enumerate(members):
        way, leave = WAYS[leaver.name]
        if leaver.name == "Zoë" and not lab.holds_should:
            way, leave = WAYS["cleo"]  # no sheet asks for an end by SIGTERM
        staying = members[position + 1 :]
        with deed(f"{leaver.name} leaves by {way}", leaver.host):
            leave(leaver.program)
            lab.expect(leaver.program.wait(), interrupted, f"{leaver.name} ends well by {way}")
            for member in staying:  # of those who came later each was shown no arrival of the leaver
                wait_shown(lab, [member], leaver.name, times=before[leaver.name] + 1)
        lab.let_arrive()
        more = dict.fromkeys(once(staying), before[leaver.name] + 1)
        lab.expect(shown(staying, leaver.name), equals(more), f"{way}: the others are told, beside what {leaver.name} said")
    for member in members:
        lab.show_output(member.program)

    lab.step("The captures: a datagram to the room each time")
    for what, host, begin, end in deeds:
        lab.expect(room.sent_by(host).between(begin, end), equals(1), f"{what}: datagrams to the room")
    with lab.step("An empty line", should=True):
        others = [room.enter(lab.h1, "dora"), room.enter(lab.h3, "emil")]
        others[0].say("")
        others[0].say("after the empty line")
        wait_shown(lab, others, "dora", "after the empty line")
