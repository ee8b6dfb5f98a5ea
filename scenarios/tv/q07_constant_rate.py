"""A broadcast link of 0.7 Mbit/s carries the CBR clip whole; the same pictures as VBR overrun it, at a lower mean rate.

A broadcaster rents a channel of fixed capacity and nobody can ask the sender to slow down. VBR gives each scene the bits that it
needs, so that busy scenes come at several times the mean rate: the link falls seconds behind, queues overflow, and a decoder
must buffer almost ten times as much before it can start. CBR pays with a worse picture in busy scenes and with null packets in
quiet ones, but its rate never moves: a link just above it is enough, and buffer and delay are small and known beforehand.
"""

import json

from harness import about, above, below, equals, scenario
from scenarios.tv.kit import rates, ts
from scenarios.tv.kit.clips.recipes import RATE
from topologies.single import Single

LINK = 700_000
FROM, SECONDS = 2, 7  # the end of a quiet scene and the beginning of a busy one; on average the VBR twin would fit


@scenario(
    "tv.q07", question="Why CBR rather than VBR for broadcast?", topology=Single(4, bw=0.7), captures=["h3-eth0", "h4-eth0"],
    roles=["tv-sender", "tv-probe"], seconds=11, load=0.2,
    needs={"tv-sender": ["file", "start_at", "duration", "json"], "tv-probe": ["file", "idle_timeout", "json"]},
)  # fmt: skip
def constant_rate(lab):
    lab.step("The files: the same pictures at a constant and at a variable rate")
    files = {"CBR": lab.asset("cbr_twin.ts"), "VBR": lab.asset("vbr_twin.ts")}
    streams = {name: ts.read(file) for name, file in files.items()}
    by_second = {name: rates.of(stream, 1.0) for name, stream in streams.items()}
    behind = {name: round(rates.seconds_behind(stream, LINK), 6) for name, stream in streams.items()}
    need = {name: rates.decoder_need(stream, LINK) for name, stream in streams.items()}
    lab.expect(by_second["CBR"].peak, about(RATE, percent=0.1, unit="bit/s"), "CBR: the busiest second is like any other")
    lab.expect(by_second["VBR"].mean, below(RATE, "bit/s"), "VBR: the mean rate is even lower")
    lab.expect(by_second["VBR"].peak_to_mean, above(2), "VBR: the busiest second, in mean rates")
    lab.expect(behind["CBR"], below(0.01, "s"), "CBR: a link of 0.7 Mbit/s never falls behind")
    lab.expect(behind["VBR"], above(1, "s"), "VBR: the same link falls behind by")
    ratio = need["VBR"].bytes / need["CBR"].bytes
    lab.expect(ratio, above(3), "a decoder behind that link must buffer more for VBR, by this factor")
    _plot(lab, streams)

    lab.step("tv-probe, which counts in windows of 100 ms, sees the same")
    for name, peak in (("CBR", about(RATE, percent=0.1, unit="bit/s")), ("VBR", above(2 * LINK, "bit/s"))):
        probe = lab.h1.start("tv-probe", file=files[name], json="-")
        probe.wait()
        lab.expect(json.loads(probe.output)["peak_bits_per_second"], peak, f"{name}: the busiest 100 ms")

    lab.step(f"The wire: {SECONDS} s of each, on links of 0.7 Mbit/s")
    ways = {"CBR": (lab.h1, lab.h3), "VBR": (lab.h2, lab.h4)}
    receivers = {
        name: to.start("tv-probe", port=5000, idle_timeout=1, json="-").wait_listening(5000, "udp")
        for name, (_, to) in ways.items()
    }
    senders = {
        name: host.start("tv-sender", host=to, port=5000, file=files[name], start_at=FROM, duration=SECONDS, json="-")
        for name, (host, to) in ways.items()
    }
    lab.wait(*senders.values(), *receivers.values())
    sent = {name: json.loads(program.output)["datagrams"] for name, program in senders.items()}
    sent["VBR"] += json.loads(senders["VBR"].output)["no_buffer_space"]
    got = {name: json.loads(program.output) for name, program in receivers.items()}
    lab.expect(got["CBR"]["continuity_errors"], equals(0), "CBR: continuity errors at the receiver")
    lab.expect(lab.packets(lab.h3, "udp.dstport == 5000"), equals(sent["CBR"]), "CBR: every datagram arrives")
    lost = sent["VBR"] - len(lab.packets(lab.h4, "udp.dstport == 5000"))
    lab.expect(lost, above(20), "VBR: datagrams that the link's queue had to drop", on=lab.packets(lab.h4))
    lab.expect(got["VBR"]["continuity_errors"], above(10), "VBR: continuity errors at the receiver")
    passed = lab.rate(lab.h4, "udp.dstport == 5000").peak
    lab.expect(passed, below(LINK * 1.4, "bit/s"), "VBR: the busiest second that comes through, though twice the link's rate was sent")


def _plot(lab, streams):
    panels = []
    for window in (0.1, 1.0):
        series = []
        for name, stream in reversed(streams.items()):
            found = rates.of(stream, window)
            series.append({"label": name, "x": found.starts.tolist(), "y": (found.values / 1e6).tolist(), "style": "step"})
        level = {"y": LINK / 1e6, "label": "link: 0.7 Mbit/s"}
        panels.append({"title": f"Rate in windows of {window:g} s", "y_label": "Mbit/s", "series": series, "lines": [level]})
    series = [
        {"label": name, "x": stream.times()[::20].tolist(), "style": "line",
         "y": (rates.arrivals(stream, LINK) - stream.times())[::20].tolist()}
        for name, stream in reversed(streams.items())
    ]  # fmt: skip
    panels.append({"title": "How far a link of 0.7 Mbit/s is behind", "y_label": "s", "series": series, "lines": []})
    lab.plot("rates", {"title": "The same pictures at a constant and at a variable rate", "x_label": "time in the clip (s)", "panels": panels})
