"""Grading: a student's program in the place of ours is judged by the same scenarios."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from harness.judge.scenario import ROOT
from harness.stage.casting import NotImplementedByRole
from harness.stage.lab import Lab
from harness.world import machine
from tests.harness.network_cell import run

PYTHON = "/usr/bin/python3"
STUDENT = pathlib.Path(__file__).parent / "students" / "student_echo.py"


def grade(folder: pathlib.Path, scenario: str, command: str, role: str = "echo-server", options: Sequence[str] = ()) -> tuple[int, dict[str, Any], str]:
    """Exit status of ./lab run, the scenario's result.json, and what was printed."""
    outcome = subprocess.run(
        [sys.executable, "-m", "harness.cli", "run", scenario, "--out", str(folder / "out"), "--with", f"{role}={command}", *options],
        cwd=ROOT, capture_output=True, text=True, timeout=150, check=False, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    file = folder / "out" / scenario / "result.json"
    return outcome.returncode, json.loads(file.read_text()) if file.exists() else {}, outcome.stdout + outcome.stderr


@pytest.mark.parametrize("scenario", ["tv.q15-17", "tv.q18", "tv.q19"])
def test_correct_program_passes(tmp_path: pathlib.Path, scenario: str) -> None:
    status, result, printed = grade(tmp_path, scenario, f"/usr/bin/python3 {STUDENT} {{port}} {{mode}}")
    assert (status, result["verdict"]) == (0, "PASS"), printed
    assert result["roles"]["echo-server"]["replaced"]
    assert "student_echo.py" in result["roles"]["echo-server"]["command"]


def test_iterative_program_needs_no_mode(tmp_path: pathlib.Path) -> None:
    status, result, printed = grade(tmp_path, "tv.q15-17", f"/usr/bin/python3 {STUDENT} {{port}}")
    assert (status, result["verdict"]) == (0, "PASS"), printed


def test_forking_program_needs_no_mode(tmp_path: pathlib.Path) -> None:
    status, result, printed = grade(tmp_path, "tv.q19", f"/usr/bin/python3 {STUDENT} {{port}} fork")
    assert (status, result["verdict"]) == (0, "PASS"), printed
    assert "echo-server: the command has no {mode}; what needs it is left out" in [entry["text"] for entry in result["transcript"]]
    assert "fork: ps shows a child for each client" in [row["what"] for row in result["expectations"]]


def test_iterative_program_is_no_answer_to_the_forking_question(tmp_path: pathlib.Path) -> None:
    status, result, printed = grade(tmp_path, "tv.q18", f"/usr/bin/python3 {STUDENT} {{port}}")
    assert (status, result["verdict"]) == (1, "FAIL"), printed
    assert "in vain for h3-netcat on h3 to answer 'two'" in " ".join(result["reasons"])


def test_status_127_means_not_implemented(tmp_path: pathlib.Path) -> None:
    _, result, printed = grade(tmp_path, "tv.q18", "/bin/sh -c 'exit 127'")
    assert result["verdict"] == "SKIPPED", printed
    assert result["reasons"] == ["echo-server is not implemented (exit status 127)"]
    assert "echo-server is not implemented" in printed


def test_wrapper_with_a_typo_is_a_fault(tmp_path: pathlib.Path) -> None:
    wrapper = tmp_path / "serve.sh"
    wrapper.write_text('#!/bin/sh\npyhton3 mine.py "$1"\n')
    wrapper.chmod(0o755)
    status, result, printed = grade(tmp_path, "tv.q18", f"{wrapper} {{port}}")
    assert (status, result["verdict"]) == (1, "FAIL"), printed
    assert any(reason.startswith("h1-echo-server on h1 ends with status 127") for reason in result["reasons"])
    assert "serve.sh: 2: pyhton3: not found" in printed


def test_missing_library_is_a_fault(tmp_path: pathlib.Path) -> None:
    for name, code in (("libgone.so", "int gone(void) { return 0; }"), ("serve", "int gone(void); int main(void) { return gone(); }")):
        words = ["-shared"] if name.endswith(".so") else ["-L.", "-lgone"]
        command = ["g++", "-x", "c", "-", "-x", "none", "-o", name, *words]
        subprocess.run(command, cwd=tmp_path, input=code, text=True, check=True, timeout=60)
    (tmp_path / "libgone.so").unlink()
    status, result, printed = grade(tmp_path, "tv.q18", f"{tmp_path}/serve {{port}}")
    assert (status, result["verdict"]) == (1, "FAIL"), printed
    assert "error while loading shared libraries: libgone.so" in printed


def test_server_that_ends_with_127_after_it_served_has_a_fault(tmp_path: pathlib.Path) -> None:
    server = tmp_path / "serve.py"
    server.write_text(
        "import os, socket, sys\n"
        "server = socket.create_server(('', int(sys.argv[1])))\n"
        "client = server.accept()[0]\n"
        "client.sendall(client.recv(100))\n"
        "os._exit(127)\n"
    )
    status, result, printed = grade(tmp_path, "tv.q18", f"{PYTHON} {server} {{port}}")
    assert (status, result["verdict"]) == (1, "FAIL"), printed
    assert any(reason.startswith("h1-echo-server on h1 ends with status 127") for reason in result["reasons"])


def test_question_that_needs_an_option_is_skipped_without_it(tmp_path: pathlib.Path) -> None:
    status, result, printed = grade(tmp_path, "echo.api", f"{PYTHON} {STUDENT} {{port}} {{reply_prefix}} {{goodbye}}")
    assert (status, result["verdict"]) == (0, "SKIPPED"), printed
    assert result["reasons"] == ["echo-server: the command has no {welcome}, which echo.api needs"]
    assert result["reasons"][0] in printed
    assert not result["transcript"], "nothing was started"


def test_who_speaks_another_protocol_than_ours_is_not_asked_in_ours(tmp_path: pathlib.Path) -> None:
    """An echo service over UDP and TCP: round trips can be measured to it, and no sheet asks for more."""
    echo = 'sh -c "socat UDP4-RECVFROM:{port},fork EXEC:cat & exec socat TCP4-LISTEN:{port},reuseaddr,fork EXEC:cat"'
    status, result, printed = grade(tmp_path, "services.ex04-responder", echo, "rtt-responder")
    assert (status, result["verdict"]) == (0, "SKIPPED"), printed
    assert "rtt-responder does not speak docs/protocols/rtt.md" in " ".join(result["reasons"])


def test_programs_know_the_question(tmp_path: pathlib.Path) -> None:
    """One that has nothing for this question can say so."""
    command = "sh -c 'test \"$LAB_QUESTION\" = tv.q18 && exit 127; exit 1'"
    _, result, printed = grade(tmp_path, "tv.q18", command)
    assert result["verdict"] == "SKIPPED", printed


_LISTENS = "import os, socket, sys; s = socket.create_server(('', 1234)); sys.stdin.read(); os._exit(127)"
_SENDS = "import os, socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('10.0.0.2', 9)); os._exit(127)"
ENDS = {
    "says nothing, does nothing": ("sh -c 'exit 127'", "SKIPPED"),
    "prints something": ("sh -c 'echo hello; exit 127'", "hello"),
    "complains": ("sh -c 'no-such-command'", "no-such-command: not found"),
    "listened": (f'{PYTHON} -c "{_LISTENS}"', "ends with status 127"),
    "sent something": (f'{PYTHON} -c "{_SENDS}"', "ends with status 127"),
    "sent something beside another program": (f'{PYTHON} -c "{_SENDS}"', "SKIPPED"),
    "another status": ("sh -c 'exit 3'", ""),
    "status 0": ("true", ""),
}


def ends_of_programs() -> None:
    from harness.world.network import Network
    from topologies.single import Single

    with Network(Single(2)) as network:
        for name, (command, wanted) in ENDS.items():
            folder = pathlib.Path("/tmp") / name.replace(" ", "-").replace(",", "")
            folder.mkdir()
            lab = Lab(network, folder, {"netcat": command}, machine.programs_folder(), folder, folder, ("netcat",), 1)
            lab.record(network.net.get("h1").defaultIntf(), 0)
            lab.recorders["h1-eth0"].wait_live()
            if "beside" in name:
                lab.h1.start_command("sleep", 60)
            program = lab.h1.start("netcat")
            if name == "listened":
                program.wait_listening(1234)
            program.end_input()
            program.wait()
            try:
                lab.check_implemented()
                said = " ".join(f"{row.what} {row.found}" for row in lab.expectations if not row.passed)
            except NotImplementedByRole:
                said = "SKIPPED"
            assert wanted in said if wanted else said == "", f"{name}: {said!r}"
            lab.close()


def test_what_an_end_with_127_means() -> None:
    run(ends_of_programs)


def test_program_that_ends_at_once_fails_with_its_own_words(tmp_path: pathlib.Path) -> None:
    status, result, printed = grade(tmp_path, "tv.q18", "/bin/sh -c 'echo no config file >&2; exit 3'")
    assert (status, result["verdict"]) == (1, "FAIL"), printed
    reason = " ".join(result["reasons"])
    assert "h1-echo-server on h1 ended with status 3, while waiting for" in reason
    assert "to listen on tcp port 1234" in reason
    assert "no config file" in reason


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ("mine {prot}", "does not know {prot}; it has {port}, {mode}"),
        ("", "write ROLE=COMMAND"),
        ("mine 'x", "No closing quotation"),
        ("/no/such/program {port}", "there is no program '/no/such/program'"),
    ],
)
def test_command_that_cannot_be_used_is_refused(tmp_path: pathlib.Path, command: str, complaint: str) -> None:
    status, _, printed = grade(tmp_path, "tv.q18", command)
    assert (status, complaint in printed) == (2, True), printed


