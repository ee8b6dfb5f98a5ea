"""Topologies, sequences of packets and the time chart as drawings."""

import re
import xml.etree.ElementTree as ElementTree

import pytest
from tests.harness import report_samples as samples

from harness.judge.result import Frame
from harness.report import load_run
from harness.report.fold import Fold, fold
from harness.report.sequence import sequence_diagram
from harness.report.timeline import timeline
from harness.report.topology import draw_svg, draw_text

SVG = "{http://www.w3.org/2000/svg}"
TOPOLOGIES = {
    "pair": samples.single(2),
    "three": samples.single(3, bw=0.7, queue=20),
    "many": samples.single(21, bw=0.7),
    "tree": samples.tree(2, 3),
    "large": samples.tree(4, 4),
    "routed": samples.two_segments(),
    "direct": {"hosts": [samples.host(1), samples.host(2)], "links": [samples.link("h1", "h1-eth0", "h2", "h2-eth0")]},
    "lonely": {"hosts": [samples.host(1)]},
    "undeclared": {"links": [{"a": "x", "b": "y"}, {"a": "x", "b": "x"}]},
    "hostile": samples.hostile().topology,
    "empty": {},
}


def texts(svg):
    return [node.text or "" for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", TOPOLOGIES)
def test_a_drawing_is_whole_and_inside_its_frame(name):
    root = ElementTree.fromstring(draw_svg(TOPOLOGIES[name]))
    width, height = float(root.get("width")), float(root.get("height"))
    boxes = [[float(box.get(key)) for key in ("x", "y", "width", "height")] for box in root.iter(f"{SVG}rect")]
    for x, y, box_width, box_height in boxes:
        assert 0 <= x and 0 <= y and x + box_width <= width and y + box_height <= height
    for i, (x, y, w, h) in enumerate(boxes):
        for other_x, other_y, other_w, other_h in boxes[i + 1 :]:
            apart = x + w <= other_x or other_x + other_w <= x or y + h <= other_y or other_y + other_h <= y
            assert apart, "no two nodes overlap"
    if name != "large":
        nodes = [row["name"] for kind in ("hosts", "switches") for row in TOPOLOGIES[name].get(kind, [])]
        assert len(boxes) >= len(nodes)


def test_a_drawing_tells_addresses_interfaces_rates_and_queues():
    written = texts(draw_svg(TOPOLOGIES["three"]))
    assert {"h1", "h2", "h3", "s1", "h3-eth0 10.0.0.3/8", "s1-eth2", "00:00:00:00:00:01"} <= set(written)
    assert "every link: 0.7 Mbit/s, queue 20 packets · TCP congestion control: cubic" in written
    routed = texts(draw_svg(TOPOLOGIES["routed"]))
    assert "2 Mbit/s, delay 20ms, loss 1.5 %" in routed and "r-eth1 10.0.2.254/24" in routed


def test_every_host_of_a_long_list_is_named():
    written = " ".join(texts(draw_svg(TOPOLOGIES["many"])))
    assert all(re.search(rf"\bh{i}\b", written) for i in range(1, 22))


def test_topology_as_text():
    text = draw_text(TOPOLOGIES["three"])
    assert text.splitlines()[0] == "single,3  –  3 hosts, 1 switch, 3 links"
    assert "├─ s1-eth1  ──  h1-eth0  h1  10.0.0.1/8  00:00:00:00:00:01" in text
    assert "every link: 0.7 Mbit/s, queue 20 packets" in text
    routed = draw_text(TOPOLOGIES["routed"])
    assert "└─ s1-eth9  ──  r-eth0  r  router  10.0.1.254/24  00:00:00:00:01:00  0.7 Mbit/s, queue 20 packets" in routed
    assert len(draw_text(TOPOLOGIES["many"]).splitlines()) < 12
    for topology in TOPOLOGIES.values():
        drawn = draw_text(topology)
        assert drawn.endswith("\n") and "\x1b" not in drawn and "\u202e" not in drawn
    assert draw_text(TOPOLOGIES["large"]).count("h256 ") == 1


def test_sequence_of_twenty_packets_names_them_all():
    frames = samples.echo_frames()
    svg = sequence_diagram(frames, ["h1", "h2"])
    written = texts(svg)
    assert [frame.label for frame in frames if frame.label not in written] == []
    assert "0.000210" in written and "#20" in written and "+ 1.20 s" in written
    assert written.count("h1") == written.count("all") == 2
    assert len(re.findall('class="arrow"', svg)) == 20


def test_sequence_of_two_hundred_stays_readable():
    svg = sequence_diagram(samples.mixed_frames(200), [f"h{i}" for i in range(1, 22)])
    written = texts(svg)
    assert "h7" not in written, "silent hosts are left out of a large network"
    assert written.count("226.1.1.1") > 3, "hosts are named again"
    assert len(svg) < 200_000


def test_long_labels_are_cut_in_the_picture_and_whole_in_the_tooltip():
    label = "HTTP GET /" + "a" * 500
    svg = sequence_diagram([Frame(1, 0.0, "h1", "h2", label)], ["h1", "h2"])
    assert label not in texts(svg)
    assert label in next(ElementTree.fromstring(svg).iter(f"{SVG}title")).text


def test_runs_of_alike_packets_are_folded():
    items = fold(samples.stream_frames(160))
    assert [type(item) for item in items] == [Frame, Frame, Fold]
    assert (items[2].count, items[2].first.number, items[2].last.number) == (158, 3, 160)
    assert "… 158 more like this …" in texts(sequence_diagram(samples.stream_frames(160), ["h1", "h2"]))


def test_rounds_fold_and_differences_do_not():
    def frame(i, label, back=False):
        return Frame(i, i * 0.1, "h2" if back else "h1", "h1" if back else "h2", label)

    ping = [frame(i, f"ICMP {'reply' if i % 2 else 'request'} id=7 seq={i // 2}", i % 2 == 1) for i in range(21)]
    items = fold(ping)
    assert isinstance(items[4], Fold) and (items[4].count, items[4].period) == (16, 2)
    assert items[5].label == "ICMP request id=7 seq=10"
    lengths = [frame(i, f"UDP Len={i}") for i in range(50)]
    assert fold(lengths) == lengths, "lengths are not counters"
    assert fold(lengths[:1] * 6) == lengths[:1] * 6 and len(fold(lengths[:1] * 7)) == 3
    assert fold([]) == []


def test_no_packets_and_a_packet_to_oneself():
    assert "h1" in texts(sequence_diagram([], ["h1"]))
    assert "loop" in texts(sequence_diagram([Frame(1, 0.0, "h1", "h1", "loop")], ["h1"]))
    ElementTree.fromstring(sequence_diagram([], []))


def test_time_chart(tmp_path):
    run = load_run(samples.sample_run(tmp_path / "run"))
    root = ElementTree.fromstring(timeline(run))
    bars = {link.get("href"): link.find(f"{SVG}rect") for link in root.iter(f"{SVG}a")}
    assert len(bars) == 7, "what left no times is not in the chart"
    assert float(bars["#tv.q12"].get("width")) > 1.8 * float(bars["#tv.q14"].get("width"))
    assert float(bars["#tv.q02"].get("x")) < float(bars["#tv.q18"].get("x"))
    assert timeline(load_run(tmp_path / "run" / "tv.q23")) == ""
