"""A UDP client has to say itself what TCP would have mended: which reply is lost, which comes late, and which comes twice.

Nothing repeats a lost datagram, and nothing holds a late one back: it arrives while the next reply is waited for, and a client that takes
whatever comes takes it for that. Echo has no numbers to tell replies apart, but the bytes themselves do. Nobody listening is
told at once, by ICMP, to a connected socket only.
"""

from harness import contains, equals, failed, matches, scenario, udp
from scenarios.services.kit.echo import PORT, udp_echo_server
from topologies.single import Single

TIMEOUT = 2  # s; the third reply comes half of it after that, and the fourth a little later


@scenario(
    "services.ex01-replies", question="What does a UDP client notice of replies that are lost, late or doubled?",
    topology=Single(only={"h1": {"means": "wire", "delay": 1}}), roles=["udp-echo-server", "udp-echo-client"],
    needs={"udp-echo-client": ["timeout"]}, seconds=12,
)  # fmt: skip
def echo_replies(lab):
    with lab.step("The server answers", id="echo"):
        for one, other in ((lab.h1, lab.h2), (lab.h2, lab.h1)):  # what ARP asks meanwhile would be as late, and hold up what is behind it
            one.run("ip", "neighbour", "replace", other, "lladdr", other.mac, "dev", one.interface, "nud", "permanent")
        server, link = udp_echo_server(lab), lab.link(lab.h1, "s1")
        client = lab.h2.start("udp-echo-client", host=lab.h1, port=PORT, timeout=TIMEOUT)
        lab.expect(client.ask("one"), equals("one"), "what the client prints", id="printed")

    with lab.step("The reply is lost", id="lost"):
        link.set("forward", lose="udp and payload starts two, all")
        client.type("two\n")
        client.wait_for_text("no reply")
        lab.expect(lab.packets(lab.h2, udp(to=PORT)), equals(2), "datagrams that the client has sent: none twice", id="once")
        lab.expect(lab.packets(lab.h1, udp(source=PORT)), equals(2), "replies that leave the server", id="replies")
        lab.expect(lab.packets(lab.h2, udp(source=PORT)), equals(1), "replies that reach the client", id="reach")

    with lab.step("The next reply is late, and comes while another is waited for", id="late"):
        link.set("forward", lose=None, delay=1500 * TIMEOUT)
        client.type("three\n")
        lab.until(lambda: client.errors.count("no reply") == 2, "the client to give the third up")
        link.set("forward", delay=600 * TIMEOUT)
        client.type("four\n")
        client.wait_for_text("late")
        client.wait_for_text("four", stream="stdout")
        lab.expect(client.output, equals("one\nfour\n"), "what the client has printed: each reply for its own datagram", id="printed")

    with lab.step("Every packet comes twice", id="doubled"):
        link.set("forward", delay=1, duplicate=100)
        lab.expect(client.ask("five"), equals("five"), "what the client prints", id="printed")
        client.wait_for_text("twice")
        link.set("forward", duplicate=None)
        lab.expect(client.output, equals("one\nfour\nfive\n"), "what it has printed: once", id="once")

    with lab.step("At the end it counts", id="counts"):
        client.end_input()
        lab.expect(client.wait(), failed, "its exit status", id="status")
        lab.expect(client.errors, contains("1 lost"), "what it says", id="lost")

    with lab.step("Nobody listens", id="refused"):
        lab.expect_interrupted(server)
        began = lab.h2.start("udp-echo-client", host=lab.h1, port=PORT, timeout=60, data="hola")
        lab.expect(began.wait(), failed, "exit status of a client that is refused, long before its time-out", id="status")
        lab.expect(began.errors, matches("refused"), "what it says", id="says")
