"""How the outcome of the emulated machine's steps is judged and told (the machine itself is ./lab vm test)."""

from __future__ import annotations

import fcntl
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import pytest

from harness.judge.waiting import wait_for
from harness.world import machine
from tests.vm import here, payload
from tests.vm.command import VmError, finish
from tests.vm.image import Image
from tests.vm.outcome import (
    BEGIN,
    END,
    FAIL,
    INCONCLUSIVE,
    PASS,
    Outcome,
    compare,
    exit_status,
    judge,
    markdown,
    persist,
    read_questions,
    rewrite,
)
from tests.vm.record import Record
from tests.vm.steps import STEPS, Figure, Step

STEP = Step("some", "something", "true", shows=(r"^0% dropped",), figures={"round trip": Figure(r"= ([\d.]+)/", "ms", 40, 50)})
GOOD = "0% dropped\nrtt = 41.2/44.0\n"


@pytest.mark.parametrize(
    "status, output, verdict, words",
    [
        (0, GOOD, PASS, ""),
        (3, GOOD, INCONCLUSIVE, ""),
        (None, GOOD, INCONCLUSIVE, "not done within 600 s"),
        (1, GOOD, FAIL, "status 1"),
        (-9, GOOD, FAIL, "status -9"),
        (0, "10% dropped\nrtt = 41.2/44.0\n", FAIL, "the output has no"),
        (0, "0% dropped\nrtt = 39.9/44.0\n", FAIL, "39.9 ms is not within 40 to 50"),
        (0, "0% dropped\nrtt = 51/60\n", FAIL, "51 ms is not within"),
        (0, "0% dropped\n", FAIL, "round trip: not told"),
    ],
)
def test_judgement(status: int | None, output: str, verdict: str, words: str, tmp_path: pathlib.Path) -> None:
    outcome = judge(STEP, status, output, tmp_path, 1.0)
    assert outcome.verdict == verdict and words in "; ".join(outcome.details), outcome


def junit(folder: pathlib.Path, inner: str) -> Outcome:
    (folder / "junit.xml").write_text(f"<testsuites><testsuite>{inner}</testsuite></testsuites>")
    return judge(Step("tests", "tests", "pytest"), 0, "", folder, 1.0)


def test_skipped_tests_are_no_proof(tmp_path: pathlib.Path) -> None:
    figure = '<testcase name="a"><properties><property name="p50" value="10 ms"/></properties></testcase>'
    good = junit(tmp_path, figure)
    assert good.verdict == PASS and good.figures == {"p50": "10 ms"} and good.details == ["1 of 1 tests passed"]
    assert junit(tmp_path, figure + '<testcase name="b"><skipped/></testcase>').verdict == FAIL
    assert junit(tmp_path, '<testcase name="b"><failure/></testcase>').verdict == FAIL
    assert junit(tmp_path, "").verdict == FAIL


def question(folder: pathlib.Path, id: str, verdict: str, reasons: list[str], passed: bool = True, shaper: str = "netem delay 9 ms") -> None:
    (folder / id).mkdir(parents=True, exist_ok=True)
    topology = {"switches": [{"name": "s1", "kind": "Open vSwitch, kernel datapath"}], "links": [{"a": "h1", "shaper": shaper}]}
    expectations = [{"what": "it arrives", "passed": passed}]
    row = {"id": id, "verdict": verdict, "reasons": reasons, "expectations": expectations, "topology": topology}
    (folder / id / "result.json").write_text(json.dumps(row))


def test_questions_are_told_one_by_one(tmp_path: pathlib.Path) -> None:
    question(tmp_path, "tv.q01", PASS, [])
    question(tmp_path, "tv.q02", INCONCLUSIVE, ["the machine was busy\nvery"])
    (tmp_path / "junit.xml").write_text("<testsuites/>")  # as ./lab run writes; the questions count
    outcome = judge(Step("run", "questions", "lab"), 3, "", tmp_path, 1.0)
    assert outcome.details == ["tv.q01 PASS", "tv.q02 INCONCLUSIVE (the machine was busy)"]


