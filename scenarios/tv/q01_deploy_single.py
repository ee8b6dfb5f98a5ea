"""Mininet's single topology gives two hosts on one switch, and every host reaches every other.

`mn` builds h1 (10.0.0.1/8), h2 (10.0.0.2/8) and the switch s1; each host lives in a network namespace of its own, with one
interface joined to the switch by a pair of virtual Ethernet devices.
"""

from harness.expect import equals
from harness.scenario import scenario
from topologies.single import Single


@scenario("tv.q01", question="Deploy the network single", topology=Single(), seconds=3)
def deploy_single(lab):
    lab.step("Which hosts, switches and addresses are there?")
    lab.expect([host.name for host in lab.hosts.values()], equals(["h1", "h2"]), "two hosts, as mn builds by default")
    lab.expect([switch.name for switch in lab.network.net.switches], equals(["s1"]), "one switch")
    for number, host in enumerate((lab.h1, lab.h2), 1):
        shown = host.run("ip", "-o", "-4", "addr", "show", host.interface).output
        lab.expect(shown.split()[3], equals(f"10.0.0.{number}/8"), f"{host.name} has Mininet's address")

    lab.step("Does every host reach every other?")
    for sender, receiver in ((lab.h1, lab.h2), (lab.h2, lab.h1)):
        answers = sender.run("ping", "-c", "1", "-W", "2", receiver, check=False)
        lab.expect(answers.status, equals(0), f"ping from {sender.name} to {receiver.name} is answered")
    lab.expect(lab.packets(lab.h1, "icmp.type == 8"), equals(2), "h1 sees both echo requests")
    lab.expect(lab.packets(lab.h1, "icmp.type == 0"), equals(2), "and both echo replies")
