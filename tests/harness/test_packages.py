"""packages.txt: whatever a command starts or imports belongs to a section of that command; and what is not installed is unpacked."""

from __future__ import annotations

import importlib.util
import json
import os
import pathlib
import re
import subprocess

import pytest

from harness.judge import scenario
from harness.judge.roles import ROLES
from harness.world import machine, tools_needed, unpacked
from tests.fresh import evidence
from tests.harness import debian
from tests.harness.uses import Use, program, uses

ROOT = machine.ROOT
# Files → the sections that are installed when they are at work; the longest beginning of a name counts. What is missing goes to the last.
SECTIONS = {
    "lab": ("run",), "harness/": ("run",), "scenarios/": ("questions", "run"), "topologies/": ("run",),
    "tests/": ("run", "questions", "test"), ".ci/run": ("run", "questions", "test", "clone", "fresh", "lint"), "tests/fresh/": ("run", "clone", "fresh"),
    "tests/lint/": ("run", "lint"), "tests/coverage.sh": ("run", "questions", "test", "coverage"),
    "tests/changed.py": ("run", "questions", "test", "clone"), "tests/vm/": ("run", "clone", "fresh", "vm"), "bench/": ("run", "bench"),
    # at work in the emulated machine
    **dict.fromkeys(("tests/vm/guest.py", "tests/vm/steps.py", "tests/vm/scenarios/", "tests/vm/make_disk.sh", "tests/vm/test_netem.py"),
                    ("run", "guest")),
}  # fmt: skip
# What looks like it and is none, or is done without where it is not there.
IGNORED = {
    ("lab", "sudo"): "only root can do without, and the others are told",
    ("tests/fresh/bare_root.sh", "sudo"): "the same",
    ("tests/fresh/tree.sh", "update-ca-certificates"): "run in a tree that has it",
    ("tests/harness/test_changed.py", "git"): "left out where it is not there",
    ("tests/harness/test_flow_chart.py", "open"): "a system call",
    ("tests/harness/test_sandbox.py", "java"): "words of a command that is not run",
    ("tests/harness/test_sandboxed_programs.py", "javac"): "left out where it is not there",
    ("harness/judge/mutant.py", "cc"): "g++ brings it; for right programs and mutants, not for questions",
    ("scenarios/services/right/programs/http_curl.sh", "curl"): "a right program, which [test] brings",
    ("scenarios/services/right/programs/http_wget.sh", "wget"): "the same",
    ("scenarios/services/right/http.py", "curl"): "the same",
    ("scenarios/services/right/http.py", "wget"): "the same",
    ("tests/harness/test_truth_about_runs.py", "sudo"): "words that are said",
    ("tests/vm/test_netem.py", "pytest"): "tests/vm/image.py adds it",
    ("tests/vm/test_netem.py", "hypothesis"): "tests/vm/image.py adds it",
}
OF_BENCHES = {"xinetd"}  # unpacked, and started by no question
OURS = {"harness", "scenarios", "topologies", "tests", "bench"}


def files() -> list[pathlib.Path]:
    folders = ("harness", "scenarios", "topologies", "tests", "bench")
    found = [file for folder in folders for pattern in ("*.py", "*.sh") for file in (ROOT / folder).rglob(pattern)]
    return [ROOT / "lab", ROOT / ".ci/run", *sorted(found)]


def named(use: Use) -> str:
    return str(use.file.relative_to(ROOT))


def sections_of(name: str) -> tuple[str, ...]:
    return SECTIONS[max((beginning for beginning in SECTIONS if name.startswith(beginning)), key=len)]


def place_of(use: Use) -> str | None:
    """The file on this machine that is started, imported or named."""
    if use.kind != "module":
        return use.name if use.kind == "file" else program(use.name)
    found = importlib.util.find_spec(use.name)
    return found.origin if found and found.origin else None


def is_ours(use: Use) -> bool:
    if use.kind == "module":
        return use.name in OURS or (use.file.parent / f"{use.name}.py").exists()
    built = "/" not in use.name and (machine.programs_folder() / use.name).exists()
    return use.kind == "program" and (built or "…" in use.name or use.name.startswith("./"))


