"""Behind a delay of 20 ms a link of 2 Mbit/s lets 20 packets wait, drops the rest of a burst, and carries TCP at its rate."""

from harness.judge.expect import above, below, between, equals
from harness.judge.scenario import scenario
from topologies.single import Single

RATE, QUEUE, BURST = 2e6, 20, 200
FRAME = (1400 + 42) * 8  # bits
FILE = bytes(range(250)) * 1000
SENDER = f'exec 3<>/dev/udp/$0/5000; text=$(printf %01400d 0); for i in {{1..{BURST}}}; do printf %s "$text" >&3; done'


@scenario("link.rate", question="bw=2, delay=20ms, queue=20: what do a burst and TCP get?",
          topology=Single(2, bw=2, delay="20ms", queue=QUEUE), roles=["netcat"], seconds=8)  # fmt: skip
def rate(lab):
    lab.step(f"{BURST} datagrams at once")
    lab.h2.start_command("socat", "-u", "udp-recv:5000", "open:/dev/null").wait_listening(5000, "udp")
    lab.h1.run("ping", "-c", "1", lab.h2)
    burst = lab.h1.start_command("bash", "-c", SENDER, lab.h2)
    lab.expect(burst.wait(30), equals(0), "the sender is not held up")
    lab.h1.run("ping", "-c", "10", "-i", "0.1", lab.h2)  # the first may find the queue full, the last is behind the burst
    arrived = lab.packets(lab.h2, "udp.dstport == 5000")
    drained = (burst.ended - burst.started) * RATE / FRAME
    lab.expect(arrived, between(QUEUE, QUEUE + 3 + drained), "the queue's packets survive, and those that left meanwhile")
    seconds = arrived.times[-1] - arrived.times[0]
    lab.expect(seconds, above(0.95 * (QUEUE - 1) * FRAME / RATE, "s"), "one after the other, at the link's rate")

    lab.step("TCP")
    server = lab.h2.start("netcat", "-l", 1234).wait_listening(1234)
    client = lab.h1.start("netcat", "-N", lab.h2, 1234, stdin=FILE)
    lab.expect(lab.wait(client, server, deadline=120), equals([0, 0]), "both end well")
    lab.expect(server.stdout_path.read_bytes() == FILE, equals(True), "the bytes are those sent")
    data = lab.packets(lab.h2, f"ip.src == {lab.h1} and tcp.len > 0")
    goodput = len(FILE) * 8 / (data.times[-1] - data.times[0])
    lab.expect(goodput, below(1.05 * RATE * 1448 / 1514, "bit/s"), "never quicker than the link")
    lab.expect(goodput, above(0.5 * RATE, "bit/s"), "and not far below it")
