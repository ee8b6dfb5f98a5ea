"""The fidelity bench: its theory and its statistics, what it reads and writes, and one row measured in earnest."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
import pathlib
import struct
import subprocess
import sys
from typing import Any

import pytest

from bench.links import mahimahi, page, plots, tables, theory
from bench.links.captures import Datagram, Segment, datagram_goodput, datagrams, segment_goodput, segments
from bench.links.disturbance import Disturbance
from bench.links.journal import Journal, failed
from bench.links.points import DELAYS, KINDS, LOSSES, MEANS, RATES, Point, rows
from harness.report.plot import picture
from harness.world.links import Link

ROOT = pathlib.Path(__file__).resolve().parents[2]
WRONG = ROOT / "tests" / "harness" / "programs" / "wire_wrong.py"


def test_theory_counts_every_header() -> None:
    assert theory.udp_goodput(10) == pytest.approx(10 * 1472 / 1514)
    assert theory.tcp_goodput(10) == pytest.approx(10 * 1448 / 1514)
    assert theory.udp_goodput(1, payload=58) == pytest.approx(0.58)


def test_losses_come_before_the_rate() -> None:
    assert theory.udp_goodput(10, offered=20, loss=0.2) == theory.udp_goodput(10), "enough is left to fill the link"
    assert theory.udp_goodput(10, offered=9, loss=0.2) == pytest.approx(7.2 * 1472 / 1514)


def test_model_of_tcp() -> None:
    # With few losses the square root rules: MSS / (RTT · √(2bp/3)).
    assert theory.tcp_model(1e-6, 0.1, 0.2, 1e9) == pytest.approx(1448 * 8e-6 / (0.1 * (4e-6 / 3) ** 0.5), rel=1e-3)
    assert theory.tcp_model(0.0, 0.1, 0.2, 10) == theory.tcp_goodput(10)
    rates = [theory.tcp_model(loss, 0.02, 0.2, 10) for loss in (0.001, 0.01, 0.05, 0.2)]
    assert rates == sorted(rates, reverse=True) and rates[0] <= theory.tcp_goodput(10) and rates[-1] > 0


def test_percentiles() -> None:
    values = [float(value) for value in range(1, 101)]
    assert [theory.percentile(values, share) for share in (0, 0.5, 0.99, 1)] == [1, 50, 99, 100]
    assert theory.quantiles(values[::-1], steps=4) == [1, 25, 50, 75, 100]
    with pytest.raises(ValueError, match="no values"):
        theory.percentile([], 0.5)


def test_chance() -> None:
    assert theory.two_sided(100, 10_000, 0.01) > 0.9 and theory.two_sided(160, 10_000, 0.01) < 1e-6 and theory.two_sided(0, 100, 0.0) == 1.0
    low, high = theory.chance_interval(10_000, 0.01)
    assert (low, high) == (pytest.approx(0.00805, abs=1e-5), pytest.approx(0.01195, abs=1e-5))
    assert theory.chance_interval(100, 0.001)[0] == 0.0


def test_most_waiting() -> None:
    """1 Mbit/s takes 12.112 ms for a full frame."""

    def waited(times: list[float], at_once: int = 1) -> int:
        return theory.most_waiting(times, [1514] * len(times), 1.0, at_once)

    assert waited([0.0] * 21) == 20, "one leaves at once"
    assert waited([0.0] * 22, at_once=2) == 20
    assert waited([0.0] * 5 + [0.0122] * 2) == 5, "one left meanwhile"
    assert waited([place * 0.013 for place in range(50)]) == 0
    assert waited([place * 0.006 for place in range(50)]) == 25


# --- captures -----------------------------------------------------------------------------------------------------


def pcapng(frames: list[tuple[float, bytes]], resolution: int | None = 9) -> bytes:
    def block(kind: int, body: bytes) -> bytes:
        body += bytes(-len(body) % 4)
        return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)

    options = struct.pack("<HH4s", 2, 2, b"if") + (struct.pack("<HHB3xHH", 9, 1, resolution, 0, 0) if resolution else b"")
    data = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(1, struct.pack("<HHI", 1, 0, 96) + options)
    for time, frame in frames:
        ticks = round(time * 10 ** (resolution or 6))
        data += block(6, struct.pack("<IIIII", 0, ticks >> 32, ticks & 0xFFFFFFFF, min(96, len(frame)), len(frame)) + frame[:96])
    return data + block(5, bytes(12))  # statistics, as dumpcap ends


def udp_frame(number: int, port: int = 5000, payload: int = 200) -> bytes:
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28 + payload, 0, 0, 64, 17, 0, bytes(4), bytes(4))
    return bytes(12) + b"\x08\x00" + ip + struct.pack("!HHHHI", 5000, port, 8 + payload, 0, number) + bytes(payload - 4)


def tcp_frame(sequence: int, payload: int, port: int = 5001) -> bytes:
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 52 + payload, 0, 0, 64, 6, 0, bytes(4), bytes(4))
    return bytes(12) + b"\x08\x00" + ip + struct.pack("!HHIIBBHHH12x", 40_000, port, sequence, 0, 8 << 4, 16, 0, 0, 0) + bytes(payload)


def test_captures_are_read(tmp_path: pathlib.Path) -> None:
    file, others = tmp_path / "a.pcapng", [(1.7e9, b"\x00" * 60), (1.7e9, udp_frame(9, port=53)), (1.7e9, tcp_frame(1, 0))]
    for resolution in (None, 6, 9):
        file.write_bytes(pcapng([*others, (1.7e9 + 0.25, udp_frame(7)), (1.7e9 + 0.5, tcp_frame(11, 1448))], resolution))
        assert datagrams(file) == [Datagram(pytest.approx(1.7e9 + 0.25, abs=1e-6), 7, 242)]
        assert segments(file) == [Segment(pytest.approx(1.7e9 + 0.5, abs=1e-6), 11, 1448)]
    file.write_bytes(pcapng(others + [(1.7e9, udp_frame(1))] * 2)[:-100])
    assert len(datagrams(file)) == 1, "what was being written when it ended is left out"
    file.write_bytes(b"\xd4\xc3\xb2\xa1 an old pcap")
    with pytest.raises(ValueError, match="no little-endian pcapng"):
        datagrams(file)


def test_goodput_from_captures() -> None:
    # The burst's five come at once, then one each 10 ms.
    seen = [Datagram(max(0, place - 5) * 0.01, place, 1042) for place in range(105)]
    assert datagram_goodput(seen, skip=5) == pytest.approx(1000 * 8e-6 / 0.01)
    with pytest.raises(ValueError, match="only 9"):
        datagram_goodput(seen[:9], skip=5)
    acked = [Segment(place * 0.01, (place - place % 10) * 1000 if place % 10 == 9 else place * 1000, 1000) for place in range(200)]
    goodput, again = segment_goodput(acked, begin=0.5)
    assert again == pytest.approx(0.1, abs=0.01), "each tenth came a second time"
    assert goodput == pytest.approx(0.9 * 0.8, rel=0.01)


# --- mahimahi on paper --------------------------------------------------------------------------------------------


def test_traces_of_mahimahi() -> None:
    assert mahimahi.trace(12.032, 3) == [1, 2, 3] and mahimahi.trace(24.064, 2) == [1, 1, 2, 2]
    assert mahimahi.rate_error(12.032, 1000) == pytest.approx(0)
    assert mahimahi.rate_error(0.1, 1000) == pytest.approx(8 * 0.012032 / 0.1 - 1), "eight chances in a second are the nearest"
    assert all(abs(mahimahi.rate_error(bw, 60_000)) < 0.001 for bw in RATES)
    assert all(0 <= late < 0.001 for late in mahimahi.unevenness(10.0))


def test_lone_packets_wait_for_a_chance() -> None:
    waits = sorted(mahimahi.wait_of_lone_packets(1.0))
    assert waits[0] >= 0 and waits[-1] <= 0.0131 and theory.percentile(waits, 0.5) == pytest.approx(0.006, abs=0.0005)


def test_delays_of_mahimahi() -> None:
    assert set(mahimahi.delay_errors(0, 500)) == {0.0}
    for delay in (1, 10, 300):
        errors = sorted(mahimahi.delay_errors(delay, 500))
        assert len(errors) == 5000 and -0.001 < errors[0] < -0.0005 and errors[-1] < 0.001 + 1e-9
    # A packet that nobody else's wakes up the loop for is punctual.
    assert max(map(abs, mahimahi.delay_errors(1, 0.01, packets=100))) < 1e-9


# --- rows ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quick", [False, True])
def test_every_row_is_possible_and_has_a_name(quick: bool) -> None:
    found = rows(MEANS, quick)
    assert len({point.id for point in found}) == len(found) and {point.kind for point in found} == set(KINDS)
    for point in found:
        Link(**point.wishes)
        assert 1 <= point.seconds() <= 20
    seconds = sum(point.seconds() + 3 for point in rows(("HTB", "wire"), quick))
    assert seconds <= (150 if quick else 720), "the bench takes a quarter of an hour"


def test_rows_cover_the_grid() -> None:
    found = [point for point in rows(MEANS, quick=False) if point.means == "wire"]
    assert RATES == (0.1, 0.7, 1, 10, 100, 500) and DELAYS == (0, 1, 10, 100, 300) and LOSSES == (0, 0.1, 1, 5, 20)
    for kind in ("udp", "tcp"):
        assert [point.bw for point in found if point.kind == kind] == list(RATES)
    assert tuple(point.delay for point in found if point.kind == "delay") == DELAYS
    assert tuple(point.loss for point in found if point.kind == "loss") == LOSSES
    assert {(point.delay, point.loss) for point in found if point.kind == "all"} == {(d, p) for d in DELAYS[1:] for p in LOSSES[1:]}


def test_an_older_wire_takes_its_turn_beside_this_one() -> None:
    found = rows(MEANS, quick=False, before=True)
    assert [point for point in found if point.means not in ("before", "single")] == rows(MEANS, quick=False)
    older = [dataclasses.replace(point, means="wire") for point in found if point.means == "before"]
    assert older == [point for point in found if point.kind == "bulk" and point.means == "wire"]
    for point in (point for point in found if point.means == "before"):
        assert point.wishes == dataclasses.replace(point, means="wire").wishes
        assert found[found.index(point) + 1] == dataclasses.replace(point, means="wire"), "neighbours, so that their ratio is to be believed"
    text = page.markdown(tables.Results([sample(point) for point in found], {"kernel": "6.1", "processor": "2 cores"}), 700)
    assert "| `wire` before, 10 ms each way | 2.00 |" in text and "| the same, segments one by one | 2.00 |" in text


def test_disturbance() -> None:
    quiet = Disturbance(foreign=0.02, stolen=0.0, busy=0.3, lag_p99=0.0005, lag_max=0.002, load=0.2)
    assert quiet.reasons(own_load=False) == []
    late = dataclasses.replace(quiet, lag_p99=0.005)
    assert "5.0" in late.reasons(own_load=False)[0] and late.reasons(own_load=True) == [], "a busy row is late by itself"
    assert dataclasses.replace(quiet, foreign=0.5).reasons(own_load=True) == ["others used 0.50 cores"]
    assert "stolen" in dataclasses.replace(quiet, stolen=0.2).reasons(own_load=True)[0]
    assert late.weight > quiet.weight


def sample(point: Point, disturbed: bool = False, **more: Any) -> dict[str, Any]:
    """A row as it is kept, its figures made up."""

    def one(name: str, unit: str, measured: float, error: float | None, good: bool | None = True) -> dict[str, Any]:
        return {"name": name, "unit": unit, "expected": 1.0, "measured": measured, "error": error, "error_unit": "%", "good": good}

    figures = {
        "udp": [one("UDP goodput", "Mbit/s", 0.97, -0.25)], "tcp": [one("TCP goodput", "Mbit/s", 0.95, 0.125)],
        "delay": [one("delay p50", "ms", 10.02, 0.02), one("delay p99", "ms", 10.7, 0.7, False), one("delay least", "ms", 10.01, 0.01)],
        "loss": [one("loss", "%", 1.1, 0.1), one("losses not as the seed decides", "packets", 0.0, 0.0)],
        "queue": [one("most waiting", "packets", 20.0, 0.0)],
        "all": [one("UDP goodput", "Mbit/s", 8.7, 0.0), one("delay p50", "ms", 10.0, 0.01), one("loss", "%", 1.0, 0.0),
                one("TCP goodput (Reno)", "Mbit/s", 3.0, -40, None)],
        "bulk": [one("TCP", "Gbit/s", 2.5 if point.means == "plain" else 2.0, None)], "share": [one("processor", "% of a core", 0.8, None)],
    }[point.kind]  # fmt: skip
    told = {"packets": 1000, "lost": [11, 11], "predicted": 11, "wrong": 0, "chance": 0.5, "wire_cores": 0.9}
    told["quantiles_ms"] = [value / 100 for value in range(201)]
    return {
        "id": point.id, "point": dataclasses.asdict(point), "figures": figures, "more": {**told, **more}, "weight": 9.0 if disturbed else 0.5,
        "disturbed": ["others used 1.50 cores"] if disturbed else [], "seconds": 4.0, "attempt": 1, "of": 3 if disturbed else 1,
        "disturbance": {"foreign": 0.01, "stolen": 0.0, "busy": 0.2, "lag_p99": 0.0005, "lag_max": 0.001, "load": 0.1},
    }  # fmt: skip


def results(means: tuple[str, ...] = ("HTB", "wire"), disturbed: str = "") -> tables.Results:
    return tables.Results([sample(point, point.id == disturbed) for point in rows(means, False)], {"kernel": "6.1", "processor": "2 cores"})


def test_journal_goes_on(tmp_path: pathlib.Path) -> None:
    point = Point("udp", "wire", bw=1.0)
    journal = Journal(tmp_path, "a", again=False)
    assert journal.open(point.id, 1) and journal.best(point.id) is None
    journal.add(failed(point.id, "no cell"))
    journal.add(sample(point, disturbed=True))
    assert not journal.open(point.id, 2) and journal.open(point.id, 3)
    with journal.path.open("a") as file:
        file.write('{"id": "udp wi')  # it was killed
    journal = Journal(tmp_path, "a", again=False)
    assert len(journal.attempts[point.id]) == 2 and journal.best(point.id)["attempt"] == 2
    journal.add(sample(point))
    best = Journal(tmp_path, "a", again=False).best(point.id)
    assert best["disturbed"] == [] and (best["attempt"], best["of"]) == (3, 3) and not journal.open(point.id, 9)
    assert Journal(tmp_path, "another", again=False).attempts == {} and (tmp_path / "rows.old.jsonl").exists()
    Journal(tmp_path, "another", again=False).add(sample(point))
    assert Journal(tmp_path, "another", again=True).attempts == {}


def test_numbers() -> None:
    assert [tables.number(value) for value in (0, 0.000123, 9.7226, 486.13, -1.5)] == ["0", "0.000123", "9.72", "486", "−1.50"]
    assert [tables.signed(value, 2) for value in (0.004, -0.004, 0.126, -3.7)] == ["0.00", "0.00", "+0.13", "−3.70"]


def test_csv_and_json(tmp_path: pathlib.Path) -> None:
    found = results(disturbed="udp wire bw=10")
    lines = list(csv.DictReader(io.StringIO(tables.as_csv(found))))
    assert len(lines) == sum(len(row["figures"]) for row in found.rows)
    line = next(line for line in lines if line["row"] == "udp wire bw=10")
    assert (line["bw_mbit"], line["figure"], line["error"], line["good"]) == ("10", "UDP goodput", "-0.25", "yes")
    assert line["disturbed"] == "others used 1.50 cores"
    assert all(line["lag_p99_ms"] and line["load"] for line in lines), "how quiet the machine was stands beside every figure"
    assert tables.from_json(tables.as_json(found, 700)).rows == found.rows
    for wrong in ("[]", '{"schema": 2}', "x"):
        with pytest.raises(ValueError):
            tables.from_json(wrong)


def test_page() -> None:
    text = page.markdown(results(disturbed="udp wire bw=10"), 700)
    assert "| 10 | 9.723 | −0.250 | −0.250† | 9.564 |" in text
    assert "Measured on a disturbed machine" in text and "`udp wire bw=10` | others used 1.50 cores | 3 |" in text
    assert "| delay p99 within 0.5 ms | at worst +0.700 ms" in text and "| 0 of 5 |" in text
    assert "| loss exact by seed, twice | 0 packets otherwise | 5 of 5 |" in text and "| TCP ≥ 2 Gbit/s at 10 ms, packets of 1,500 bytes | 2.00 Gbit/s | yes |" in text
    assert "| `wire`, 10 ms each way, packets of 9,000 bytes | 2.00 |" in text
    assert "netem" not in text.replace("(netem: with the share declared)", "") and "0.80" in text
    quiet = page.markdown(results(), 700)
    assert "†" not in quiet.partition("###")[2] and "disturbed machine\n" not in quiet
    widths = {line.count("|") for line in text.splitlines() if line.startswith("| 0.1 | 0.097") or line.startswith("| Mbit/s | UDP")}
    assert len(widths) == 1, "every line of a table has its columns"


def test_netem_of_another_machine_stands_beside() -> None:
    beside = tables.Results([sample(point) for point in rows(("netem",), False)], {"kernel": "6.1.0-cloud"})
    here = results()
    here.beside = beside
    text = page.markdown(here, 700)
    assert "netem was measured on another machine, by the same command: kernel: 6.1.0-cloud." in text
    # Its rates are measured behind a delay, which is what netem is for.
    assert "| 10 | 9.723 | −0.250 | −0.250 | −0.250 | 9.564 |" in text


def test_the_page_keeps_what_others_wrote() -> None:
    old = (ROOT / "docs" / "fidelity.md").read_text(encoding="utf-8")
    new = page.rewrite(old, "NEW FIGURES\n")
    assert "NEW FIGURES" in new and page.rewrite(new, "NEW FIGURES\n") == new
    for text in (old, new):
        assert "<!-- ./lab vm test writes from here -->" in text
    assert new.partition(page.END)[2] == old.partition(page.END)[2] and new.partition(page.BEGIN)[0] == old.partition(page.BEGIN)[0]
    with pytest.raises(ValueError, match="no lines"):
        page.rewrite("# a page", "text")


def test_pictures() -> None:
    specs = plots.specs(results(MEANS))
    assert set(specs) == set(plots.NAMES)
    for spec in specs.values():
        assert picture(spec).startswith("<?xml")
    assert plots.specs(tables.Results([], {})) == {}


# --- in earnest ---------------------------------------------------------------------------------------------------


def bench(out: pathlib.Path, *options: str, wire: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **({"WIREPROOF_WIRE": wire} if wire else {})}
    command = [sys.executable, str(ROOT / "bench" / "links"), "--quick", "--attempts", "1", "--out", str(out), *options]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=170, check=False)


def test_one_row(tmp_path: pathlib.Path) -> None:
    """On a busy machine it is marked as disturbed; the queue is exact all the same, and so is what is written."""
    out, doc = tmp_path / "out", tmp_path / "page.md"
    doc.write_text(f"before\n{page.BEGIN}\nold\n{page.END}\nafter\n")
    done = bench(out, "--only", "queue wire bw=10", "--page", str(doc))
    assert done.returncode in (0, 3), done.stderr
    (row,) = json.loads((out / "figures.json").read_text())["rows"]
    assert row["figures"][0]["measured"] == 20 and row["more"]["survived"] < row["more"]["packets"] and row["shaper"].startswith("wire 10 Mbit/s")
    assert (done.returncode == 3) == bool(row["disturbed"])
    text = doc.read_text()
    assert text.startswith("before\n") and text.endswith("after\n") and "| 10 | 20 packets | 20 | – | 0" in text and "\nold\n" not in text
    assert (tmp_path / "images" / "fidelity-queue.svg").exists()
    again = bench(out, "--only", "queue wire bw=10")
    assert "[1/" not in again.stderr, "what was measured is not measured again"


def test_a_link_that_forgets_its_bound_is_seen(tmp_path: pathlib.Path) -> None:
    done = bench(tmp_path, "--only", "queue wire bw=10", wire=f"/usr/bin/python3 {WRONG} forgets-bound")
    assert done.returncode in (0, 3), done.stderr
    (row,) = json.loads((tmp_path / "figures.json").read_text())["rows"]
    assert row["figures"][0]["measured"] > 60 and row["figures"][0]["good"] is False


def test_wrong_options() -> None:
    for options, why in ((["--means", "tc"], "no means tc"), (["--attempts", "0"], "one at least"), (["--page", "/nowhere.md"], "No such file")):
        done = subprocess.run([sys.executable, str(ROOT / "bench" / "links"), *options], capture_output=True, text=True, check=False)
        assert done.returncode == 2 and why in done.stderr