def misplaced(found: list[Use], listed: dict[str, list[str]]) -> list[str]:
    """A sentence for each use of a package that does not belong to the sections of the file."""
    allowed = {sections: debian.base() | debian.closure({one for name in sections for one in listed.get(name, [])})
               for sections in set(SECTIONS.values())}  # fmt: skip
    sentences = []
    for use in found:
        name = named(use)
        sections = sections_of(name)
        if is_ours(use) or (name, use.name) in IGNORED or use.name in unpacked.PROGRAMS:
            continue
        verb = {"program": "starts", "module": "imports", "file": "reads"}[use.kind]
        place = place_of(use)
        if place is None:
            if (use.sure or use.kind == "module") and sections[-1] in ("run", "test"):
                sentences.append(f"{name}:{use.line} {verb} {use.name}, which this machine has not: add its package to [{sections[-1]}]")
            continue
        package = debian.owner(place)
        if package and package not in allowed[sections]:
            why = f"{name}:{use.line} {verb} {use.name}, of the package {package}, which the sections of that file do not bring along"
            sentences.append(f"{why}: {remedy(package, sections[-1], listed)}")
    return sentences


def remedy(package: str, section: str, listed: dict[str, list[str]]) -> str:
    """What to move where in packages.txt."""
    for other, names in listed.items():
        for name in names:
            if package == name or (other != "unpacked" and package in debian.closure({name}) - debian.base()):
                return f"move {name} from [{other}] to [{section}] in packages.txt"
    return f"add {package} to [{section}] in packages.txt"


@pytest.fixture(scope="module")
def everything() -> list[Use]:
    if not debian.is_debian():
        pytest.skip("this machine has no dpkg")
    by_roles = [Use(role.folder / "roles.toml", 1, "program", role.template[0], True) for role in ROLES.values() if role.folder]
    return [*(use for file in files() for use in uses(file)), *by_roles]


def test_what_is_used_belongs_to_the_section_of_its_command(everything: list[Use]) -> None:
    assert misplaced(everything, machine.sections()) == []


@pytest.mark.parametrize(
    ("package", "put", "file", "use", "right"),
    [
        ("nftables", "test", "scenarios/group/kit/family.py", "starts nft, of the package nftables,", "run"),
        ("graphviz", "bench", "scenarios/tv/kit/flow_chart.py", "starts dot, of the package ", "run"),
        ("net-tools", "test", "harness/stage/tools.py", "starts netstat, of the package net-tools,", "run"),
        ("strace", "vm", "harness/evidence/trace/strace.py", "starts strace, of the package strace,", "run"),
        ("git", "guest", "tests/vm/payload.py", "starts git, of the package git,", "vm"),
        ("python3-jinja2", "test", "harness/report/page.py", "imports jinja2, of the package python3-jinja2,", "run"),
        ("shellcheck", "bench", "tests/lint/__main__.py", "starts shellcheck, of the package shellcheck,", "lint"),
    ],
)
def test_finds_what_is_listed_elsewhere(everything: list[Use], package: str, put: str, file: str, use: str, right: str) -> None:
    if right in ("lint", "vm") and not debian.installed(package):
        pytest.skip(f"{package} is not installed, so that nobody knows what belongs to it")
    listed = {name: [one for one in names if one != package] for name, names in machine.sections().items()}
    if package == "net-tools":
        listed["run"].remove("mininet")  # which needs it
    listed[put].append(package)
    found = misplaced(everything, listed)
    wanted = [sentence for sentence in found if sentence.startswith(f"{file}:") and f" {use}" in sentence]
    assert wanted and all(sentence.endswith(f": move {package} from [{put}] to [{right}] in packages.txt") for sentence in wanted), found


def test_tests_may_use_what_questions_use(everything: list[Use]) -> None:
    listed = {name: [one for one in names if one != "shellcheck"] for name, names in machine.sections().items()}
    listed["run"].append("shellcheck")
    assert not any("shellcheck" in sentence for sentence in misplaced(everything, listed))


def test_finds_what_is_listed_nowhere(everything: list[Use]) -> None:
    listed = {name: [one for one in names if one not in ("nftables", "lsof")] for name, names in machine.sections().items()}
    found = misplaced(everything, listed)
    assert any(sentence.endswith("add nftables to [run] in packages.txt") for sentence in found)
    assert any(sentence.endswith("add lsof to [run] in packages.txt") for sentence in found)