def test_hand_in_of_several_files(tmp_path: pathlib.Path) -> None:
    """It is seen whole where it is named, and file by file where it is not."""
    folder = tmp_path / "ana"
    folder.mkdir()
    (folder / "server.py").write_text("import student_echo\n\nstudent_echo.main()\n")
    (folder / "student_echo.py").write_text(STUDENT.read_text())
    for name, options, wanted in (("alone", [], "FAIL"), ("whole", ["--hand-in", str(folder)], "PASS")):
        script = "server.py" if options else f"{folder}/server.py"
        outcome = subprocess.run(
            [sys.executable, "-m", "harness.cli", "run", "tv.q18", "--out", str(tmp_path / name), *options,
             "--with", f"echo-server={PYTHON} {script} {{port}} fork"],
            cwd=ROOT, capture_output=True, text=True, timeout=150, check=False, env={**os.environ, "NO_COLOR": "1"},
        )  # fmt: skip
        result = json.loads((tmp_path / name / "tv.q18" / "result.json").read_text())
        assert result["verdict"] == wanted, outcome.stderr
        assert ("--hand-in FOLDER shows it all" in outcome.stderr) == (wanted == "FAIL")
        assert (f"--hand-in {folder}" in result["command"]) == bool(options)


def test_who_writes_beside_a_hand_in_is_told_where_to(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "ana"
    folder.mkdir()
    (folder / "server.py").write_text("open('server.log', 'w')\n")
    status, _, printed = grade(tmp_path, "tv.q18", f"{PYTHON} server.py {{port}}", options=["--hand-in", str(folder)])
    assert (status, f"{folder}, where it starts, is read-only; it may write below /tmp" in printed) == (1, True), printed


def test_hand_in_that_holds_the_judge_is_refused(tmp_path: pathlib.Path) -> None:
    for options in (["--hand-in", str(ROOT)], ["--with", f"echo-server=cat {ROOT.parent} {{port}}"]):
        words = options if "--with" in options else [*options, "--with", f"echo-server={PYTHON} tests/harness/students/student_echo.py {{port}}"]
        outcome = subprocess.run(
            [sys.executable, "-m", "harness.cli", "run", "tv.q18", "--out", str(tmp_path / "out"), *words],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert outcome.returncode == 2 and "put the hand-in into a folder of its own" in outcome.stderr, outcome.stderr
        assert not (tmp_path / "out").exists()


def test_ctrl_c_reaches_the_children_too(tmp_path: pathlib.Path) -> None:
    """As on a terminal: a server whose parent does not pass it on has no fault."""
    server = tmp_path / "mine.py"
    server.write_text(
        "import os, signal, socket, sys\n"
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        "server = socket.create_server(('', int(sys.argv[1])), backlog=64)\n"
        "try:\n"
        "    while True:\n"
        "        client = server.accept()[0]\n"
        "        if os.fork() == 0:\n"
        "            server.close()\n"
        "            while data := client.recv(65536):\n"
        "                client.sendall(data)\n"
        "            os._exit(0)\n"
        "        client.close()\n"
        "except KeyboardInterrupt:\n"
        "    pass\n"
    )
    status, result, printed = grade(tmp_path, "tv.q18", f"{PYTHON} {server} {{port}}")
    assert (status, result["verdict"]) == (0, "PASS"), printed
