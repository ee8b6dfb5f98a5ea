"""What the machine lacks: named with its package and its remedy, and nobody's FAIL."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import tempfile

import pytest

from harness.evidence.capture.recorder import CaptureError
from harness.judge.scenario import ROOT
from harness.run.blame import machine_doubt
from harness.world import machine, tools_needed
from harness.world.tools_needed import PACKAGES, LimitTooLow, ToolMissing, missing_tool, require_descriptors, require_tool, require_tools
from tests.harness.hidden_tools import lab_without
from tests.harness.others import require_readable

# Scenario → the tool that it lacks first where all of them are hidden.
LACKS = {
    "group.4-2-loop": "nft", "tv.q23": "dot", "echo.api": "strace", "group.4-1-1-hostile": "socat", "congestion.flood": "iperf3",
    "tv.q11": "vlc", "tv.q01": "mn", "services.ex06-browsers": "chromium",
}  # fmt: skip
LACKS_OTHERS = {"tv.q02": "nc", "tv.q19": "netstat", "transport.1-2": "netstat"}


def test_every_package_is_in_the_list() -> None:
    assert set(PACKAGES.values()) <= set(machine.packages("run", "questions")), "nothing is asked for that ./lab run would not install"
    assert set(PACKAGES) >= {*LACKS.values(), *LACKS_OTHERS.values(), "telnet", "lsof", "dumpcap", "tshark", "ffmpeg", "bwrap"}


def put(folder: pathlib.Path, name: str, mode: int) -> pathlib.Path:
    file = folder / name
    file.write_text("#!/bin/sh\n")
    file.chmod(mode)
    return file


def test_what_is_there_is_not_asked_for(tmp_path: pathlib.Path) -> None:
    put(tmp_path, "strace", 0o755)
    require_tool("strace", str(tmp_path))
    require_tool(str(tmp_path / "strace"))
    with pytest.raises(ToolMissing, match="^the program lsof is missing; install its package: sudo apt-get install --no-install-.* lsof$"):
        require_tool("lsof", str(tmp_path))
    with pytest.raises(ToolMissing, match="/nowhere/echo-server is missing; build it: ./lab setup"):
        require_tool("/nowhere/echo-server")
    with pytest.raises(ToolMissing, match="the program frobnicate is missing; install the package that has it"):
        require_tool("frobnicate", str(tmp_path))


@pytest.mark.parametrize(
    ("command", "lacking"),
    [
        ("nc -l 7", "nc"), ("nice -n 5 unshare -U vlc udp://@:5000", "vlc"), ("unshare -U nice vlc", "vlc"),
        ("ls socat", None), ("nice", None),
    ],
)  # fmt: skip
def test_programs_that_run_others(command: str, lacking: str | None, tmp_path: pathlib.Path) -> None:
    for name in ("nice", "unshare", "ls"):
        put(tmp_path, name, 0o755)
    if lacking is None:
        require_tools(command.split(), str(tmp_path))
        return
    with pytest.raises(ToolMissing, match=f"the program {lacking} is missing"):
        require_tools(command.split(), str(tmp_path))


def test_what_may_not_be_run(tmp_path: pathlib.Path) -> None:
    """dumpcap as Debian's wireshark-common leaves it to those outside of the group: there, and not for everybody."""
    file = put(tmp_path, "dumpcap", 0o640)
    lack = missing_tool("dumpcap", str(tmp_path))
    assert lack and lack.text == f"the program {file} may not be run by this user (-rw-r-----)"
    assert "usermod -aG wireshark $USER" in lack.remedy and "sudo ./lab" in lack.remedy


def test_a_capture_that_failed_for_want_of_dumpcap_says_so(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    error = CaptureError("dumpcap on h1-eth0 ended with status 255 before it was live: execvp: Permission denied")
    plain = machine_doubt(error)
    assert plain and plain.source == "capture" and not plain.lasting
    put(tmp_path, "dumpcap", 0o640)
    monkeypatch.setenv("PATH", str(tmp_path))
    doubt = machine_doubt(error)
    assert doubt and doubt.lasting and "may not be run by this user" in doubt.text and "wireshark" in doubt.remedy


def test_descriptors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools_needed.resource, "getrlimit", lambda _: (256, 1024))
    require_descriptors(1024, "tcp-server")
    with pytest.raises(LimitTooLow, match=r"tcp-server may need 2,048 open files .* may have 1,024 .*'ulimit -n 4096'.*limits.conf"):
        require_descriptors(2048, "tcp-server")
    monkeypatch.setattr(tools_needed.resource, "getrlimit", lambda _: (256, tools_needed.resource.RLIM_INFINITY))
    require_descriptors(1 << 20, "tcp-server")


@pytest.mark.parametrize("lacks", [LACKS, LACKS_OTHERS, {"echo.clients": "telnet"}], ids=lambda lacks: ",".join(lacks.values()))
def test_a_question_without_its_tool(lacks: dict[str, str], tmp_path: pathlib.Path) -> None:
    """Neither FAIL nor a second try, but the package to install."""
    (tmp_path / "top").mkdir()
    outcome = lab_without([*lacks.values(), "cvlc"], ["run", *lacks, "--out", str(tmp_path / "run")], tmp_path / "top")
    assert outcome.returncode == 3 and "Traceback" not in outcome.stderr, outcome.stderr
    for id, tool in lacks.items():
        result = json.loads((tmp_path / "run" / id / "result.json").read_text())
        said = f"the program {tool} is missing; install its package: sudo apt-get install --no-install-recommends {PACKAGES[tool]}"
        assert (result["verdict"], result["attempt"], result["reasons"][0]) == ("INCONCLUSIVE", 1, said), id


def test_doctor_names_what_is_missing(tmp_path: pathlib.Path) -> None:
    (tmp_path / "top").mkdir()
    outcome = lab_without(["nft", "lsof"], ["doctor"], tmp_path / "top")
    assert outcome.returncode == 1 and "program lsof: the program lsof is missing" in outcome.stdout
    assert "→ install its package" in outcome.stdout


def test_as_an_ordinary_user_outside_of_the_group() -> None:
    """A dumpcap of mode 0750 that belongs to another group, laid over the real one."""
    if os.geteuid() != 0:
        pytest.skip("needs root to make a file of another group")
    require_readable(1000)
    with tempfile.TemporaryDirectory(prefix="wireproof-user-") as name:
        home, real, own = pathlib.Path(name), pathlib.Path("/usr/bin/dumpcap"), pathlib.Path(name, "dumpcap")
        own.write_bytes(real.read_bytes())
        os.chown(own, 0, 4242)
        own.chmod(0o750)
        os.chown(home, 1000, 1000)
        hidden = f'mount --bind {own} {real} && exec setpriv --reuid=1000 --regid=1000 --clear-groups "$@"'
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "HOME": name}
        environment["WIREPROOF_SCENARIOS"] = str(ROOT / "tests/harness/scenarios")

        def as_user(*words: str) -> subprocess.CompletedProcess[str]:
            command = ["unshare", "--mount", "sh", "-c", hidden, "sh", "/usr/bin/python3", "-P", "-m", "harness.cli", *words]
            return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False)

        said = as_user("run", "test.fails", "--out", f"{name}/run")
        assert said.returncode == 3 and "may not be run by this user (-rwxr-x---)" in said.stderr, said.stderr
        assert said.stderr.count("usermod -aG wireshark") == 2, "once as it happened, and once at the end"
        assert "again alone" not in said.stderr
        told = as_user("doctor")
        assert told.returncode == 1 and "program dumpcap" in told.stdout and "usermod -aG wireshark" in told.stdout
