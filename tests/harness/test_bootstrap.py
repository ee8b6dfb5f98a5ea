"""The lab script: what it installs, asks, builds and says, tried on the real repository and on a very small project."""

from __future__ import annotations

import fcntl
import os
import pathlib
import pty
import re
import shutil
import subprocess

import pytest

from harness.world import machine

ROOT = pathlib.Path(__file__).resolve().parents[2]
ABSENT = "wireproof-no-such-package"
SECTIONS = ["run", "unpacked", "questions", "test", "lint", "coverage", "bench", "fuzz", "clone", "fresh", "vm", "guest"]


def environment(**more: str) -> dict[str, str]:
    """The tests' own environment without what they inherit from ./lab and CI."""
    inherited = {key: value for key, value in os.environ.items() if key not in ("CI", "WIREPROOF_BUILD", "WIREPROOF_PACKAGES")}
    return {**inherited, **more}


def lab(*words: str, root: pathlib.Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [root / "lab", *words], env=environment(**variables), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip


# What it installs


def test_package_list_is_well_formed() -> None:
    names = []
    for section in SECTIONS:
        found = machine.packages(section)
        assert found, f"[{section}] is empty"
        names += found
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", name) for name in names), names
    assert len(names) == len(set(names)), "a package stands twice"
    headings = re.findall(r"^\[(.*)\]$", (ROOT / "packages.txt").read_text(), re.MULTILINE)
    assert headings == SECTIONS


def test_packages_exist_in_debian() -> None:
    if 'VERSION_ID="12"' not in pathlib.Path("/etc/os-release").read_text():
        pytest.skip("this is not Debian 12")
    if not list(pathlib.Path("/var/lib/apt/lists").glob("*_Packages*")):
        pytest.skip("apt has no lists here")
    wanted = machine.packages(*SECTIONS)
    outcome = subprocess.run(["apt-cache", "policy", *wanted], capture_output=True, text=True, check=True)
    candidates = dict(re.findall(r"^(\S+):\n  Installed: .*\n  Candidate: (.*)$", outcome.stdout, re.MULTILINE))
    assert [name for name in wanted if candidates.get(name, "(none)") == "(none)"] == []


@pytest.fixture
def lacking(tmp_path: pathlib.Path) -> str:
    """A list with one package that is there and one that no machine has."""
    file = tmp_path / "packages.txt"
    file.write_text(f"# a comment\n[run]\nbash  # here\n{ABSENT}\n[test]\nanother-one\n")
    return str(file)


def test_refuses_to_install_unasked(lacking: str) -> None:
    outcome = lab("run", WIREPROOF_PACKAGES=lacking)
    assert outcome.returncode == 3, "nothing was judged"
    assert lab("setup", WIREPROOF_PACKAGES=lacking).returncode == 1
    assert ABSENT in outcome.stderr and "--yes" in outcome.stderr
    assert f"apt-get install -y --no-install-recommends {ABSENT}" in outcome.stderr
    assert "bash" not in outcome.stderr and "another-one" not in outcome.stderr


def test_asks_once_on_a_terminal(lacking: str) -> None:
    leader, follower = pty.openpty()
    try:
        os.write(leader, b"n\n")
        outcome = subprocess.run(
            [ROOT / "lab", "setup"], env=environment(WIREPROOF_PACKAGES=lacking), stdin=follower, stdout=follower,
            stderr=follower, timeout=60, check=False,
        )  # fmt: skip
        said = os.read(leader, 65536).decode()
    finally:
        os.close(leader)
        os.close(follower)
    assert outcome.returncode == 1
    assert said.count("[y/N]") == 1 and "nothing was installed" in said


@pytest.mark.parametrize("answer", [("--yes",), ()], ids=["yes", "CI"])
def test_reports_what_apt_says(project: pathlib.Path, lacking: str, answer: tuple[str, ...]) -> None:
    tools = project / "tools"
    tools.mkdir()
    (tools / "apt-get").write_text(f'#!/bin/sh\necho "E: Unable to locate package {ABSENT}: $*"\nexit 100\n')
    (tools / "sudo").write_text('#!/bin/sh\n[ "$1" = -n ] && shift\nexec "$@"\n')
    for tool in tools.iterdir():
        tool.chmod(0o755)
    outcome = lab("setup", *answer, root=project, WIREPROOF_PACKAGES=lacking, CI="" if answer else "true",
                  PATH=f"{tools}:{os.environ['PATH']}")  # fmt: skip
    assert outcome.returncode == 1
    assert f"E: Unable to locate package {ABSENT}" in outcome.stderr
    assert str(project / "build" / "logs" / "install.log") in outcome.stderr


def test_asks_for_what_questions_need(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "packages.txt"
    file.write_text(f"[run]\nbash\n[questions]\nbash\n{ABSENT}\nanother-one\n")
    outcome = lab("packages", ABSENT, "bash", "of-no-list", WIREPROOF_PACKAGES=str(file))
    assert outcome.returncode == 1 and f"apt-get install -y --no-install-recommends {ABSENT}\n" in outcome.stderr, "of those that are named, what is missing"
    for named in ((), ("bash", "of-no-list")):
        outcome = lab("packages", *named, WIREPROOF_PACKAGES=str(file))
        assert (outcome.returncode, outcome.stdout, outcome.stderr) == (0, "", "")


def test_unreadable_list_is_named() -> None:
    outcome = lab("setup", WIREPROOF_PACKAGES="/nonexistent/list")
    assert outcome.returncode == 1 and "/nonexistent/list" in outcome.stderr


# What it takes and what it refuses


@pytest.mark.parametrize("words", [("bogus",), ("test", "bogus"), ("test", "--bogus"), ("setup", "bogus"), ("fresh", "--bogus")], ids=" ".join)
def test_wrong_usage(words: tuple[str, ...]) -> None:
    outcome = lab(*words)
    assert outcome.returncode == 2
    assert "bogus" in outcome.stderr


@pytest.mark.parametrize("words", [(), ("--help",), ("run", "--help"), ("test", "-h"), ("setup", "--help"), ("fresh", "-h"), ("list",)], ids=" ".join)
def test_tells_without_installing_or_building(lacking: str, words: tuple[str, ...]) -> None:
    outcome = lab(*words, WIREPROOF_PACKAGES=lacking)
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout and not outcome.stderr


def test_yes_may_stand_anywhere() -> None:
    assert lab("--yes", "list").stdout == lab("list", "--yes").stdout == lab("list").stdout != ""


def test_papers_name_the_commands() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "./lab run" in readme and "./lab test" in readme and "packages.txt" in readme
    assert "./lab" in (ROOT / "Vagrantfile").read_text()
    assert '"$lab" lint' in (ROOT / ".ci" / "run").read_text()
    assert '"$lab" fresh' in (ROOT / ".ci" / "run").read_text() and '"$lab" test' in (ROOT / ".ci" / "run").read_text()


# What of the caller's it keeps out


def odd_locale(folder: pathlib.Path) -> dict[str, str]:
    """An environment in which text is ISO 8859-1; where this machine cannot make such a locale, ASCII."""
    made = shutil.which("localedef") and subprocess.run(
        ["localedef", "-i", "fr_FR", "-f", "ISO-8859-1", folder / "fr_FR.ISO-8859-1"], capture_output=True, check=False
    )
    return {"LOCPATH": str(folder), "LC_ALL": "fr_FR.ISO-8859-1"} if made and made.returncode == 0 else {"LC_ALL": "C"}


PYTHON_SETTINGS = {
    "PYTHONHOME": "/nowhere", "PYTHONOPTIMIZE": "2", "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0",
    "PYTHONSTARTUP": "/nowhere", "PYTHONWARNINGS": "error",
}  # fmt: skip


def test_settings_for_python_and_locales_do_not_reach_us(tmp_path: pathlib.Path) -> None:
    said = lab("show", "tv.q03", **PYTHON_SETTINGS, **odd_locale(tmp_path))
    assert (said.returncode, said.stderr) == (0, ""), said.stderr
    assert said.stdout == lab("show", "tv.q03").stdout and max(map(ord, said.stdout)) > 255


def test_a_question_passes_under_them(tmp_path: pathlib.Path) -> None:
    if not (ROOT / "build" / "release" / ".configured").exists():
        pytest.skip("this clone is not built")
    ran = lab("run", "tv.q03", "--out", str(tmp_path / "evidence"), **PYTHON_SETTINGS, **odd_locale(tmp_path))
    assert ran.returncode == 0 and "1 PASS" in ran.stderr, ran.stderr


# What it does without somebody to tell


def lab_under(redirections: str, *words: str, root: pathlib.Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f'exec "$@" {redirections}', "bash", root / "lab", *words], env=environment(**variables),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("redirections", ["2>&-", "2>/dev/full", "<&- >&- 2>&-", ">/dev/full 2>&1"])
def test_builds_without_a_listener(project: pathlib.Path, redirections: str) -> None:
    outcome = lab_under(redirections, "setup", root=project)
    assert outcome.returncode == 0
    assert (project / "build" / "release" / "small").exists()
    assert not (project / "build" / "logs" / "build-release.log").read_text().startswith("lab:"), "a log is no standard error"


@pytest.mark.parametrize("redirections", [">/dev/full", ">&-"])
def test_help_that_cannot_be_written_is_no_fail(redirections: str) -> None:
    outcome = lab_under(redirections, "test", "--help")
    assert (outcome.returncode, outcome.stderr) == (3, "lab: the help cannot be written to standard output\n")


@pytest.mark.parametrize("redirections", ["2>&-", "2>/dev/full"])
def test_lists_without_standard_error(redirections: str) -> None:
    outcome = lab_under(redirections, "list", "tv.q03")
    assert outcome.returncode == 0 and "\ntv.q03 " in outcome.stdout


# How it builds, on a project of one program


@pytest.fixture
def project(tmp_path: pathlib.Path) -> pathlib.Path:
    root = tmp_path / "a project"
    clips, lint = root / "scenarios" / "tv" / "kit" / "clips", root / "tests" / "lint"
    for folder in (clips, lint, root / "tests" / "harness"):
        folder.mkdir(parents=True)
    shutil.copy(ROOT / "lab", root)
    shutil.copy(ROOT / "CMakePresets.json", root)
    (root / "packages.txt").write_text("[run]\nbash\n")
    (clips / "__main__.py").write_text("import pathlib, sys\npathlib.Path(sys.argv[2]).mkdir(exist_ok=True)\n")
    (lint / "__main__.py").write_text("print('nothing to find fault with')\n")
    (root / "tests" / "harness" / "test_one.py").write_text("def test_one():\n    pass\n")
    (root / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\nproject(small LANGUAGES CXX)\nenable_testing()\n"
        "add_executable(small small.cpp)\nadd_custom_target(programs DEPENDS small)\nadd_test(NAME small COMMAND small)\n"
    )
    (root / "small.cpp").write_text("int main() {}\n")
    return root


def test_builds_once(project: pathlib.Path) -> None:
    first = lab("setup", root=project)
    assert first.returncode == 0, first.stderr
    assert "configuring" in first.stderr and "building" in first.stderr
    assert (project / "build" / "release" / "small").exists()
    second = lab("setup", root=project)
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")


def test_builds_what_is_named(project: pathlib.Path) -> None:
    with (project / "CMakeLists.txt").open("a") as file:
        file.write("add_executable(other small.cpp)\nadd_dependencies(programs other)\n")
    outcome = lab("build", "small", "cat", root=project)
    assert outcome.returncode == 0, outcome.stderr
    built, assets = project / "build" / "release", project / "build" / "release" / "assets"
    assert (built / "small").exists() and not (built / "other").exists() and not assets.exists()
    assert lab("build", "small", "clips", root=project).returncode == 0 and assets.exists()
    with (project / "CMakeLists.txt").open("a") as file:
        file.write("add_executable(new small.cpp)\n")
    assert lab("build", "new", root=project).returncode == 0 and (built / "new").exists(), "a target of today"
    assert lab("setup", root=project).returncode == 0 and (built / "other").exists()


def test_follows_a_clone_that_was_moved(project: pathlib.Path) -> None:
    assert lab("setup", root=project).returncode == 0
    moved = project.rename(project.with_name("moved"))
    (moved / "small.cpp").write_text("int main() { return 0; }\n")
    outcome = lab("setup", root=moved)
    assert outcome.returncode == 0, outcome.stderr
    assert not project.exists()


def test_shows_what_the_compiler_says(project: pathlib.Path) -> None:
    (project / "small.cpp").write_text("int main() { return wrong; }\n")
    outcome = lab("setup", root=project)
    assert outcome.returncode == 1
    assert "‘wrong’ was not declared" in outcome.stderr or "'wrong' was not declared" in outcome.stderr
    assert str(project / "build" / "logs" / "build-release.log") in outcome.stderr
    (project / "small.cpp").write_text("int main() {}\n")
    assert lab("setup", root=project).returncode == 0, "it recovers"


def test_waits_for_another_build(project: pathlib.Path) -> None:
    folder = project / "build" / "release"
    folder.mkdir(parents=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting = subprocess.Popen(
            [project / "lab", "setup"], env=environment(), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        assert waiting.stderr is not None
        assert "waiting for another ./lab" in waiting.stderr.readline()
        assert not (folder / "small").exists()
        fcntl.flock(lock, fcntl.LOCK_UN)
        waiting.communicate(timeout=60)
    assert waiting.returncode == 0 and (folder / "small").exists()


def test_builds_elsewhere_when_the_repository_is_not_ours(project: pathlib.Path, tmp_path: pathlib.Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give the folder away")
    os.chown(project, 65534, 65534)
    outcome = lab("setup", root=project, XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert outcome.returncode == 0, outcome.stderr
    assert not (project / "build").exists()
    assert list((tmp_path / "cache" / "wireproof").glob("*/release/small"))


def test_test_ends_with_both_summaries(project: pathlib.Path) -> None:
    outcome = lab("test", "--quick", "--", "-q", root=project)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    last = outcome.stdout.splitlines()[-2:]
    assert last[0] == "ctest (release): 100% tests passed, 0 tests failed out of 1"
    assert re.match(r"1 passed in ", last[1])


@pytest.mark.parametrize("broken", ["ctest", "pytest"])
def test_test_fails_when_either_fails(project: pathlib.Path, broken: str) -> None:
    if broken == "ctest":
        (project / "small.cpp").write_text("int main() { return 1; }\n")
    else:
        (project / "tests" / "harness" / "test_one.py").write_text("def test_one():\n    assert False\n")
    outcome = lab("test", "--quick", root=project)
    assert outcome.returncode == 1
    assert ("0% tests passed, 1 tests failed out of 1" in outcome.stdout) == (broken == "ctest")
    assert ("1 failed in" in outcome.stdout) == (broken == "pytest")


# The first command on a bare Debian


@pytest.mark.parametrize(("status", "ends"), [(0, 0), (1, 1), (3, 0)], ids=["proved", "not so", "not tried"])
def test_continuous_integration_ends_with_the_summaries(project: pathlib.Path, status: int, ends: int) -> None:
    (project / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", project / ".ci")
    (project / "tests" / "fresh").mkdir()
    script = project / "tests" / "fresh" / "bare_root.sh"
    script.write_text(f'#!/bin/sh\necho "the bare root, built in $1" >&2\nexit {status}\n')
    script.chmod(0o755)
    outcome = subprocess.run(
        [project / ".ci" / "run", "--quick", "--", "-q"], env=environment(CI="true"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert outcome.returncode == ends, outcome.stdout
    lines = outcome.stdout.splitlines()
    assert f"the bare root, built in {project / 'build'}" in lines
    assert "nothing to find fault with" in lines
    assert lines[-2].startswith("ctest (release): 100% tests passed") and re.match(r"1 passed in ", lines[-1])


def test_bare_root_says_that_it_wants_root(tmp_path: pathlib.Path) -> None:
    script = ROOT / "tests" / "fresh" / "bare_root.sh"
    outcome = subprocess.run(
        ["unshare", "--user", script, tmp_path], env=environment(PATH="/usr/bin:/bin"), capture_output=True, text=True, check=False
    )
    assert outcome.returncode == 3
    assert outcome.stderr == "lab: fresh: NOT TRIED: making a tree of another system needs root; 'sudo ./lab fresh' does it\n"
    assert list(tmp_path.iterdir()) == []


def test_imports_nothing_from_the_folder_it_is_called_in(tmp_path: pathlib.Path) -> None:
    for name in ("random", "socket", "harness"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported by mistake')\n")
    outcome = subprocess.run(
        [ROOT / "lab", "list"], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert (outcome.returncode, outcome.stderr) == (0, "")
