"""The published schemas of result.json and results.json: they are what the program writes, and what it writes fits them."""

from __future__ import annotations

import copy
import json
import pathlib
from typing import Any

import jsonschema
import pytest

from harness.judge import scenario
from harness.judge.result import Result
from harness.report import schemas, write_reports
from harness.run.runner import Item, Runner
from tests.harness import report_samples as samples

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "docs" / "schemas"
RESULT, RESULTS = (json.loads((FOLDER / name).read_text()) for name in schemas.schemas())


def fits(data: Any, schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(schema).validate(data)


def test_they_are_what_the_classes_say() -> None:
    for name, schema in schemas.schemas().items():
        jsonschema.Draft202012Validator.check_schema(schema)
        said = (FOLDER / name).read_text(encoding="utf-8")
        assert said == schemas.text(schema), f"write {name} again: /usr/bin/python3 -m harness.report.schemas docs/schemas"


def test_real_runs_fit(tmp_path: pathlib.Path, tests_scenarios: None) -> None:
    known = scenario.all_scenarios()
    items = [Item(known[id], id) for id in ("test.quick", "test.fails", "test.forged", "test.lossy", "test.calls")]
    Runner(items, tmp_path, attempts=2).run()
    write_reports(tmp_path, samples.RUN_INFO)
    for item in items:
        fits(json.loads((tmp_path / item.name / "result.json").read_text()), RESULT)
    fits(json.loads((tmp_path / "results.json").read_text()), RESULTS)


def test_samples_fit(tmp_path: pathlib.Path) -> None:
    run = samples.sample_run(tmp_path / "run")
    write_reports(run, samples.RUN_INFO)
    fits(json.loads((run / "results.json").read_text()), RESULTS)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.pop("ended"), lambda data: data.update(verdict="MAYBE"), lambda data: data.update(schema=1),
        lambda data: data["doubts"].append({"text": "x"}), lambda data: data.update(fidelity={}), lambda data: data.update(seconds="3"),
        lambda data: data["expectations"].append({"what": 1}),
    ],
)  # fmt: skip
def test_something_else_does_not_fit(spoil: Any) -> None:
    data = Result("tv.q01").to_json()
    whole = json.loads(json.dumps(data))
    fits(whole, RESULT)
    other = copy.deepcopy(whole)
    spoil(other)
    with pytest.raises(jsonschema.ValidationError):
        fits(other, RESULT)


def test_what_fits_is_read_again_as_the_same() -> None:
    for result in (samples.passed(), samples.failed(), samples.hostile(), samples.inconclusive(), samples.skipped()):
        assert Result.from_json(json.loads(json.dumps(result.to_json()))) == result
