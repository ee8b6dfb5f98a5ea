"""The multicast sender works as its flow chart says, from the socket through the paced loop to the end.

A UDP socket is opened; two options say how far the datagrams go (time to live) and through which interface they leave. The
group's address is simply the destination: a sender does not join. Then the clip is sent piece by piece: wait until the next piece
is due, read it, send it. The chart is drawn from docs/flow-charts/multicast-sender.dot, and a trace of the sender's system calls
is followed along it.
"""

from harness import ROOT, about, above, equals, scenario
from scenarios.tv.kit import flow_chart
from topologies.single import Single

CHART = ROOT / "docs" / "flow-charts" / "multicast-sender.dot"
GROUP, PORT, TTL = "226.1.1.1", 5000, 4
CALLS = "socket,setsockopt,connect,open,openat,read,pread64,poll,clock_nanosleep,select,pselect6,send,sendto,sendmsg,close"


@scenario(
    "tv.q23",
    question="Draw the flow chart of the multicast sender",
    topology=Single(3),
    roles=["tv-sender"],
    needs={"tv-sender": ["file", "ttl", "interface", "duration"]},
    seconds=5,
    snaplen=96,
)
def multicast_flow_chart(lab):
    lab.step("The chart")
    lab.drawing("flow-chart", "Flow chart of the multicast sender", CHART.with_suffix(".svg"), CHART)
    lab.expect(flow_chart.is_fresh(CHART), True, "the drawing is made from the present text")
    chart = flow_chart.FlowChart.read(CHART)

    lab.step("The sender, with its system calls written down by strace")
    lab.h3.run("route", "add", "-net", "224.0.0.0", "netmask", "224.0.0.0", "dev", lab.h3.interface)
    sender = lab.h3.start(
        "tv-sender", host=GROUP, port=PORT, file=lab.asset("clip.ts"), ttl=TTL, interface=lab.h3.interface, duration=2,
        traced=["-f", "-yy", "-e", f"trace={CALLS}"],
    )  # fmt: skip
    lab.expect(sender.wait(20), equals(0), "the sender ends with status 0")
    sender.show()

    lab.step("The calls, followed along the chart")
    walk = chart.walk(flow_chart.system_calls(sender.trace))
    lab.expect(walk.stray or "none", equals("none"), "a call that has no place in the chart")
    lab.expect([step for step in chart.patterns if step not in walk.taken], equals([]), "steps of the chart that are left out")
    lab.expect(walk.complete, True, "the way leads to the chart's end")

    lab.step("What that makes on the wire, seen at h1")
    stream = lab.packets(lab.h1, f"ip.dst == {GROUP} && udp.dstport == {PORT}")
    lab.expect(stream, equals(walk.taken.count("send")), "each send is one datagram")
    lab.expect(stream.where(f"ip.ttl == {TTL} && eth.dst == 01:00:5e:01:01:01"), equals(len(stream)), "to the group, with the TTL")
    lab.expect(len(stream), above(100), "datagrams in 2 s")
    pace = stream.times[-1] - stream.times[0] if len(stream) else 0.0
    lab.expect(pace, about((len(stream) - 1) * 1316 * 8 / 638e3, percent=5, unit="s"), "first to last datagram, at 638 kbit/s", stream)