@pytest.mark.parametrize(
    "step, status, verdict, words",
    [
        ({"verdicts": {"link.good": PASS, "link.bad": FAIL}}, 1, PASS, ""),
        ({"verdicts": {"link.good": PASS, "link.bad": PASS}}, 1, FAIL, "link.bad is FAIL, not PASS"),
        ({"verdicts": {"link.good": PASS, "link.bad": FAIL, "link.ugly": PASS}}, 1, FAIL, "link.ugly is missing"),
        ({"verdicts": {"link.good": PASS, "link.bad": FAIL}}, 2, FAIL, "status 2"),
        ({}, 1, FAIL, "status 1"),
        ({"switch": "Open vSwitch, kernel", "means": "netem"}, 0, PASS, ""),
        ({"switch": "Linux bridge"}, 0, FAIL, "the switch was Open vSwitch, kernel datapath"),
        ({"means": "wire"}, 0, FAIL, "the link was made by netem delay 9 ms"),
    ],
)
def test_evidence_must_be_what_the_step_is_about(step: dict, status: int, verdict: str, words: str, tmp_path: pathlib.Path) -> None:
    question(tmp_path, "link.good", PASS, [])
    question(tmp_path, "link.bad", FAIL, ["so it is"], passed=False)
    outcome = judge(Step("run", "questions", "lab", **step), status, "", tmp_path, 1.0)
    assert outcome.verdict == verdict and words in "; ".join(outcome.details), outcome


def test_inconclusive_steps_are_tried_again() -> None:
    verdicts = [INCONCLUSIVE, FAIL, PASS]
    assert persist(STEP, lambda: Outcome("some", verdicts.pop(0))) == Outcome("some", FAIL, details=["attempt 2"]) and verdicts == [PASS]
    verdicts[:] = [INCONCLUSIVE] * 4
    assert persist(STEP, lambda: Outcome("some", verdicts.pop(0))).verdict == INCONCLUSIVE and len(verdicts) == 1
    late = [Outcome("some", INCONCLUSIVE, seconds=STEP.deadline)]
    assert persist(STEP, late.pop).verdict == INCONCLUSIVE, "what passed its deadline would pass it again"


def test_no_evidence_is_no_proof(tmp_path: pathlib.Path) -> None:
    assert judge(Step("run", "questions", "lab", means="netem"), 0, "", tmp_path, 1.0).verdict == FAIL


def test_two_runs_must_tell_the_same(tmp_path: pathlib.Path) -> None:
    def outcome(there: pathlib.Path) -> Outcome:
        found = Outcome("some", PASS)
        compare(found, read_questions(tmp_path / "here"), read_questions(there))
        return found

    for folder in ("here", "same", "verdict", "expectation", "missing"):
        question(tmp_path / folder, "link.good", FAIL if folder == "verdict" else PASS, [], passed=folder != "expectation", shaper="wire")
        if folder != "missing":
            question(tmp_path / folder, "link.bad", FAIL, [], passed=False)
    assert outcome(tmp_path / "same") == Outcome("some", PASS, details=["2 expectations, each judged as there"])
    for folder, differing in (("verdict", "link.good"), ("expectation", "link.good"), ("missing", "link.bad")):
        assert outcome(tmp_path / folder) == Outcome("some", FAIL, details=[f"differs: {differing}"]), folder
    assert outcome(tmp_path / "nowhere").verdict == INCONCLUSIVE


def test_step_here_is_compared_with_its_like(tmp_path: pathlib.Path) -> None:
    results = tmp_path / "results"
    for folder, passed in ((tmp_path / "made", True), (results / "there", True), (results / "elsewhere", False)):
        question(folder, "link.good", PASS, [], passed=passed)
    for like, verdict in (("there", PASS), ("elsewhere", FAIL), ("nowhere", INCONCLUSIVE)):
        step = Step("here", "a copy", f"cp -r {tmp_path}/made/* {{out}}; echo done", "here", shows=("done",), verdicts={"link.good": PASS}, like=like)
        assert here.carry_out(step, results, lambda: None).verdict == verdict, like
    slow = Step("slow", "too slow", "echo $$ >{out}/pid; sleep 600", "here", deadline=1, like="there")
    assert here.carry_out(slow, results, lambda: None).details == ["not done within 1 s"]
    pid = (results / "slow" / "pid").read_text().strip()
    wait_for(lambda: not pathlib.Path("/proc", pid).exists(), f"process {pid} to be gone", 10)


def test_exit_status() -> None:
    def status(*verdicts: str) -> int:
        return exit_status([Outcome("some", verdict) for verdict in verdicts])

    assert [status(PASS), status(PASS, INCONCLUSIVE), status(INCONCLUSIVE, FAIL), status()] == [0, 3, 1, 3]


def test_page_names_every_step_and_figure() -> None:
    page = markdown({"kernel": "6.1"}, [Outcome(step.id, PASS, figures={"delay": "10 ms"}) for step in STEPS])
    for step in STEPS:
        assert f"| {step.id} | {step.user} |" in page and f"| {step.id} | delay | 10 ms |" in page


