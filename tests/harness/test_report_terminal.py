"""The report in a terminal and in a file."""

import io

from tests.harness import report_samples as samples
from rich.console import Console

from harness.report import load_run
from harness.report.terminal import plain_report, print_report


def test_plain_report_is_whole_lines_without_codes(tmp_path, monkeypatch):
    samples.sample_run(tmp_path / "run")
    monkeypatch.chdir(tmp_path)
    stream = io.StringIO()
    print_report(load_run(tmp_path / "run"), stream)
    text = stream.getvalue()
    assert not [c for c in text if ord(c) < 32 and c != "\n" or 0x7F <= ord(c) < 0xA0 or c == "\u202e"]
    assert "[bold red]not markup[/bold red]" in text
    expected = [
        "    expected   < 400 kbit/s",
        "    found      512.9 at h1, 187.1 at h3 kbit/s",
        "    tolerance  exact",
        "    capture    run/tv.q14/h1-eth0.pcapng",
        "    filter     udp.dstport == 5000 && frame.time_relative >= 30 && !(ip.src == '10.0.0.3')",
        "  again: ./lab run tv.q14 --seed 42",
    ]
    lines = text.splitlines()
    assert [line for line in expected if line not in lines] == []
    assert any("#1804     30.010000 s  10.0.0.2 → 10.0.0.1" in line for line in lines)
    assert any(line.startswith("    see        wireshark -r run/tv.q14/h1-eth0.pcapng -Y ") for line in lines)
    assert lines[0].startswith("tv.q02") and "PASS" in lines[0]
    assert "tv.q23 INCONCLUSIVE" in lines and lines[-1] == "3 PASS, 2 FAIL, 3 INCONCLUSIVE, 1 SKIPPED"


def test_a_terminal_gets_colours_and_nothing_else_of_the_programs(tmp_path):
    samples.sample_run(tmp_path / "run")
    stream = io.StringIO()
    console = Console(
        file=stream, force_terminal=True, width=70, color_system="standard", markup=False, highlight=False
    )
    print_report(load_run(tmp_path / "run"), console=console)
    text = stream.getvalue()
    assert "\x1b[32m✓ PASS" in text and "\x1b[1;31m✗ FAIL" in text
    assert "\x1b[31mred" not in text and "\x1b]0;" not in text and "\x00" not in text and "\x9b" not in text
    assert "\\x1b[31mred" in text
    assert any(len(line) > 100 and "wireshark -r" in line for line in text.splitlines()), "commands stay one line"


def test_a_stream_that_knows_ascii_only_is_served(tmp_path):
    samples.sample_run(tmp_path / "run")
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", write_through=True)
    print_report(load_run(tmp_path / "run"), stream)
    assert b"\\u2192" in raw.getvalue()


def test_nothing_ran(tmp_path):
    assert plain_report(load_run(tmp_path)) == "\nnothing ran\n"
