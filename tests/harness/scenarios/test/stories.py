"""Scenarios that only the tests of the harness run: each ends in a way of its own."""

import json
import os
import signal

from harness import above, between, equals, scenario
from topologies.single import Single


@scenario("test.quick", question="Does it work?", topology=Single(), roles=["netcat"], seconds=2)
def quick(lab):
    """A line sent with netcat arrives."""
    server = lab.h1.start("netcat", "-l", 1234).wait_listening(1234)
    client = lab.h2.start("netcat", "-N", lab.h1, 1234, stdin=b"hello\n")
    lab.expect(lab.wait(client, server), equals([0, 0]), "both end well")
    lab.expect(server.output, equals("hello\n"), "the line arrives")
    lab.expect(lab.packets(lab.h1, "tcp.flags.syn == 1 and tcp.flags.ack == 0"), equals(1), "one connection")


@scenario("test.long", question="Does it last?", topology=Single(), roles=["netcat"], seconds=20, load=0.1)
def long(lab):
    """Two netcats talk until somebody ends them."""
    server = lab.h1.start("netcat", "-l", 1234).wait_listening(1234)
    client = lab.h2.start("netcat", lab.h1, 1234)
    client.type("hello\n")
    server.wait_for_text("hello")
    lab.expect(client.running, equals(True), "the client lives")
    client.wait(60)


@scenario("test.fails", question="Is it wrong?", topology=Single(), seconds=1.5)
def fails(lab):
    """Two and two are five."""
    lab.expect(2 + 2, equals(5), "two and two are five")
    lab.expect(2 + 2, equals(4), "two and two are four")


@scenario("test.caught", question="Is it enough?", topology=Single(), seconds=2)
def caught(lab):
    """One ping is two, and the next one does not matter any more."""
    for number in (1, 2):
        lab.h1.run("ping", "-c", "1", lab.h2)
        lab.expect(lab.packets(lab.h2, "icmp.type == 8"), equals(2 * number), f"requests that came to h2 after {number}")


@scenario("test.nothing", question="Is nothing proven?", topology=Single(), seconds=1)
def nothing(lab):
    """Nothing at all."""


@scenario("test.steps", question="How far does it come?", topology=Single(), roles=["netcat"], seconds=3)
def steps(lab):
    """Of five steps one holds, one fails, one is waited for in vain, and two are not reached."""
    with lab.step("A line arrives", id="line", points=2):
        server = lab.h1.start("netcat", "-l", 1234).wait_listening(1234)
        client = lab.h2.start("netcat", lab.h1, 1234)
        client.type("hello\n")
        server.wait_for_text("hello")
        lab.expect(server.running, equals(True), "the server runs on")
    with lab.step("Two and two", id="sums"):
        lab.expect(2 + 2, equals(4), "are four", hint=lambda: "never asked")
        lab.expect(2 + 2, equals(5), "are five", id="five", hint=lambda: "count again")
    with lab.step("An answer comes", id="answer", deadline=0.3):
        server.wait_for_text("what nobody says")
    with lab.step("What is never seen", id="unseen"):
        unseen(lab)


def unseen(lab):
    with lab.step("And within it", id="inner", points=3):
        lab.expect(1, equals(1), "one is one", id="one")


@scenario("test.deadline", question="Does it come?", topology=Single(), seconds=1)
def deadline(lab):
    """What never comes is waited for."""
    lab.expect(True, equals(True), "so far all is well")
    lab.until(lambda: False, "the day after tomorrow", 0.2)


@scenario("test.raises", question="Is it broken?", topology=Single(), seconds=1)
def raises(lab):
    """A scenario with a mistake."""
    lab.expect(1 / 0, above(0), "division by zero")


@scenario("test.missing_file", question="Is the file there?", topology=Single(), seconds=1)
def missing_file(lab):
    """A program was to write a file."""
    lab.expect(open("/nowhere/report.json").read(), equals(""), "the report is empty")


@scenario("test.descriptors", question="Are there descriptors?", topology=Single(), seconds=1)
def descriptors(lab):
    """More files than the machine lets us open."""
    files = [open("/dev/null") for _ in range(10**6)]
    lab.expect(len(files), above(0), "files are open")


@scenario("test.crash", question="Does it survive?", topology=Single(), seconds=1)
def crash(lab):
    """The process that runs the scenario is killed."""
    os.kill(os.getpid(), signal.SIGKILL)


@scenario("test.disk", question="Is there room?", topology=Single(), seconds=1)
def disk(lab):
    """More evidence than the disk takes."""
    with (lab.folder / "large").open("wb") as file:
        for _ in range(200):
            file.write(bytes(1 << 20))
    lab.expect(True, equals(True), "all was written")


