"""index.html: one page for a whole run, with everything in it, that asks nothing of a network.

Jinja2 escapes every text (autoescape), control characters are written out before (finalize), figures stand in
<img> where a browser runs no scripts, and the page's own policy allows no script but the one whose hash it names.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import hashlib
import pathlib
import shlex
import urllib.parse
from typing import Any

import jinja2
from markupsafe import Markup

from harness.judge.files import write_text
from harness.judge.result import Result, TranscriptEntry, Verdict
from harness.report.run import Record, Run, load_run
from harness.report.sequence import sequence_diagram
from harness.report.terminal import SIGNS, advice_lines
from harness.report.text import one_line, seconds_text, shorten, visible, wireshark_command
from harness.report.timeline import timeline
from harness.report.topology import draw_svg

TEMPLATES = pathlib.Path(__file__).parent / "templates"
# What a page shows of long evidence; all of it is in result.json and the logs.
MOST_FRAMES = 200
MOST_MARKS = 800
TRANSCRIPT_HEAD, TRANSCRIPT_TAIL = 300, 100
LONGEST_TEXT = 6000
MOST_FACTS = 150
ROOM_FOR_PICTURES = 6_000_000  # bytes of all figures in the page; the others are linked


def _finalize(value: Any) -> Any:
    if value is None:
        return ""
    return value if isinstance(value, Markup) else visible(value)


def _middle_cut(text: str, length: int = LONGEST_TEXT) -> str:
    """A long text without its middle: the end of an output often tells more than the rest."""
    if len(text) <= length:
        return text
    half = length // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}"


def _transcript(entries: list[TranscriptEntry]) -> list[dict[str, Any]]:
    """Entries in order of time; outputs that follow one another from one program become one block."""
    blocks: list[dict[str, Any]] = []
    for entry in sorted(entries, key=lambda entry: entry.time):
        before = blocks[-1] if blocks else None
        row = {"time": entry.time, "kind": entry.kind, "host": entry.host, "program": entry.program, "text": entry.text}
        if (
            before
            and entry.kind == "output" == before["kind"]
            and (entry.host, entry.program) == (before["host"], before["program"])
        ):
            before["text"] += ("" if before["text"].endswith("\n") else "\n") + entry.text
        else:
            blocks.append(row)
    if len(blocks) > TRANSCRIPT_HEAD + TRANSCRIPT_TAIL:
        left_out = len(blocks) - TRANSCRIPT_HEAD - TRANSCRIPT_TAIL
        mark = {"time": None, "kind": "cut", "host": "", "program": "", "text": f"… {left_out} entries left out …"}
        blocks = [*blocks[:TRANSCRIPT_HEAD], mark, *blocks[-TRANSCRIPT_TAIL:]]
    for block in blocks:
        block["text"] = _middle_cut(visible(block["text"]).rstrip("\n"))
    return blocks


def _facts(value: Any, name: str = "") -> list[tuple[str, str]]:
    """Nested dictionaries as rows of a table: ("probe · h1-eth0 · rate", "0.69")."""
    if isinstance(value, dict) and value:
        return [row for key, item in value.items() for row in _facts(item, f"{name} · {key}" if name else str(key))]
    if isinstance(value, (list, tuple)) and any(isinstance(item, (dict, list, tuple)) for item in value):
        return [row for i, item in enumerate(value, 1) for row in _facts(item, f"{name} · {i}" if name else str(i))]
    if isinstance(value, (list, tuple)):
        value = shlex.join(map(str, value))
    if isinstance(value, float):
        value = f"{value:.6g}"
    if isinstance(value, bool):
        value = "yes" if value else "no"
    return [(name, "–" if value in (None, "", {}) else str(value))] if name else []


def _some_facts(value: Any) -> list[tuple[str, str]]:
    rows = _facts(value)
    more = len(rows) - MOST_FACTS
    return rows if more <= 0 else [*rows[:MOST_FACTS], ("…", f"{more} more in result.json")]


def picture_url(path: pathlib.Path) -> Markup:
    """An SVG or PNG file as a data URL. Raises OSError."""
    if path.suffix == ".png":
        return Markup("data:image/png;base64," + base64.b64encode(path.read_bytes()).decode())
    return Markup("data:image/svg+xml," + urllib.parse.quote(path.read_bytes(), safe=" !$()*+,-./:;=?@[]^_{|}~"))


class _Gallery:
    """Pictures as data URLs, as many as the page has room for; those of failed scenarios come first."""

    def __init__(self, records: list[Record]) -> None:
        self._room = ROOM_FOR_PICTURES
        self._urls: dict[tuple[pathlib.Path, str], Markup] = {}
        for record in sorted(records, key=lambda record: not _needs_eyes(record.result)):
            for plot in record.result.plots:
                self._take(record.folder, plot.picture)

    def _take(self, folder: pathlib.Path, name: str) -> None:
        try:
            path = (folder / name).resolve()
            if not path.is_relative_to(folder.resolve()) or path.stat().st_size > self._room:
                return
            url = picture_url(path)
        except (OSError, ValueError):
            return
        if len(url) <= self._room:
            self._room -= len(url)
            self._urls[folder, name] = url

    def url(self, folder: pathlib.Path, name: str) -> Markup | None:
        """None if the file is missing, not inside the scenario's folder, or beyond the page's room."""
        return self._urls.get((folder, name))


def _needs_eyes(result: Result) -> bool:
    return result.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE)


def _link(record: Record, name: str) -> str:
    """The address of an evidence file as seen from the page."""
    return urllib.parse.quote(f"{record.folder.name}/{name}", errors="surrogatepass")


def _links_table(result: Result) -> tuple[list[str], list[list[str]]]:
    """Head and rows: every key that some link has; ends first."""
    links = [link for link in result.topology.get("links") or [] if isinstance(link, dict)]
    ends = ("a", "b", "a_interface", "b_interface")
    keys = [key for key in dict.fromkeys(key for link in links for key in link) if key not in ends]
    units = {"bw": "bw (Mbit/s)", "queue": "queue (packets)"}

    def cell(value: Any) -> str:
        if isinstance(value, dict):
            return ", ".join(f"{name} {text}" for name, text in _facts(value))
        return "–" if value in (None, "") else str(value)

    rows = [
        [
            f"{link.get('a', '')} {link.get('a_interface', '')} – {link.get('b', '')} {link.get('b_interface', '')}",
            *(cell(link.get(key)) for key in keys),
        ]
        for link in links
    ]
    return ["link", *(units.get(key, str(key)) for key in keys)], rows


def _expectations(record: Record) -> list[dict[str, Any]]:
    return [
        {
            "row": row,
            "state": "held" if row.passed else "broken" if record.result.holds_to(row) else "advised",
            "command": "" if row.passed else wireshark_command(row, record.folder.name),
        }
        for row in record.result.expectations
    ]


def _fidelity(result: Result) -> dict[str, Any]:
    """What is known of how true the machine was, by the words of the page; only what there is."""
    lag = result.lag
    known: dict[str, Any] = {
        "how it ended": result.ended.how.value,
        "doubt": {doubt.source: str(doubt) for doubt in result.doubts},
        "program": {fault.source: fault.text for fault in result.faults},
        "lag": {"99 % within (ms)": lag.p99 * 1000, "most (ms)": lag.maximum * 1000, "samples": lag.samples} if lag.samples else {},
        "links, tried before use": {row.link: _given(row) for row in result.link_probes},
        "links, counted": {
            link: {side: _given(counters) for side, counters in sides.items()} for link, sides in result.link_counters.items()
        },
        "links, late (s)": {link: dataclasses.asdict(late) for link, late in result.late_links.items()},
        "lost by Open vSwitch": result.lost_by_switches,
        "captures removed": result.captures_removed,
    }
    return {name: value for name, value in known.items() if value}


def _given(row: Any) -> dict[str, Any]:
    """The fields of a dataclass that say something."""
    return {name: value for name, value in dataclasses.asdict(row).items() if value not in (None, "", [], {}, 0) and name != "link"}


def _scenario(record: Record, gallery: _Gallery) -> dict[str, Any]:
    result = record.result
    hosts = [str(host.get("name")) for host in result.topology.get("hosts") or [] if isinstance(host, dict)]
    frames = result.frames[:MOST_FRAMES]
    links_head, links = _links_table(result)
    return {
        "record": record,
        "result": result,
        "verdict": result.verdict.value,
        "open": _needs_eyes(result),
        "expectations": _expectations(record),
        "steps": [{"step": step, "seconds": "" if step.seconds is None else seconds_text(step.seconds)} for step in result.steps],
        "points": "{:g} of {:g} points".format(*result.points),
        "held": sum(row.passed for row in result.expectations),
        "advice": advice_lines(result),
        "topology": Markup(draw_svg(result.topology)) if result.topology else None,
        "sequence": Markup(sequence_diagram(frames, hosts)) if frames else None,
        "frames_shown": len(frames),
        "sequences": [
            {
                "title": row.title,
                "drawing": Markup(sequence_diagram(row.frames[:MOST_FRAMES], row.hosts, marks=row.marks[:MOST_MARKS])),
                "file": _link(record, row.picture),
            }
            for row in result.sequences
        ],
        "transcript": _transcript(result.transcript),
        "plots": [
            {
                "plot": plot,
                "url": gallery.url(record.folder, plot.picture),
                "file": _link(record, plot.picture),
                "data": _link(record, plot.data),
            }
            for plot in result.plots
        ],
        "captures": [{"capture": capture, "url": _link(record, capture.file)} for capture in result.captures],
        "links_head": links_head,
        "links": links,
        "parameters": [(name, f"{row['value']} {row['unit']}".rstrip()) for name, row in result.parameters.items()],
        "fidelity": _some_facts(_fidelity(result)),
        "roles": _some_facts(result.roles),
        "attempts": [{"attempt": row, "url": _link(record, row.folder)} for row in result.earlier],
        "timings": [(name, seconds_text(float(seconds))) for name, seconds in result.timings.items()],
        "versions": _some_facts(result.versions),
    }


def moment(epoch: Any) -> str:
    """Seconds since the epoch as date and time, or nothing."""
    try:
        then = datetime.datetime.fromtimestamp(float(epoch), datetime.timezone.utc)
    except (TypeError, ValueError, OverflowError, OSError):
        return ""
    return then.strftime("%Y-%m-%d %H:%M:%S UTC")


def render(template: str, **values: Any) -> str:
    """A template as a page: with the style, the script and the policy that all pages share."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        finalize=_finalize,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(seconds=lambda value: seconds_text(float(value)), line=one_line, shorten=shorten)
    script = (TEMPLATES / "page.js").read_text(encoding="utf-8")
    style = (TEMPLATES / "page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return environment.get_template(template).render(
        signs={verdict.value: sign for verdict, sign in SIGNS.items()}, policy=policy, script=Markup(script), style=Markup(style), **values
    )


def page_html(run: Run) -> str:
    """The page as a text."""
    gallery = _Gallery(run.records)
    return render(
        "page.html",
        run=run,
        counts=run.counts,
        total=len(run.records),
        early=run.ended_early,
        started=moment(run.info["started"]) if run.info.get("started") else "",
        scenarios=[_scenario(record, gallery) for record in run.records],
        timeline=Markup(timeline(run)),
    )


def write_page(run_folder: pathlib.Path | str, run: Run | None = None) -> pathlib.Path:
    """Writes index.html into the run folder; run is what was read from it already, if so."""
    run = run or load_run(run_folder)
    path = run.folder / "index.html"
    write_text(path, page_html(run))
    return path