def test_page_is_rewritten_between_its_marks() -> None:
    page = f"# Title\n{BEGIN}\nold\n{END}\nafter\n"
    assert rewrite(page, "new") == f"# Title\n{BEGIN}\n\nnew\n{END}\nafter\n" == rewrite(rewrite(page, "other"), "new")
    for bad in ("", BEGIN, f"{END}{BEGIN}"):
        with pytest.raises(ValueError, match="no lines"):
            rewrite(bad, "new")
    rewrite((machine.ROOT / "docs/fidelity.md").read_text(), "new")


def test_steps_are_runnable() -> None:
    known = {step.id for step in STEPS}
    assert len(known) == len(STEPS)
    for step in STEPS:
        assert step.user in ("root", "student", "here") and (step.like in known) == (step.user == "here"), step.id
        command = step.command.format(out="/out")
        assert subprocess.run(["bash", "-nc", command], check=False).returncode == 0, step.id
        for word in command.split():
            assert not word.startswith("tests/") or (machine.ROOT / word).exists(), f"{step.id}: {word}"


def vm(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "tests.vm", *words], cwd=machine.ROOT, capture_output=True, text=True, check=False)


def test_usage() -> None:
    helped, listed, wrong = vm("test", "--help"), vm("test", "--list"), vm("test", "netme")
    assert helped.returncode == 0 and "--accel" in helped.stdout and "Exit status" in helped.stdout
    assert [line.split()[0] for line in listed.stdout.splitlines()] == [step.id for step in STEPS]
    assert wrong.returncode == 2 and "'netme'" in wrong.stderr and "netem" in wrong.stderr
    unmarked, missing = vm("test", "--page", "README.md"), vm("test", "--page", "docs/nothing.md")
    assert unmarked.returncode == missing.returncode == 2 and "to write between" in unmarked.stderr and "No such file" in missing.stderr


def test_recipe_changes_with_the_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    image = Image(tmp_path)
    before = image.recipe()
    assert not image.current and {"mininet", "linux-image-cloud-amd64", "python3-pytest"} <= set(image.packages())
    listed = machine.packages
    monkeypatch.setattr(machine, "packages", lambda *sections: [*listed(*sections), "one-more"])
    assert image.recipe() != before
    monkeypatch.setattr(machine, "packages", lambda *sections: [])
    with pytest.raises(VmError, match="python3-pytest"):
        image.recipe()


