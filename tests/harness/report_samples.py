"""Runs to report on, as varied and as hostile as real ones can be."""

from __future__ import annotations

import json
import pathlib
from typing import Any

from harness.judge.fidelity import Counters, Lag, LinkProbe
from harness.judge.result import (
    Attempt, CaptureResult, Doubt, Ended, Ending, ExpectationResult, Fault, Frame, Mark, NearPacket, Result, SequenceResult, Spoils,
    TranscriptEntry, Verdict,
)  # fmt: skip
from harness.report.plot import write_plot

STARTED = 1_763_690_000.0
HOSTILE = (
    '<script>document.title="owned"</script>"\'><img src=x onerror="document.title=\'owned\'">'
    " [bold red]not markup[/bold red] {{ 7 * 7 }} {% raw %} &amp; ]]>"
    " \x1b[31mred\x1b[0m \x1b]0;title\x07 \x00\x08\x9b2J"
    " \u202egnp.exe \udcff \ufffe $x_{1} `id` \u2028 čeština 日本語 🛰"
)


def host(number: int, prefix: str = "10.0.0") -> dict[str, Any]:
    interface = {"name": f"h{number}-eth0", "ip": f"{prefix}.{number}/8", "mac": f"00:00:00:00:00:{number:02x}"}
    return {"name": f"h{number}", "router": False, "interfaces": [interface]}


def link(a: str, a_interface: str, b: str, b_interface: str, **more: Any) -> dict[str, Any]:
    ends = {"a": a, "a_interface": a_interface, "b": b, "b_interface": b_interface}
    return {**ends, "bw": None, "queue": None, "shaper": "none", **more}


def single(hosts: int, **shape: Any) -> dict[str, Any]:
    return {
        "name": f"single,{hosts}",
        "hosts": [host(i) for i in range(1, hosts + 1)],
        "switches": [{"name": "s1", "kind": "Open vSwitch"}],
        "links": [link(f"h{i}", f"h{i}-eth0", "s1", f"s1-eth{i}", **shape) for i in range(1, hosts + 1)],
        "congestion_control": "cubic",
    }


def two_segments() -> dict[str, Any]:
    interfaces = [{"name": f"r-eth{i}", "ip": f"10.0.{i + 1}.254/24", "mac": f"00:00:00:00:01:0{i}"} for i in (0, 1)]
    hosts = [host(i, f"10.0.{1 if i < 3 else 2}") for i in (1, 2, 3, 4)]
    sides = {1: "s1", 2: "s1", 3: "s2", 4: "s2"}
    return {
        "name": "two-segment",
        "hosts": [*hosts, {"name": "r", "router": True, "interfaces": interfaces}],
        "switches": [{"name": "s1", "kind": "Open vSwitch"}, {"name": "s2", "kind": "Open vSwitch"}],
        "links": [
            *(link(f"h{i}", f"h{i}-eth0", side, f"{side}-eth{i}") for i, side in sides.items()),
            link("s1", "s1-eth9", "r", "r-eth0", bw=0.7, queue=20, shaper="htb + bfifo"),
            link("r", "r-eth1", "s2", "s2-eth9", bw=2.0, delay="20ms", loss=1.5, shaper="htb + wire"),
        ],
        "congestion_control": "reno",
    }


def tree(depth: int, fanout: int) -> dict[str, Any]:
    made: dict[str, Any] = {"name": f"tree,{depth},{fanout}", "hosts": [], "switches": [], "links": []}

    def add(level: int) -> str:
        if level == 0:
            made["hosts"].append(host(len(made["hosts"]) + 1))
            return made["hosts"][-1]["name"]
        name = f"s{len(made['switches']) + 1}"
        made["switches"].append({"name": name, "kind": "ovs"})
        for i in range(1, fanout + 1):
            child = add(level - 1)
            made["links"].append(link(name, f"{name}-eth{i}", child, f"{child}-eth{0 if level == 1 else fanout + 1}"))
        return name

    add(depth)
    return made


