"""What ./lab test --changed finds to be reached."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from harness.judge.scenario import all_scenarios
from tests import changed
from tests.changed import Changes


def test_a_question_is_reached_by_itself_its_kit_its_mutants_and_its_programs() -> None:
    assert Changes(["scenarios/echo/api.py"]).questions == ["echo.api"]
    assert Changes(["scenarios/echo/mutants/programs/any.py"]).questions == [id for id in all_scenarios() if id.startswith("echo.")]
    by_kit = Changes(["scenarios/group/kit/chat.py"]).questions
    assert "group.4-1-1" in by_kit and "group.4-2-root" not in by_kit
    by_program = Changes(["cpp/eliza/doctor.script"])
    assert by_program.questions == ["tv.q20"] and by_program.cpp
    assert "tv.q11" in Changes(["cpp/mpegts/packet.cpp"]).questions


def test_what_stands_in_every_cell_reaches_every_question() -> None:
    for file in ("harness/stage/lab.py", "harness/world/cell/inside.py", "harness/judge/expect.py", "scenarios/roles.toml"):
        assert Changes([file]).questions == list(all_scenarios()), file


def test_a_command_reaches_its_tests_alone() -> None:
    reached = Changes(["harness/cli/doctor.py"])
    assert reached.questions == [] and not reached.cpp
    assert "tests/harness/test_command_line.py" in reached.tests and "tests/harness/test_frames.py" not in reached.tests


def test_data_reaches_what_reads_it() -> None:
    assert "tests/harness/test_report_page.py" in Changes(["harness/report/templates/page.css"]).tests
    assert "tests/harness/test_packages.py" in Changes(["packages.txt"]).tests
    assert "tests/harness/test_labs.py" in Changes(["tests/packs/textbook/web/right/any.py"]).tests
    assert (Changes(["docs/labs.md"]).tests, Changes(["docs/labs.md"]).questions) == ([], [])


def test_git_tells_what_differs(capfd: pytest.CaptureFixture[str]) -> None:
    if not shutil.which("git") or subprocess.run(["git", "-C", str(changed.ROOT), "rev-parse"], capture_output=True, check=False).returncode:
        pytest.skip("this is no clone, or there is no git")
    assert isinstance(changed.differing("HEAD"), list)
    with pytest.raises(subprocess.CalledProcessError):
        changed.differing("no-such-commit")
    assert "no-such-commit" in capfd.readouterr().err