@scenario("test.lossy", question="Does a lossy link work?", topology=Single(delay="5ms", loss="10%", seed=4), seconds=4)
def lossy(lab):
    """What h1's link loses does not arrive, and the link says so."""
    link = lab.link(lab.h1, "s1")
    lab.h1.run("ping", "-c", "40", "-i", "0.02", str(lab.h2))
    lost = [drop for drop in link.drops() if drop.direction == "forward" and drop.flow.endswith("icmp:8")]
    sent, arrived = lab.packets(lab.h1, "icmp.type == 8"), lab.packets(lab.h2, "icmp.type == 8")
    behind = [drop for drop in lab.link("s1", lab.h2).drops() if drop.direction == "forward" and drop.flow.endswith("icmp:8")]
    lab.expect(len(sent) - len(arrived), equals(len(lost) + len(behind)), "each missing packet was dropped by a link")
    link.set(delay="20ms", loss=None)
    link.down()
    silent = lab.h1.run("ping", "-c", "2", "-i", "0.1", "-W", "1", str(lab.h2), check=False)
    lab.expect(silent.status, equals(1), "nothing passes")


@scenario("test.by_rule", question="Is it sent again?", topology=Single(2, only={"h1": {"forward": {"lose": "first SYN"}}}), roles=["netcat"], seconds=4)
def by_rule(lab):
    """A connection whose first SYN is lost comes about with the second, and text that is lost is sent again."""
    server = lab.h2.start("netcat", "-l", 1234).wait_listening(1234)
    client = lab.h1.start("netcat", "-N", lab.h2, 1234)
    lab.until(lambda: lab.packets(lab.h2, "tcp.flags.syn == 1 && tcp.flags.ack == 0"), "a SYN that comes to h2", 10)
    link = lab.link(lab.h1, "s1")
    link.set("forward", lose="first payload starts again")
    client.type("again\n")
    server.wait_for_text("again")
    client.end_input()
    lab.expect(lab.wait(client, server), equals([0, 0]), "both end well")
    lab.expect(lab.packets(lab.h1, "tcp.flags.syn == 1 && tcp.flags.ack == 0"), equals(2), "h1 asks twice")
    lab.expect(lab.packets(lab.h2, "tcp.flags.syn == 1 && tcp.flags.ack == 0"), equals(1), "h2 hears one of them")
    lab.expect(lab.packets(lab.h1, f"ip.src == {lab.h1} && tcp.len > 0"), equals(2), "the text is sent twice")
    lab.expect(lab.packets(lab.h2, f"ip.src == {lab.h1} && tcp.len > 0"), equals(1), "and comes once")


@scenario("test.one_percent", question="Which packets are lost?", topology=Single(2, loss="1%"), seconds=6)
def one_percent(lab):
    """The links lose one packet in a hundred, and lost.json tells which."""
    lab.h1.run("ping", "-q", "-c", "1500", "-i", "0.002", "-W", "1", str(lab.h2))
    links = [lab.link(lab.h1, "s1"), lab.link("s1", lab.h2)]
    drops = [(link.name, drop.direction, drop.flow, drop.index, drop.length) for link in links for drop in link.drops() if "icmp:" in drop.flow]
    (lab.folder / "lost.json").write_text(json.dumps(sorted(drops), indent=0))
    missing = len(lab.packets(lab.h1, "icmp.type == 8")) - len(lab.packets(lab.h1, "icmp.type == 0"))
    lab.expect(missing, equals(len(drops)), "each answer that is missing, or its request, was dropped by a link")
    lab.expect(missing, between(30, 90), "one packet in a hundred, on each of four ways")


@scenario("test.dead_wire", question="What if a link dies?", topology=Single(delay="5ms", means="wire"), seconds=2)
def dead_wire(lab):
    """An emulator that ends is not mistaken for a bad network."""
    os.kill(next(iter(lab.network.net.wires)).pid, signal.SIGKILL)
    lab.expect(2 + 2, equals(4), "two and two are four")


@scenario("test.unicode", question="Sagt er „✓“?", topology=Single(), roles=["netcat"], seconds=2)
def unicode(lab):
    """Letters of all the world go to a program and come back, whatever the machine's language: čeština, 日本語, ✓."""
    text = "žluťoučký kůň ✓ 日本語\n"
    assert lab.folder.name, "assertions are kept"
    file = lab.folder / "háčky ✓.txt"
    file.write_text(text)
    server = lab.h1.start("netcat", "-l", 1234).wait_listening(1234)
    client = lab.h2.start("netcat", "-N", lab.h1, 1234, stdin=file)
    lab.expect(lab.wait(client, server), equals([0, 0]), "both end well ✓")
    lab.expect(server.output, equals(text), "each letter arrives")
    lab.expect(lab.h1.run("cat", file).output, equals(text), "a file's name has them too")
    said = lab.h1.run("ls", "/nowhere ✓", check=False).errors
    lab.expect(said, equals("ls: cannot access '/nowhere ✓': No such file or directory\n"), "tools speak English")