def echo_frames() -> list[Frame]:
    """Twenty frames of a TCP echo, as tshark tells them."""
    lines = [
        ("h1", "all", "ARP Who has 10.0.0.2? Tell 10.0.0.1"),
        ("h2", "h1", "ARP 10.0.0.2 is at 00:00:00:00:00:02"),
        ("h1", "h2", "TCP 47012 → 1234 [SYN] Seq=0 Win=42340 Len=0 MSS=1460"),
        ("h2", "h1", "TCP 1234 → 47012 [SYN, ACK] Seq=0 Ack=1 Win=43440 Len=0"),
        ("h1", "h2", "TCP 47012 → 1234 [ACK] Seq=1 Ack=1 Len=0"),
    ]
    for i in range(6):
        lines.append(("h1", "h2", f"TCP 47012 → 1234 [PSH, ACK] Seq={1 + 5 * i} Ack={1 + 5 * i} Len={5 + i % 3}"))
        lines.append(("h2", "h1", f"TCP 1234 → 47012 [PSH, ACK] Seq={1 + 5 * i} Ack={6 + 5 * i} Len={5 + i % 3}"))
    lines += [
        ("h1", "h2", "TCP 47012 → 1234 [FIN, ACK] Seq=31 Ack=31 Len=0"),
        ("h2", "h1", "TCP 1234 → 47012 [FIN, ACK] Seq=31 Ack=32 Len=0"),
        ("h1", "h2", "TCP 47012 → 1234 [ACK] Seq=32 Ack=32 Len=0"),
    ]
    times = [0.000210 * i + (1.2 if i > 14 else 0) for i in range(len(lines))]
    return [Frame(i, t, *line, f"{line[0]}-eth0") for i, (t, line) in enumerate(zip(times, lines), 1)]


