"""The first node finds no root and becomes it; of two at once the rendezvous point takes one, and the other joins it.

ROOT asks the rendezvous point who the root is. TOOR without an address means nobody, so the node sends RREG, and YREG makes it
the root; it repeats RREG every two minutes. Whoever asks later is told its address. Two nodes that ask before either has
registered both hear "nobody" and both send RREG: the first gets YREG, the other NREG, asks again, and is told of the first.
"""

from harness import above, about, equals, interrupted, scenario
from scenarios.group.kit.group import ROLES, Group, answers_to
from topologies.single import Single

MINUTE = 1.0  # s that a minute of the sheet lasts here


@scenario(
    "group.4-2-root", question="How does a node become the root of the tree?", topology=Single(4), roles=ROLES, load=0.4, seconds=9,
    timing_critical=True, needs={"mcast-node": ["refresh"]},
)  # fmt: skip
def first_node(lab):
    point, first, second, third = lab.h1, lab.h2, lab.h3, lab.h4

    lab.step("The first node of the group")
    group = Group(lab, point, MINUTE)
    group.start_point()
    group.start(first)
    own = f"hmtp && ip.addr == {first}"
    lab.wait_for_packet(point, f'{own} && hmtp.type == "YREG"')
    story = [message.told for message in group.messages("h1")]
    lab.expect(story[:4], equals(["h2 ROOT", "h1 TOOR", "h2 RREG", "h1 YREG"]), "who is the root? nobody; so it registers")
    asked = f'{own} && hmtp.type == "RREG"'
    refreshed = lab.until(lambda: (rows := lab.packets(point, asked)) and len(rows) > 1 and rows, "a second RREG")
    apart = float(refreshed.times[1] - refreshed.times[0])
    every = about(group.timers.refresh, by=0.5, unit="s")
    lab.expect(apart, every, "it registers again after two minutes, which last 2 s here", refreshed)
    story = [message.told for message in group.messages("h1")]
    lab.expect(story[4:6], equals(["h2 RREG", "h1 YREG"]), "and is accepted again")
    lab.sequence("first-root", "The first node registers as the root, and once more", lab.packets(point, own))

    lab.step("Two nodes ask before either has registered")
    group.kill("h2")
    group.rendezvous.stop()
    group.start_point()
    begin = group.rendezvous.started
    # While the rendezvous point sleeps, both questions come to its socket, so that
    # both are answered before the first RREG. Nobody repeats a question meanwhile.
    group.rendezvous.signal(19)
    group.start(second, third, answer_timeout=30)
    for host in (second, third):
        lab.wait_for_packet(host, 'hmtp.type == "ROOT"')
    group.rendezvous.signal(18)
    tree = group.wait_for_tree()
    heard = [message for message in group.messages("h1") if message.time > begin]
    winner = tree.roots[0]
    loser = {"h3": "h4", "h4": "h3"}[winner]
    kinds = ("TOOR", "RREG", "YREG", "NREG")
    story = {name: [m.told for m in heard if name in (m.source, m.destination) and m.kind in kinds] for name in tree.parents}
    lab.expect(story[winner][:3], equals(["h1 TOOR", f"{winner} RREG", "h1 YREG"]), "one is told of no root, and registers")
    refused = ["h1 TOOR", f"{loser} RREG", "h1 NREG", f"h1 TOOR {winner}"]
    lab.expect(story[loser], equals(refused), "the other is told of no root too, is refused, asks again, and is told of the first")
    lab.expect(tree.parents[loser], equals(winner), "which it joins")
    asked = [message.told for message in group.messages(loser) if message.kind in ("RJOI", "YJOI")][:2]
    lab.expect(asked, equals([f"{loser} RJOI", f"{winner} YJOI"]), "by RJOI, answered by YJOI")
    until = max(message.time for message in heard if message.kind == "TOOR") + 1.2 * group.timers.refresh
    lab.sequence("two-at-once", "Two nodes at once", lab.packets(point, "hmtp").between(begin, until))

    with lab.step("The rendezvous point is ended by Ctrl+C; a node that begins without it", should=True):
        group.rendezvous.interrupt()
        lab.expect(group.rendezvous.wait(), interrupted, "the rendezvous point's status after Ctrl+C")
        [node] = group.start(first, answer_timeout=0.1, rest=0.1)
        asked = f'ip.src == {first} && hmtp.type == "ROOT" && frame.time_epoch > {node.started} && !icmp'
        again = "ROOT that a node sends while no rendezvous point answers: it must ask again, and not take itself for the root after three"
        lab.expect_soon(lambda: len(lab.packets(first, asked)), above(3), again, deadline=10)
    group.rendezvous.stop()
    group.kill("h2")

    lab.step("A root at another port than 10000")
    Group(lab, first, MINUTE, extensions="off").start_point()
    requests = ["20001:RREG", "10000:ROOT", "20002:ROOT", "20002:RREG", "20001:RREG"]
    answers = [" ".join(answer.split()) for answer in answers_to(requests, point, first)]
    lab.expect(answers[1], equals(f"TOOR {point} 20001"), "TOOR names the port from which the root's RREG came")
    silent = [request for request, answer in zip(requests, answers) if not answer]
    if lab.expect(silent, equals([]), "requests that got no answer at the port from which they came", should=True):
        lab.expect(answers[3], equals("NREG"), "RREG from another port of the root's host: that is another node", should=True)
        lab.expect(answers[4], equals("YREG"), "RREG from the root's port", should=True)
