"""The fuzz targets: each has inputs that were kept and a goal that its runs must reach; and the command that runs them for long."""

from __future__ import annotations

import pathlib
import subprocess

import pytest

from harness.judge.labs import ROOT

TARGETS = [path.stem for path in sorted((ROOT / "tests" / "fuzz").glob("*.cpp")) if path.stem != "driver"]


@pytest.mark.parametrize("target", TARGETS)
def test_no_target_is_empty(target: str) -> None:
    assert list((ROOT / "tests" / "fuzz" / "inputs" / target).iterdir())
    assert "Goal " in (ROOT / "tests" / "fuzz" / f"{target}.cpp").read_text(encoding="utf-8")


def test_inputs_belong_to_a_target() -> None:
    assert {folder.name for folder in (ROOT / "tests" / "fuzz" / "inputs").iterdir()} == set(TARGETS)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["nothing"], f"there is no target 'nothing'; there are: {' '.join(TARGETS)}"),
        (["driver"], "there is no target 'driver'"),
        (["../fuzz/hmtp_cores"], "there is no target '../fuzz/hmtp_cores'"),
        (["--minutes", "0"], "--minutes wants a number"),
        (["--minutes"], "--minutes wants a number"),
        (["--hours", "1"], "unknown argument '--hours'"),
    ],
)
def test_wrong_usage_of_the_command(words: list[str], complaint: str) -> None:
    run = subprocess.run([pathlib.Path(ROOT, "lab"), "fuzz", *words], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 2
    assert complaint in run.stderr