@pytest.mark.skipif(not (shutil.which("mke2fs") and shutil.which("debugfs")), reason="needs e2fsprogs")
def test_payload_carries_the_tree_there_and_results_back(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("bin", "assets"):
        (tmp_path / "built" / name).mkdir(parents=True)
    (tmp_path / "built/bin/a-program").write_text("x")
    monkeypatch.setenv("WIREPROOF_BUILD", str(tmp_path / "built"))
    disk = tmp_path / "disk"
    payload.make(disk, tmp_path / "staging", ["mn", "netem"])

    def debugfs(command: str) -> str:
        return subprocess.run(["debugfs", "-w", "-R", command, disk], capture_output=True, text=True, check=True).stdout

    assert debugfs("cat /tree/lab") == (machine.ROOT / "lab").read_text()
    assert debugfs("cat /tree/build/release/bin/a-program") == "x"
    assert "tests.vm.guest /mnt /dev/ttyS1 mn netem" in debugfs("cat /start")
    debugfs(f"write {machine.ROOT / 'lab'} /results/mn.log")
    (tmp_path / "results" / "netem").mkdir(parents=True)
    (tmp_path / "results" / "mn.log").write_text("of the run before")
    payload.take_out(disk, tmp_path)
    assert (tmp_path / "results" / "netem").is_dir(), "what another machine left stays"
    assert (tmp_path / "results/mn.log").read_text() == (machine.ROOT / "lab").read_text()
    monkeypatch.setenv("WIREPROOF_BUILD", str(tmp_path / "nowhere"))
    with pytest.raises(VmError, match="lab setup"):
        payload.make(disk, tmp_path / "staging", [])


def test_deadline_ends_a_command_and_its_children(tmp_path: pathlib.Path) -> None:
    pids = tmp_path / "pids"
    began = time.monotonic()
    process = subprocess.Popen(["bash", "-c", f"sleep 600 & echo $$ $! >{pids}; wait"], start_new_session=True)
    ticks: list[int] = []
    with pytest.raises(VmError, match="within 1 s"):
        finish(process, 1, lambda: ticks.append(1))
    assert ticks and time.monotonic() - began < 60
    for pid in pids.read_text().split():
        wait_for(lambda: not pathlib.Path("/proc", pid).exists(), f"process {pid} to be gone", 10)


@pytest.mark.skipif(not shutil.which("qemu-system-x86_64"), reason="needs qemu")
def test_machine_that_cannot_start_says_so_and_leaves_nothing(tmp_path: pathlib.Path) -> None:
    from tests.vm.emulator import Emulator

    for name in ("base.ext4", "vmlinuz", "initrd", "payload"):
        (tmp_path / name).write_bytes(b"no kernel")
    with pytest.raises(VmError, match="qemu ended with status 1.*"):
        Emulator(Image(tmp_path), tmp_path / "payload", tmp_path, "tcg", 1024).run(60, print, lambda: None)


@pytest.mark.skipif(not shutil.which("qemu-system-x86_64"), reason="needs qemu")
def test_interrupt_ends_the_machine(tmp_path: pathlib.Path) -> None:
    """With empty disks and no kernel qemu's firmware waits for ever: Ctrl+C must end it."""
    from tests.vm.emulator import Emulator

    for name in ("base.ext4", "payload"):
        (tmp_path / name).write_bytes(bytes(1 << 20))
    emulator = Emulator(Image(tmp_path), tmp_path / "payload", tmp_path, "tcg", 1024)
    command = emulator._command
    for option in ("-kernel", "-initrd", "-append"):
        place = command.index(option)
        del command[place : place + 2]
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        ticks += 1
        if ticks == 3:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        emulator.run(120, print, tick)
    children = pathlib.Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    names = [pathlib.Path(f"/proc/{pid}/comm").read_text().strip() for pid in children]
    assert "qemu-system-x86" not in names


_WATCHED = """
import pathlib, sys
from tests.vm.emulator import Emulator
from tests.vm.image import Image
folder = pathlib.Path(sys.argv[1])
emulator = Emulator(Image(folder), folder / "payload", folder, "tcg", 1024)
for option in ("-kernel", "-initrd", "-append"):
    place = emulator._command.index(option)
    del emulator._command[place : place + 2]
emulator.run(120, print, lambda: print("tick", flush=True))
"""


@pytest.mark.skipif(not shutil.which("qemu-system-x86_64"), reason="needs qemu")
def test_machine_dies_with_whoever_started_it(tmp_path: pathlib.Path) -> None:
    for name in ("base.ext4", "payload"):
        (tmp_path / name).write_bytes(bytes(1 << 20))
    with subprocess.Popen([sys.executable, "-c", _WATCHED, tmp_path], cwd=machine.ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "tick\n"
        [qemu] = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        wait_for(lambda: pathlib.Path("/proc", qemu, "comm").read_text().startswith("qemu"), "qemu to run", 30)
        process.kill()
    wait_for(lambda: not _runs(qemu), f"process {qemu} to be gone", 30)


def _runs(pid: str) -> bool:
    """False when it has ended, though nobody may have asked for its status yet."""
    try:
        return ") Z " not in pathlib.Path("/proc", pid, "stat").read_text()
    except FileNotFoundError:
        return False


def test_a_run_can_be_taken_up_again(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "result.json"
    first = Record(file, "a state", keep=True)
    assert first.open(["mn", "netem"]) == ["mn", "netem"]
    first.facts["kernel"] = "6.1"
    for outcome in (Outcome("mn", PASS, 1.5, ["well"], {"p50": "1 ms"}), Outcome("netem", INCONCLUSIVE), Outcome("run", FAIL)):
        first.add(outcome)
    again = Record(file, "a state", keep=True)
    assert again.outcomes == first.outcomes and again.facts == {"kernel": "6.1"}
    assert again.open(["mn", "netem", "run", "probe"]) == ["netem", "probe"]
    for other in (Record(file, "another state", keep=True), Record(file, "a state", keep=False)):
        assert not other.outcomes and not other.facts
    file.write_text("[1")
    assert not Record(file, "a state", keep=True).outcomes


def test_state_is_of_what_the_machine_is_given(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("WIREPROOF_BUILD", str(tmp_path))
    before = payload.state()
    assert before == payload.state()
    (tmp_path / "bin" / "wire").write_text("another program")
    assert before != payload.state()


def test_one_at_a_time(tmp_path: pathlib.Path) -> None:
    (tmp_path / "vm").mkdir()
    with (tmp_path / "vm" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        environment = {**os.environ, "WIREPROOF_BUILD": str(tmp_path / "release")}
        command = [sys.executable, "-m", "tests.vm", "test", "mn"]
        done = subprocess.run(command, cwd=machine.ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 3 and "another ./lab vm test is at work" in done.stderr
