"""The page, as a parser and as a real browser see it."""

import html.parser
import re
import shutil
import subprocess
import urllib.parse

import pytest
from tests.harness import report_samples as samples

from harness.judge.result import PlotResult, TranscriptEntry
from harness.report import load_run, write_reports
from harness.report.page import write_page
from harness.report.plot import write_plot

# Nothing of the browser's own asks a network for anything.
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-default-apps --disable-dev-shm-usage --hide-scrollbars "
    "--disable-features=NetworkTimeServiceQuerying,OptimizationHints,MediaRouter --enable-logging=stderr"
).split()


class Reader(html.parser.HTMLParser):
    """Elements with their attributes, and the text outside of scripts and styles."""

    def __init__(self, content):
        super().__init__()
        self.elements, self.words, self.inside = [], "", ""
        self.feed(content)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.inside = tag

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside not in ("script", "style"):
            self.words += data


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = samples.sample_run(tmp_path_factory.mktemp("runs") / "a-run")
    write_reports(folder, samples.RUN_INFO)
    return folder


@pytest.fixture(scope="module")
def page(run):
    return Reader((run / "index.html").read_text(encoding="utf-8"))


def browse(profile, address, *flags):
    program = shutil.which("chromium")
    assert program, "the package chromium is needed"
    command = [program, *FLAGS, f"--user-data-dir={profile}", *flags, address]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    return ended


def test_the_page_asks_no_network_for_anything(page):
    for tag, attributes in page.elements:
        assert tag not in ("link", "iframe", "object", "embed", "base", "form") or attributes == {
            "rel": "icon",
            "href": "data:,",
        }
        assert attributes.get("src", "data:image/svg+xml,").startswith("data:image/svg+xml,")
        for key in ("href", "xlink:href"):
            assert (
                not re.match(r"(?i)\s*([a-z+.-]+:(?!,$)|//)", attributes.get(key) or "") or attributes[key] == "data:,"
            )
        assert not [key for key in attributes if key.startswith("on")], "no handlers in attributes"


def test_hostile_text_is_text(page):
    tags = [tag for tag, _ in page.elements]
    assert tags.count("script") == 1
    assert tags.count("img") == 1, "the plot's own"
    assert '<script>document.title="owned"</script>' in page.words
    assert "{{ 7 * 7 }}" in page.words and "&amp; ]]>" in page.words
    assert not [c for c in page.words if ord(c) < 32 and c not in "\n\t" or 0x7F <= ord(c) < 0xA0 or c == "\u202e"]


def test_every_scenario_has_its_evidence(page, run):
    names = {record.anchor for record in load_run(run).records}
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert set(ids) == names and len(ids) == len(names)
    links = {attributes.get("href") for tag, attributes in page.elements if tag == "a"}
    assert {f"#{name}" for name in names} <= links
    opened = ["open" in attributes for _, attributes in page.elements if "scenario" in attributes.get("class", "")]
    assert opened == [False, False, False, True, True, False, True, True, True]
    for words in (
        "3 of 9 questions proven",
        "Earlier attempts",
        "wireshark -r tv.q14/h1-eth0.pcapng -Y ",
        "htb rate 700kbit, leaf bfifo 30280 B",
        "./lab run tv.q14 --seed 42",
        "nc -l 1234 > /tmp/received.txt",
        "… 158 more like this …",
        "links, counted · h1-s1 · forward · received",
        "6.1.0-18-amd64",
        "✗ 1,312",
        "there is no result.json in its folder",
    ):
        assert words in page.words, words


def test_a_real_browser_shows_it_without_complaint(run, tmp_path):
    address = (run / "index.html").as_uri()
    seen = browse(tmp_path / "first", address, "--dump-dom")
    assert "CONSOLE" not in seen.stderr
    dom = Reader(seen.stdout)
    for record in load_run(run).records:
        assert record.result.id in dom.words
    title = re.search("<title>(.*?)</title>", seen.stdout)
    assert title[1] == "2025-11-21_013000: 3 of 9 proven – wireproof", "no text of a program ran as a script"
    assert sum(tag == "button" for tag, _ in dom.elements) > 8, "the page's own script did run"
    picture = tmp_path / "page.png"
    browse(tmp_path / "second", address, f"--screenshot={picture}", "--window-size=1200,1600")
    content = picture.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) > 20_000


def test_the_browser_test_would_notice_a_complaint(tmp_path):
    (tmp_path / "bad.html").write_text("<!doctype html><title>x</title><script>nowhere()</script>")
    assert "CONSOLE" in browse(tmp_path / "profile", (tmp_path / "bad.html").as_uri(), "--dump-dom").stderr


def test_an_anchor_opens_its_scenario(run, tmp_path):
    dom = Reader(browse(tmp_path / "profile", (run / "index.html").as_uri() + "#tv.q03-2", "--dump-dom").stdout)
    opened = ["open" in attributes for tag, attributes in dom.elements if tag == "details"]
    assert opened[:3] == [False, False, True]


def test_pictures_come_from_the_scenarios_own_folder(tmp_path):
    (tmp_path / "outside.svg").write_text("<svg/>")
    result = samples.passed()
    result.plots = [PlotResult("a", "a", "a.json", "../../outside.svg"), PlotResult("b", "b", "b.json", "missing.svg")]
    samples.put(tmp_path / "run", result)
    reader = Reader(write_page(tmp_path / "run").read_text())
    assert "img" not in [tag for tag, _ in reader.elements]
    assert "Not in this page: missing.svg" in reader.words


def test_a_plot_arrives_whole(run, page):
    source = next(attributes["src"] for tag, attributes in page.elements if tag == "img")
    data = urllib.parse.unquote(source.removeprefix("data:image/svg+xml,"))
    assert data == (run / "tv.q14" / "rates.svg").read_text()


def test_long_evidence_is_cut_in_the_page_and_says_so(tmp_path):
    result = samples.passed()
    result.transcript = [TranscriptEntry(i, "note", "", "", f"note {i}") for i in range(1000)]
    result.transcript.append(TranscriptEntry(2000, "output", "h1", "yes", "y\n" * 100_000))
    samples.put(tmp_path, result)
    words = Reader(write_page(tmp_path).read_text()).words
    assert "… 601 entries left out …" in words and "characters left out …" in words
    assert "note 299" in words and "note 300" not in words and "note 950" in words


def test_thirty_scenarios_make_a_page_of_moderate_size(tmp_path):
    drawn = tmp_path / "drawn"
    drawn.mkdir()
    plots = [write_plot(drawn, name, samples.rates_spec(3000)) for name in ("one", "two")]
    for number in range(1, 31):
        result = samples.passed(number)
        result.frames = samples.mixed_frames(200)
        result.topology = samples.single(21, bw=0.7)
        result.plots = plots
        shutil.copytree(drawn, tmp_path / result.id)
        result.write(tmp_path / result.id)
    shutil.rmtree(drawn)
    shown = write_reports(tmp_path, samples.RUN_INFO)
    assert len(shown.records) == 30
    content = (tmp_path / "index.html").read_text()
    assert len(content.encode()) < 10_000_000
    assert content.count("<img ") + content.count("Not in this page") == 60 and content.count("<img ") > 20
