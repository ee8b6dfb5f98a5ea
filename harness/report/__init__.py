"""Reports on a run, made from its evidence alone: results.json, junit.xml, index.html, and text for a terminal."""

from __future__ import annotations

import json
import pathlib
from typing import Any

from harness.judge.files import write_text
from harness.judge.records import plain
from harness.report.run import FILE, SCHEMA, Record, Run, begin_run, load_run

__all__ = ["SCHEMA", "Record", "Run", "begin_run", "load_run", "write_reports"]


def write_reports(run_folder: pathlib.Path | str, run: dict[str, Any] | None = None) -> Run:
    """Writes results.json, junit.xml and index.html into the run folder, and gives back what they tell.

    run is what the runner knows: fields of harness.report.run.Information, and whatever else shall be kept. Without it, what an
    earlier results.json said stays. Scenarios that were killed are listed too. Raises OSError.
    """
    from harness.report import junit, page  # Jinja2 is needed for the page only.

    report = load_run(run_folder)
    report.info.update(run or {})
    report.info["counts"] = report.counts
    written = {
        "schema": SCHEMA,
        "run": report.info,
        "results": [
            {**record.result.to_json(), "folder": record.folder.name, "incomplete": record.incomplete}
            for record in report.records
        ],
    }
    text = json.dumps(plain(written), indent=1, ensure_ascii=False, allow_nan=False)
    write_text(report.folder / FILE, text + "\n")
    junit.write_junit(report)
    page.write_page(report.folder, report)
    return report