PYTHON = '''
"""tshark -r does not count here."""
import os, subprocess, numpy as np
from click import echo
def f(host, inside, name):
    subprocess.run([*inside, "tc", "qdisc"], check=True)
    subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "chrt", "-i", "0", "socat", "-u"])
    command = f"mn --topo single,{name}"
    host.cmd("ip link set lo up; nft flush ruleset")
    host.run("no-such-tool-anywhere", "-x")
    host.start_command("sh", "-c", f"sleep 1 & lsof -n | grep {name}", name="x")
    "ping -c1 10.0.0.1".split()
    os.execvp("nc", ["nc", name])
    read("/etc/services")
    raise ValueError("strace -f is not said to be started here")
'''
SHELL = """
# telnet does not count here
if ! command -v git >/dev/null; then tshark -v | grep 4; fi
socat - "$(lsof -n)" && exec nc -l
cat <<'HELP'
strace is explained
HELP
PATH=$PATH:/sbin ip link
"""


def test_reads_commands(tmp_path: pathlib.Path) -> None:
    (tmp_path / "code.py").write_text(PYTHON)
    (tmp_path / "script.sh").write_text(SHELL)
    found = {(use.kind, use.name, use.sure) for use in uses(tmp_path / "code.py")}
    started = {name for kind, name, _ in found if kind == "program"}
    assert started >= {"tc", "setpriv", "chrt", "socat", "mn", "ip", "nft", "sh", "sleep", "lsof", "grep", "ping", "nc"}
    assert not started & {"tshark", "strace"}
    assert ("program", "no-such-tool-anywhere", True) in found
    assert {name for kind, name, _ in found if kind == "module"} == {"numpy", "click"}
    assert ("file", "/etc/services", False) in found
    assert {use.name for use in uses(tmp_path / "script.sh")} >= {"git", "tshark", "grep", "socat", "lsof", "nc", "ip"}
    assert not {use.name for use in uses(tmp_path / "script.sh")} & {"telnet", "strace", "command"}


# One question for each tool


def without_question(found: list[Use], listed: set[str]) -> list[str]:
    """What questions start, and neither has a question in the list nor comes with a package of which another tool has."""
    asked = {debian.owner(place) for tool in listed if (place := program(tool))} | debian.base()
    of_questions = [
        use for use in found if named(use).startswith(("harness/", "scenarios/", "topologies/")) and (named(use), use.name) not in IGNORED
    ]
    started = [(use, program(use.name)) for use in of_questions if use.kind == "program" and not is_ours(use)]
    return [f"{named(use)}:{use.line} starts {use.name}" for use, place in started if place and debian.owner(place) not in asked]


def test_each_tool_has_a_question_on_the_bare_debian(everything: list[Use]) -> None:
    listed = {tool for section in evidence.read(evidence.QUESTIONS).values() for tool in section}
    assert without_question(everything, listed) == [], f"name a question for each in {evidence.QUESTIONS}"
    assert listed >= set(unpacked.PROGRAMS) - OF_BENCHES
    lacking = without_question(everything, listed - {"nft", "telnet"})
    assert {sentence.partition(" ")[2] for sentence in lacking} == {"starts nft", "starts telnet"}


def test_questions_of_the_bare_debian_exist() -> None:
    asked = {question for section in evidence.read(evidence.QUESTIONS).values() for question in section.values()}
    assert asked <= set(scenario.all_scenarios())


def test_a_question_that_starts_another_tool_is_noticed(tmp_path: pathlib.Path) -> None:
    (tmp_path / "tv.q02").mkdir()
    entry = '{"kind": "%s", "text": "%s"}'
    rows = [entry % ("start", "nc -l 1234"), entry % ("output", "lsof -n"), entry % ("start", "sh -c 'sleep 1; /usr/bin/socat -u - x'")]
    (tmp_path / "tv.q02" / "result.json").write_text('{"transcript": [%s]}' % ", ".join(rows))
    wanted = dict.fromkeys(("nc", "socat", "lsof", "sleep", "slee"), "tv.q02")
    said = evidence.not_started(wanted, tmp_path)
    assert [re.match(r"tv\.q02 did not start (\S+):", sentence)[1] for sentence in said] == ["lsof", "slee"]  # type: ignore[index]


