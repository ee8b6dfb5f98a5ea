"""Labs as folders: what their files may say, skeletons, labs of one's own, and a pack of three that was made from the docs alone."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
from collections.abc import Mapping

import pytest

from harness.judge import labs
from harness.judge.labs import LabError
from harness.judge.mutant import Mutant, all_mutants, all_right
from harness.judge.roles import registry
from harness.run import proof
from harness.world.machine import ROOT
from tests.machine import machine

_PACK = ROOT / "tests/packs/textbook"


def lab(*words: str, environment: Mapping[str, str] | None = None, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    command = ["/usr/bin/python3", "-P", "-X", "utf8", "-m", "harness.cli", *words]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False, env=variables)


@pytest.fixture()
def own(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A folder of labs with an empty one."""
    (tmp_path / "mine").mkdir()
    monkeypatch.setenv(labs.VARIABLE, str(tmp_path))
    return tmp_path / "mine"


def test_ours_come_first_and_in_order(own: pathlib.Path) -> None:
    assert list(labs.labs()) == ["tv", "echo", "transport", "group", "congestion", "services", "mine"]
    assert all(one.title and one.sheet for name, one in labs.labs().items() if name != "mine")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("titel = 'x'", "there is no 'titel' in a lab; there are title, sheet, order, points"),
        ("order = true", "order is to be int or float"),
        ("title = 3", "title is to be str"),
        ("[points]\nq01 = -1", "the points of q01 are to be a number"),
        ("title = ", "Invalid value"),
    ],
)
def test_what_lab_toml_may_not_say(own: pathlib.Path, text: str, said: str) -> None:
    (own / "lab.toml").write_text(text)
    with pytest.raises(LabError, match=re.escape(said)) as raised:
        labs.labs()
    assert str(raised.value).startswith(f"{own}/lab.toml: ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[r]\ncommand = ['x']", "role r: does is missing"),
        ("[r]\ndoes = 'x'", "role r: command is missing"),
        ("r = 3", "role r: it is to be a table, [r]"),
        ("[r]\ncommand = []\ndoes = 'x'", "role r: command cannot be []"),
        ("[r]\ncommand = ['x', [1]]\ndoes = 'x'", "role r: command cannot be ['x', [1]]"),
        ("[r]\ncommand = ['x']\ndos = 'x'", "role r: there is no 'dos' in a role"),
        ("[r]\ncommand = ['x']\ndoes = 'x'\ndescriptors = 0", "role r: descriptors cannot be 0"),
        ("[r]\ncommand = ['x']\ndoes = 'x'\nwrites = 'json'", "role r: writes cannot be 'json'"),
        ("[echo-server]\ncommand = ['x']\ndoes = 'x'", "the role echo-server stands in"),
    ],
)
def test_what_roles_toml_may_not_say(own: pathlib.Path, text: str, said: str) -> None:
    (own / "roles.toml").write_text(text)
    with pytest.raises(LabError, match=re.escape(said)):
        dict(registry.ROLES)


def test_a_mistake_in_a_role_is_said_and_is_wrong_usage(own: pathlib.Path) -> None:
    (own / "roles.toml").write_text("[r]\ndoes = 'x'")
    outcome = lab("--labs", str(own.parent), "run", "tv.q01")
    assert (outcome.returncode, outcome.stderr) == (2, f"lab: {own}/roles.toml: role r: command is missing\n")


def test_two_labs_of_one_name(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tv").mkdir()
    monkeypatch.setenv(labs.VARIABLE, str(tmp_path))
    with pytest.raises(LabError, match="scenarios/tv is a lab of this name already"):
        labs.labs()
    monkeypatch.setenv(labs.VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(LabError, match="there is no such folder of labs"):
        labs.labs()


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (Mutant("tv.nothing", "x", "y"), "there is no scenario 'tv.nothing'"),
        (Mutant("tv.q03", "x", "y", {"web-sever": "x"}), "'web-sever' is none of the scenario's roles"),
        (Mutant("tv.q18", "x", "y", {"echo-server": "x {prot}"}), "echo-server does not know {prot}"),
    ],
)
def test_mutants_that_cannot_be_run_are_found_before(one: Mutant, said: str) -> None:
    with pytest.raises(LabError, match=re.escape(said)):
        proof.item_of(one)


def test_a_mutant_without_its_program(own: pathlib.Path) -> None:
    (own / "mutants").mkdir()
    (own / "mutants/q01.py").write_text('from harness import Mutant, program\nMUTANTS = [Mutant("mine.q01", "x", "y", {"netcat": program("no.py")})]\n')
    with pytest.raises(LabError, match="there is no programs/no.py"):
        all_mutants()


def test_new_lab_and_question_pass_and_are_proved(tmp_path: pathlib.Path) -> None:
    folder = str(tmp_path)
    made = lab("--labs", folder, "new", "lab", "hello")
    assert made.returncode == 0 and made.stderr == f"now: ./lab --labs {folder} test hello.q01\n", made.stderr
    assert lab("--labs", folder, "new", "question", "hello.two-ways").returncode == 0
    with machine.alone():
        outcome = lab("--labs", folder, "test", "hello")
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert outcome.stdout == "\n2 questions, 2 right, 2 wrong programs or networks\nas it must be\n"
    # A question that nothing can fail, and a mutant that is caught by something else.
    (tmp_path / "hello/mutants/q01.py").write_text("MUTANTS = []\n")
    file = tmp_path / "hello/mutants/two_ways.py"
    file.write_text(file.read_text().replace('"line/printed"', '"line"'))
    with machine.alone():
        outcome = lab("--labs", folder, "test", "hello")
    assert outcome.returncode == 1 and "hello.q01: it has no mutant" in outcome.stdout
    assert "hello.two-ways--shouts: caught by something else than 'line': line/printed: what the server prints" in outcome.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["lab", "tv"], "there is a lab tv already"),
        (["lab", "No"], "'No' cannot be a lab's name"),
        (["question", "nolab.q1"], "there is no lab 'nolab'; './lab new lab nolab' makes it"),
        (["question", "hello.Q"], "cannot be a question's id"),
        (["question", "hello.q01"], "q01.py is there already"),
    ],
)
def test_what_cannot_be_made_anew(tmp_path: pathlib.Path, words: list[str], said: str) -> None:
    assert lab("--labs", str(tmp_path), "new", "lab", "hello").returncode == 0
    outcome = lab("--labs", str(tmp_path), "new", *words)
    assert outcome.returncode == 2 and said in outcome.stderr, outcome.stderr


def test_a_pack_made_from_the_docs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three labs of a folder of their own: a UDP pinger, a web server, a conversation by SMTP."""
    monkeypatch.setenv(labs.VARIABLE, str(_PACK))
    mutants, right = all_mutants(), all_right()
    for id in ("pinger.q01", "web.q01", "mail.q01"):
        assert sum(one.scenario == id for one in mutants) >= 10 and sum(one.scenario == id for one in right) >= 2
    with machine.alone():
        outcome = lab("--labs", str(_PACK), "test", "pinger", "web", "mail", timeout=500)
    assert outcome.returncode in (0, 3), outcome.stdout + outcome.stderr
    assert "\n0 not as they must be" in outcome.stdout or outcome.stdout.endswith("as it must be\n"), outcome.stdout
