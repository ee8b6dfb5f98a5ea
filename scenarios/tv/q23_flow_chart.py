"""The multicast sender works as its flow chart says, from the socket through the paced loop to the end.

A UDP socket is opened; two options say how far the datagrams go (time to live) and through which interface they leave. The
group's address is simply the destination: a sender does not join. Then the clip is sent piece by piece: wait until the next piece
is due, read it, send it. The chart is drawn from docs/flow-charts/multicast-sender.dot, and a trace of the sender's system calls
is followed along it.
"""

from harness import ROOT, about, above, equals, scenario
from scenarios.tv.kit import flow_chart, wire
from topologies.single import Single

CHART = ROOT / "docs" / "flow-charts" / "multicast-sender.dot"
GROUP, PORT, TTL = "226.1.1.1", 5000, 4


@scenario(
    "tv.q23", question="Draw the flow chart of the multicast sender", topology=Single(3), roles=["tv-sender"],
    needs={"tv-sender": ["file", "ttl", "interface", "duration"]}, seconds=5, snaplen=96,
)  # fmt: skip
def multicast_flow_chart(lab):
    with lab.step("The chart", id="chart"):
        lab.drawing("flow-chart", "Flow chart of the multicast sender", CHART.with_suffix(".svg"), CHART)
        lab.expect(flow_chart.is_fresh(CHART), True, "the drawing is made from the present text")
        chart = flow_chart.FlowChart.read(CHART)

    with lab.step("The sender, with its system calls written down by strace", id="sender"):
        lab.h3.run("route", "add", "-net", "224.0.0.0", "netmask", "224.0.0.0", "dev", lab.h3.interface)
        options = {"file": lab.asset("clip.ts"), "ttl": TTL, "interface": lab.h3.interface, "duration": 2}
        sender = lab.h3.start("tv-sender", host=GROUP, port=PORT, traced=flow_chart.TRACED, **options)
        lab.expect(sender.wait(20), equals(0), "the sender ends with status 0")
        sender.show()

    with lab.step("The calls, followed along the chart", id="calls"):
        walk = flow_chart.follows(lab, chart, sender)

    with lab.step("What that makes on the wire, seen at h1", id="wire"):
        stream = lab.packets(lab.h1, f"ip.dst == {GROUP} && udp.dstport == {PORT}")
        lab.expect(stream, equals(walk.taken.count("send")), "each send is one datagram")
        group = stream.where(f"ip.ttl == {TTL} && eth.dst == 01:00:5e:01:01:01")
        lab.expect(group, equals(len(stream)), f"to the group, with the TTL of {TTL}", id="ttl", hint=lambda: f"TTL of what came: {sorted(set(stream.values('ip.ttl')))}")
        lab.expect(len(stream), above(100), "datagrams in 2 s")
        pace = stream.times[-1] - stream.times[0] if len(stream) else 0.0
        wanted = about((len(stream) - 1) * 1316 * 8 / 638e3, percent=5, unit="s")
        lab.expect(pace, wanted, "first to last datagram, at 638 kbit/s", stream, id="pace", hint=lambda: wire.pace(stream))