# What is not installed


def test_the_package_of_a_missing_tool_is_one_that_is_listed() -> None:
    assert set(tools_needed.PACKAGES.values()) <= set(machine.packages("run", "questions"))


def test_unpacked_programs_and_packages_agree() -> None:
    assert sorted(machine.packages("unpacked")) == sorted(set(unpacked.PROGRAMS.values()))


@pytest.fixture
def elsewhere(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setenv("WIREPROOF_BUILD", str(tmp_path / "build" / "release"))
    return tmp_path / "build" / "release" / "unpacked"


def test_unpacks_once_and_works_without_a_network(elsewhere: pathlib.Path) -> None:
    said: list[str] = []
    failed = unpacked.prepare(["nc", *unpacked.PROGRAMS], said.append)
    if failed:
        pytest.skip(f"no way to Debian's mirror: {failed}")
    packages = sorted(set(unpacked.PROGRAMS.values()))
    assert len(said) == len(packages) and all(package in words for package, words in zip(packages, said, strict=True))
    files = {name: unpacked.program(name) for name in unpacked.PROGRAMS}
    assert all(file.is_relative_to(elsewhere) and os.access(file, os.X_OK) for file in files.values())
    assert unpacked.resolved("inetd") == str(files["inetd"]) and unpacked.shown(str(files["inetd"])) == "inetd"
    assert unpacked.resolved("nc") == "nc" and unpacked.shown("/x/y") == "/x/y"
    assert sorted(path.name for path in elsewhere.iterdir()) == sorted([".lock", *packages]), "nothing else stays"
    again = subprocess.run(["unshare", "--user", "--map-root-user", "--net", "/usr/bin/python3", "-P", "-m", "harness.world.unpacked"],
                           env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)  # fmt: skip
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    if debian.is_debian():
        listed = subprocess.run(["ldd", *files.values()], capture_output=True, text=True, check=True).stdout
        libraries = re.findall(r"=> (\S+)", listed)
        assert libraries and "not found" not in listed
        allowed = debian.base() | debian.closure(set(machine.packages("run")))
        assert {str(debian.owner(path)) for path in libraries} <= allowed, "its libraries belong to [run]"


def test_says_what_to_do_without_a_network(elsewhere: pathlib.Path) -> None:
    done = subprocess.run(["unshare", "--user", "--map-root-user", "--net", "/usr/bin/python3", "-P", "-m", "harness.world.unpacked"],
                          env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 1
    assert "openbsd-inetd could not be had: 'apt-get" in done.stderr and "Temporary failure resolving" in done.stderr
    assert not (elsewhere / "openbsd-inetd").exists()
    with pytest.raises(unpacked.NotUnpacked, match="the program inetd is missing: its package, openbsd-inetd, .*; with a network, './lab setup'") as caught:
        unpacked.resolved("inetd")
    assert "Temporary failure resolving" in str(caught.value) and f"dpkg -x openbsd-inetd_*.deb {elsewhere}" in str(caught.value)


def test_a_question_without_its_program_cannot_be_judged_and_others_can(elsewhere: pathlib.Path, tmp_path: pathlib.Path) -> None:
    built = ROOT / "build" / "release"
    if not (built / "bin").is_dir():
        pytest.skip("this clone is not built")
    elsewhere.parent.mkdir(parents=True)
    for name in ("bin", "assets"):
        (elsewhere.parent / name).symlink_to(built / name)
    out = tmp_path / "evidence"
    command = ["/usr/bin/python3", "-P", "-m", "harness.cli", "run", "echo.inetd", "tv.q01", "--out", out]
    done = subprocess.run(["unshare", "--user", "--map-root-user", "--net", *command], env={**os.environ, "PYTHONPATH": str(ROOT)},
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 3, done.stderr
    results = {name: json.loads((out / name / "result.json").read_text()) for name in ("echo.inetd", "tv.q01")}
    assert results["tv.q01"]["verdict"] == "PASS", results["tv.q01"]["reasons"]
    assert results["echo.inetd"]["verdict"] == "INCONCLUSIVE"
    reason = results["echo.inetd"]["reasons"][0]
    assert "its package, openbsd-inetd" in reason and "./lab setup" in reason
    assert not results["echo.inetd"]["earlier"], "another try would not find it either"
