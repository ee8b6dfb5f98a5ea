"""UDP datagrams sent before the server is there are lost; those sent afterwards arrive, and nobody repeats the lost ones.

UDP has no connection to fail: the early datagrams cross the network, h2 finds no socket for them, drops them and says so
with ICMP "port unreachable". Whether the sender learns of it depends on its socket. An unconnected one (sendto) sees no
error at all. A connected one, as `nc -u` has it, gets the refusal at its next call: a write fails with "Connection refused",
and `nc` itself, waked from poll() by the error, quits without a word.
"""

from harness import above, contains, equals, scenario, udp
from scenarios.tv.kit.hosts import sent
from scenarios.tv.kit.netcat import PORT, REFUSED, refusals
from topologies.single import Single


@scenario(
    "tv.q04", question="UDP: the server starts after the client began to send", topology=Single(), roles=["netcat", "udp-sender"], seconds=7
)
def udp_server_late(lab):
    with lab.step("An unconnected sender, before there is a server", id="early"):
        sender = lab.h1.start("udp-sender", host=lab.h2, port=PORT, socket="SENDTO")
        for number in (1, 2):
            sender.type(f"early {number}\n")
            refusals(lab, lab.h1, number)
        lab.expect(lab.packets(lab.h2, udp(to=PORT)), equals(2), "the early datagrams reach h2's interface")
        lab.expect(lab.packets(lab.h1, REFUSED), equals(2), "h2 answers each with ICMP port unreachable")

    with lab.step("The server starts; the same sender goes on", id="late"):
        server = lab.h2.start("netcat", "-u", "-l", PORT).wait_listening(PORT, "udp")
        sender.type("late\n")
        server.wait_for_text("^late$")
        sender.end_input()
        lab.expect(sender.wait(), equals(0), "the unconnected sender ends well")
        lab.expect(sender.errors, equals(""), "the unconnected sender sees no error", id="errors")
        lab.show_output(server)
        lab.expect(server.output, equals("late\n"), "only the later datagram arrives", id="received")

    with lab.step("nc -u, again without a server", id="netcat"):
        server.stop()
        netcat = lab.h1.start("netcat", "-u", lab.h2, PORT)
        netcat.type("into the void\n")
        lab.until(lambda: not netcat.running, "nc -u to end by itself, its input still open", details=lambda: sent(lab, lab.h1))
        refused = lab.packets(lab.h1, REFUSED)
        lab.expect(refused, equals(3), "nc -u is refused too")
        lab.expect(netcat.ended - refused[-1].time, above(0, "s"), "nc -u quits, though its input is open, after the refusal")

    if lab.takes("udp-sender", "socket"):
        with lab.step("A connected sender", id="connected"):
            connected = lab.h1.start("udp-sender", host=lab.h2, port=PORT, socket="CONNECT")
            connected.type("first\n")
            refusals(lab, lab.h1, 4)
            connected.type("second\n")
            ends = f"{connected} to end at its second write, as its first datagram was refused"
            lab.until(lambda: not connected.running, ends, 5, details=lambda: f"it still runs; {sent(lab, lab.h1)}")
            lab.expect(connected.wait(), above(0), "a connected sender fails at its second write")
            lab.show_output(connected)
            lab.expect(connected.errors, contains("Connection refused"), "with the refusal that its first datagram met")
            lab.expect(lab.packets(lab.h1, udp(to=PORT)), equals(5), "its second datagram never left")