def mixed_frames(count: int = 200) -> list[Frame]:
    """A multicast stream with reports and queries in between; few neighbours are alike."""
    kinds = [
        "UDP 5000 → 5000 Len=1316",
        "IGMPv3 Membership Report",
        "UDP 5000 → 5000 Len=920",
        "ICMP Echo request id=7",
    ]
    frames = []
    for i in range(1, count + 1):
        kind = kinds[(i * i // 3) % 4]
        source = "h3" if kind.startswith("UDP") else f"h{1 + i % 2}"
        target = "h4" if kind.startswith("ICMP") else "226.1.1.1"
        frames.append(Frame(i, i * 0.0165, source, target, f"{kind}{'' if i % 3 else ' ttl=1'}", "h3-eth0"))
    return frames


def stream_frames(count: int = 160) -> list[Frame]:
    return [Frame(i, i * 0.0165, "h2", "h1", "UDP 45012 → 5000 Len=1316", "h1-eth0") for i in range(1, count + 1)]


def passed(number: int = 2) -> Result:
    entries = [
        (0.31, "step", "", "", "Start the server on h2"),
        (0.32, "start", "h2", "nc", "nc -l 1234 > /tmp/received.txt"),
        (0.41, "step", "", "", "Send the file from h1"),
        (0.42, "start", "h1", "nc", "nc 10.0.0.2 1234"),
        (0.43, "type", "h1", "nc", "Hello"),
        (0.44, "signal", "h1", "nc", "SIGINT"),
        (0.48, "exit", "h1", "nc", "status 0"),
        (0.52, "start", "h2", "wc", "wc -c /tmp/received.txt"),
        (0.53, "output", "h2", "wc", "11358 /tmp/received.txt\n"),
        (0.53, "output", "h2", "wc", "a second line\twith a tab\n"),
        (0.54, "note", "", "", "both files have the same hash"),
    ]
    payload = (
        "payload on the wire",
        "11,358",
        "11,358",
        True,
        "exact",
        "B",
        "h1-eth0",
        "tcp.len > 0",
        "h1-eth0.pcapng",
    )
    return Result(
        id=f"tv.q{number:02d}",
        title="A file sent with nc over TCP arrives unchanged, and its bytes are on the wire once",
        question="Send a text file from h1 to h2 with nc over TCP and write it to a file on h2. What is on the wire?",
        answer="The client opens the connection, sends the file in one or more segments, and closes.\n\nThe sum of the "
        "payload lengths is the length of the file: TCP adds no bytes of its own to the stream.",
        verdict=Verdict.PASS,
        started=STARTED + 1.5 * number,
        seconds=1.4 + number / 7,
        timings={"network": 0.28, "programs": 0.61, "judging": 0.31},
        seed=42,
        command=f"./lab run tv.q{number:02d} --seed 42",
        topology=single(2),
        roles={"nc": {"command": ["nc", "-l", "1234"], "default": True}},
        expectations=[
            ExpectationResult("the file on h2 equals the file on h1", "sha256 9f86d0…", "sha256 9f86d0…", True),
            ExpectationResult(*payload),
        ],
        transcript=[TranscriptEntry(*entry) for entry in entries],
        captures=[CaptureResult("h1-eth0", "h1-eth0.pcapng", 20, 0), CaptureResult("h2-eth0", "h2-eth0.pcapng", 20, 0)],
        frames=echo_frames(),
        ended=Ended(Ending.COMPLETE),
        lag=Lag(0.0005, 0.00042, 140),
        link_probes=[LinkProbe("h1-eth0-s1-eth1", measured_bw=[None, None], measured_delay=[0.1, 0.11], tcp=True)],
        link_counters={"h1-s1": {"forward": Counters(20, 19, 1780, {"loss": 1})}},
        versions={"kernel": "6.1.0-18-amd64", "ovs": "3.1.0", "mininet": "2.3.0", "tshark": "4.0.17"},
    )


def rates_spec(ticks: int = 120) -> dict[str, Any]:
    times = list(range(ticks))
    alone = [638 - (i * 7) % 13 for i in times]
    shared = [alone[i] if i < 30 else 350 + (i * 37) % 40 for i in times]
    panels = []
    for title, rates in (("unicast", shared), ("multicast", alone)):
        series = [
            {"label": "h1", "x": times, "y": rates, "style": "step"},
            {"label": "h3", "x": times[30:], "y": [rate - 3 for rate in rates[30:]], "style": "step"},
        ]
        lines = [{"y": 700, "label": "link 700 kbit/s"}, {"x": 30, "label": "second viewer"}]
        panels.append({"title": title, "series": series, "lines": lines})
    labels = {"x_label": "time in s", "y_label": "rate in kbit/s"}
    return {"title": "Rates at the players", **labels, "layout": "columns", "panels": panels}


def failed() -> Result:
    line = "10.0.0.2 → 10.0.0.1  UDP 45012 → 5000 Len=1316"
    packets = [NearPacket(1804 + i, 30.01 + i * 0.0165, line) for i in range(5)]
    where = "udp.dstport == 5000 && frame.time_relative >= 30 && !(ip.src == '10.0.0.3')"
    rows = [
        ("alone, the clip arrives at its own rate", "638", "637.4", True, "± 2 %", "kbit/s", "h1-eth0"),
        (
            "together, neither gets what it needs",
            "< 400",
            "512.9 at h1, 187.1 at h3",
            False,
            "exact",
            "kbit/s",
            "h1-eth0",
        ),
    ]
    result = passed(14)
    result.verdict = Verdict.FAIL
    result.title = "Two unicast viewers starve on one 0.7 Mbit/s access link"
    result.seconds = 63.4
    result.topology = single(3, bw=0.7, queue=20, shaper="htb rate 700kbit, leaf bfifo 30280 B")
    result.expectations = [ExpectationResult(*rows[0]), ExpectationResult(*rows[1], where, "h1-eth0.pcapng", packets)]
    result.frames = stream_frames()
    return result


def hostile(id: str = "tv.q20") -> Result:
    """Every text of the result comes from an attacker."""
    bad = HOSTILE
    kinds = ("step", "start", "type", "output", "signal", "exit", "note", bad)
    return Result(
        id=id,
        title=bad,
        question=bad,
        answer=bad,
        verdict=Verdict.FAIL,
        reasons=[bad, bad],
        started=STARTED + 9,
        seconds=3.25,
        timings={bad: 1.0},
        command=bad,
        topology={
            "name": bad,
            "hosts": [{"name": bad, "interfaces": [{"name": bad, "ip": bad, "mac": bad}]}],
            "switches": [{"name": "s1", "kind": bad}],
            "links": [link(bad, bad, "s1", bad, shaper=bad, queue=bad)],
            "congestion_control": bad,
        },
        roles={bad: {bad: [bad, {"x": bad}]}},
        expectations=[
            ExpectationResult(bad, bad, bad, False, bad, bad, bad, bad, f"{bad}.pcapng", [NearPacket(1, 0.5, bad)], [[bad] * 12])
        ],
        transcript=[TranscriptEntry(0.1, kind, bad, bad, bad) for kind in kinds],
        captures=[CaptureResult(bad, bad, 3, 1)],
        frames=[Frame(1, 0.1, bad, "h1", bad, bad, bad), Frame(2, 0.2, "h1", "h1", bad)],
        sequences=[SequenceResult(bad, bad, [bad], [Frame(1, 0.1, bad, "h1", bad)], [Mark(0.1, bad, bad, bad, 1), Mark(0.2, bad, bad)], bad)],
        ended=Ended(Ending.BROKEN, bad),
        faults=[Fault(bad, bad)],
        doubts=[Doubt(bad, bad, bad, Spoils.NONE)],
        link_counters={bad: {bad: Counters(dropped={bad: 1})}},
        lost_by_switches={bad: 3},
        captures_removed=bad,
        earlier=[Attempt(1, bad, Verdict.INCONCLUSIVE, [bad], STARTED, 1.0)],
        versions={bad: bad},
    )


def inconclusive() -> Result:
    result = passed(12)
    result.verdict, result.seconds, result.attempt = Verdict.INCONCLUSIVE, 121.7, 2
    result.title = "At half rate the player stops and goes, and shows every frame in the end"
    result.reasons = ["the machine was too busy: programs waited up to 212 ms for a core (limit 50 ms), twice"]
    result.captures[0].dropped = 1312
    result.topology = two_segments()
    result.frames = mixed_frames()
    return result


def skipped() -> Result:
    result = Result(id="tv.q18", title="A forking echo server serves two clients at once", verdict=Verdict.SKIPPED)
    result.reasons, result.started, result.seconds = ["role echo-server: not implemented (exit 127)"], STARTED + 30, 0.4
    return result


def put(run: pathlib.Path, result: Result, folder: str = "") -> pathlib.Path:
    """Writes a result into its folder. The file is ASCII, so that lone surrogates survive the way to disk."""
    path = run / (folder or result.id)
    path.mkdir(parents=True)
    (path / "result.json").write_text(json.dumps(result.to_json(), default=str))
    return path


def sample_run(run: pathlib.Path) -> pathlib.Path:
    """Nine scenarios: passed, repeated, failed, hostile, inconclusive, skipped, killed, damaged."""
    put(run, passed(2))
    put(run, passed(3))
    put(run, passed(3), "tv.q03-2")
    result = failed()
    folder = run / result.id
    folder.mkdir(parents=True)
    result.plots.append(write_plot(folder, "rates", rates_spec()))
    result.write(folder)
    put(run, hostile())
    put(run, inconclusive())
    put(run, skipped())
    (run / "tv.q23").mkdir()
    (run / "tv.q24").mkdir()
    (run / "tv.q24" / "result.json").write_text('{"schema": 2, "id": "tv.q2')
    return run


RUN_INFO = {
    "id": "2025-11-21_013000",
    "started": STARTED,
    "seconds": 142.6,
    "seed": 42,
    "command": "./lab run tv --seed 42 --out 'captures/<today>'",
}
