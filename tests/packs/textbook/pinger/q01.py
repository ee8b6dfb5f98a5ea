"""A UDP client finds out which of its messages were lost, and how long the others took, from nothing but answers and a clock.

UDP tells nobody of a loss. The client numbers its messages and waits for each answer, one second at most: what has not come by then is
taken for lost, whether the request or the answer was, or the answer is only late. A late answer must not be taken for that of the next
message, which its number shows. With 30 % of loss in each direction about half of the messages are answered (0.7 · 0.7 = 49 %).
"""

from harness import Choice, Parameter, below, between, equals, scenario
from scenarios.pinger.kit.pings import SUMMARY, TIMES, captured, printed, split, texts, too_early
from topologies.dumbbell import Dumbbell

PORT, LATE_PORT, SOURCE_PORT, COUNT, LATE_COUNT = 12000, 12001, 12345, 10, 3


def lossy(values):
    """h1 and h2 on either side of a link that loses packets."""
    loss = {name: {"loss": values.loss} for name in ("forward", "backward") if values.direction in ("both", name)}
    return Dumbbell(1, delay=20, seed=4, means="wire", **loss)


@scenario(
    "pinger.q01",
    question="UDP: which messages were lost, and how long did the others take?",
    topology=lossy,
    roles=["ping-client", "ping-server"],
    parameters={
        "loss": Parameter(30.0, "%", minimum=0, maximum=90, meaning="of the packets on the link"),
        "direction": Choice("both", "forward", "backward"),
    },
    timing_critical=True,
    seconds=12,
    load=0.1,
)
def pinger(lab):
    lab.step("The hosts know each other's MAC address: no ARP packet can be lost")
    for host, other in ((lab.h1, lab.h2), (lab.h2, lab.h1)):
        told = host.run("ip", "neigh", "replace", other, "lladdr", other.mac, "dev", host.interface, "nud", "permanent")
        assert told.status == 0, told.errors

    lab.step(f"{COUNT} messages over a link that loses packets")
    server = lab.h2.start("ping-server", port=PORT).wait_listening(PORT, "udp")
    client = lab.h1.start("ping-client", host=lab.h2, port=PORT, source_port=SOURCE_PORT)
    lab.expect(client.wait(2 * COUNT), equals(0), "the client ends with status 0")
    pings = judge(lab, client, PORT, COUNT)
    reached, sent_back = split(lab.packets(lab.h2, f"udp.port == {PORT} && !icmp"), PORT)
    lab.expect(texts(sent_back), equals(texts(reached)), "the server sends back each message that reaches it, byte for byte")
    if lab.at_defaults and lab.takes("ping-client", "source_port"):
        lab.expect(sum(ping.in_time for ping in pings), between(1, COUNT - 1), "the link loses some of the messages, not all")
    lab.measure("answered", sum(ping.in_time for ping in pings), unit="messages")
    server.interrupt()

    if lab.takes("ping-client", "count"):
        lab.step("No loss, but each answer comes after 1.3 s: too late")
        lab.link("s1", "s2").set("forward", loss=None)
        lab.link("s1", "s2").set("backward", loss=None, delay=1280)
        lab.h2.start("ping-server", port=LATE_PORT).wait_listening(LATE_PORT, "udp")
        client = lab.h1.start("ping-client", host=lab.h2, port=LATE_PORT, count=LATE_COUNT, source_port=SOURCE_PORT + 1)
        client.wait(3 * LATE_COUNT)
        answers = f"udp.srcport == {LATE_PORT} && !icmp"
        lab.until(lambda: len(lab.packets(lab.h1, answers)) == len(lab.packets(lab.h2, answers)), "the late answers arrive", 5)
        judge(lab, client, LATE_PORT, LATE_COUNT, "late answers: ")


def judge(lab, client, port, count, when=""):
    """Holds what the client printed against the capture on its host."""
    lab.show_output(client)
    pings = captured(*split(lab.packets(lab.h1, f"udp.port == {port} && !icmp"), port))
    lines, answered = printed(client.output), [ping for ping in pings if ping.in_time]
    numbers = [ping.number for ping in pings]
    lab.expect(numbers, equals(list(range(1, count + 1))), f"{when}messages 'ping NUMBER TIME' are numbered from 1")
    lab.expect(len({ping.stamp for ping in pings}), equals(len(pings)), f"{when}each message has its own time stamp")
    early = too_early(pings)
    lab.expect(early, equals([]), f"{when}no message leaves before the one before is answered or its second is over")
    lab.expect([number for number, _ in lines], equals(numbers), f"{when}a line for each message, in order")
    lab.expect(
        [number for number, taken in lines if taken is None],
        equals([ping.number for ping in pings if not ping.in_time]),
        f"{when}'timed out' is said of the messages without an answer in time, and of no others",
    )
    capture_times = {ping.number: ping.answered * 1000 for ping in answered}
    differences = [abs(taken - capture_times[number]) for number, taken in lines if taken is not None and number in capture_times]
    if differences:
        lab.expect(max(differences), below(15, "ms"), f"{when}round trip times printed differ from those of the capture by at most")
    summary, times = SUMMARY.search(client.output), TIMES.search(client.output)
    counts = (int(summary[1]), int(summary[2])) if summary else "no summary"
    lab.expect(counts, equals((len(pings), len(answered))), f"{when}the summary's messages sent and received")
    if summary and pings:
        wrong = abs(float(summary[3]) - 100 * (1 - len(answered) / len(pings)))
        lab.expect(wrong, below(1, "%"), f"{when}the summary's loss is wrong by less than")
    taken = [one for _, one in lines if one is not None]
    if taken:
        right = (min(taken), sum(taken) / len(taken), max(taken))
        wrong = max(abs(float(a) - b) for a, b in zip(times.groups(), right)) if times else float("inf")
        lab.expect(wrong, below(1, "ms"), f"{when}the summary's min/avg/max are those of the lines, wrong by less than")
    return pings
