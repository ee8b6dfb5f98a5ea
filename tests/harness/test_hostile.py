"""Programs that mean harm (tests/mutants/hostile) are judged FAIL, or what they did came to nothing, and nothing is read, changed or left.

Each is judged by whoever runs the tests, and by an ordinary user too when that is root; those that use up the machine once, since their
limits do not depend on who judges. WIREPROOF_ONLY (a shell pattern) restricts the kinds, for work on one of them.
"""

from __future__ import annotations

import dataclasses
import fcntl
import fnmatch
import hashlib
import json
import os
import pathlib
import pty
import re
import select
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import pytest

from harness.world import machine
from tests.harness.judging import ORDINARY, ROOT, SCENARIOS, USERS, Judged, Task, as_user, environment, judge, own
from tests.harness.others import require_readable
from tests.machine import machine as quiet_machine

_HOSTILE = ROOT / "tests/mutants/hostile"
_SECRET = "c4n4ry-" + os.urandom(8).hex()
_SERVER = "h1-echo-server"
_ROLES = {
    "test.served": ("echo-server", "{port}"),
    "test.counted": ("tcp-server", "{port} {json}"),
    "test.left": ("rdv-point", "{port} {json}"),
    "test.asked": ("mcast-node", "0 {status_socket}"),
}


@dataclasses.dataclass(frozen=True)
class Case:
    """kind: of tests/mutants/hostile; verdict: what it must be judged, alternatives between bars; says: what its reasons must say;
    limit: the bound that it must run into, as the transcript names it; output: what it must have printed; command: in place of the
    hostile program; weakness: why it still gets its way."""

    kind: str
    verdict: str = "FAIL"
    says: str = ""
    limit: str = ""
    output: str = ""
    scenario: str = "test.served"
    load: float = 0.4
    attempts: int = 3
    command: str = ""
    weakness: str = ""


_NOT_SERVED = "in vain for .* to listen on tcp port 1234"
_OUTPUT, _MEMORY = r"SIGKILL \(it ran into its limit: 16 MiB of output\)", r"SIGKILL \(it ran into its limit: 1024 MiB of memory\)"
_STARVED = "who looks at the processes is kept from the processors"
_UNCOUNTED = "memory that belongs to no process is not counted"
_IDLE = 0.15

CASES = [
    Case("attempts", "PASS", output="all was tried", load=0.9),
    # misdirection
    Case("forge", says=_NOT_SERVED, load=_IDLE),
    Case("substitute", says="none of [0-9]+ could be executed"),
    Case("nameless", says=_NOT_SERVED, load=_IDLE),
    Case("forge-table", "PASS"),
    Case("daemons", "PASS"),
    Case("closed", "PASS"),
    Case("deserter", says="the server runs on|ended with status 0, while waiting for"),
    Case("undying", says="in vain for .* to end", load=_IDLE),
    Case("stopped", says="in vain for .* to end|what is sent comes back", load=_IDLE),
    Case("escapes", says="OWNED"),
    Case("escapes-on-the-wire", says="what is sent comes back"),
    Case("a link to a secret", "INCONCLUSIVE", says="is a link to /etc/shadow", command="/usr/bin/python3 {class}/links/shadow {port}"),
    Case("a link to our solution", "INCONCLUSIVE", says="is a link to .*/echo-server", command="{class}/links/ours {port}"),
    Case("a link to another hand-in", "INCONCLUSIVE", says="is a link to .*/bob", command="/usr/bin/python3 links/bob/solution.py {port}"),
    Case("a folder for a program", says="cannot run .*ana: Permission denied", command="{class}/ana {port}"),
    Case("a word that is no file", "PASS", command="/usr/bin/python3 {class}/ana calm {port} " + "x" * 4000),
    # what is left
    Case("leaves", "PASS", scenario="test.left"),
    Case("leaves-right", "PASS", scenario="test.counted"),
    Case("leaves-fifo", says="counts.json is no regular file", scenario="test.counted"),
    Case("leaves-deep", says="was to write JSON to counts.json", scenario="test.counted"),
    Case("leaves-fifo-without-serving", says=_NOT_SERVED, scenario="test.counted", load=_IDLE),
    Case("silent-socket", says="timed out", scenario="test.asked", load=_IDLE),
    Case("endless-socket", says="says more than", scenario="test.asked"),
    Case("replaced-socket", says="in vain for an answer", scenario="test.asked", load=_IDLE),
]
EXHAUSTION = [
    Case("loud", says=_OUTPUT, load=0.9),
    Case("loud-child-errors", says=_OUTPUT, load=0.9),
    Case("threads", says="ran into a limit: 256 processes"),
    Case("fork-bomb", limit="256 processes", load=1.8),
    Case("memory", says=_MEMORY, load=0.9),
    Case("memory-of-many", says=_MEMORY, load=0.9),
    Case("memory-in-a-crowd", "FAIL|INCONCLUSIVE", says=_MEMORY, load=1.8, attempts=1, weakness=_STARVED),
    Case("shared-memory", says=_MEMORY, load=0.9),
    Case("hidden-memory", says=_MEMORY, load=0.9, weakness=_UNCOUNTED),
    Case("page-tables", says=_MEMORY, load=0.9, weakness=_UNCOUNTED),
    Case("socket-buffers", says=_MEMORY, load=0.9, weakness=_UNCOUNTED),
    Case("small-files", "PASS", output=r"made [0-9]{1,5} files"),
    Case("disk", says="ran into a limit: 64 MiB of scratch", output="'/tmp': 67108864, '/dev/shm': 8388608, '/run': 1048576"),
    Case("waste", says=_NOT_SERVED, load=1.8),
]


def _chosen(cases: list[Case]) -> list[Case]:
    return [case for case in cases if fnmatch.fnmatchcase(case.kind, os.environ.get("WIREPROOF_ONLY", "*"))]


class Class:
    """A class of students on this machine: ana's hand-in is hostile; bob's, keys, notes and the judge's own files are not for her."""

    def __init__(self, user: str, top: pathlib.Path) -> None:
        self.user, self.top = user, top
        self.folder, self.home, self.working, self.run = (top / name for name in ("class", "home", "working", "run"))
        shutil.copytree(_HOSTILE, self.folder / "ana", ignore=shutil.ignore_patterns("__pycache__"))
        for path in (self.folder / "bob/solution.py", self.home / ".ssh/id_ed25519", self.working / "notes.txt", self.working / "2345"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"#!/usr/bin/python3\n# {_SECRET}\n")
        (self.folder / "bob/solution.py").chmod(0o755)
        links = self.working / "links"
        links.mkdir()
        (self.folder / "links").symlink_to(links)
        for name, target in (("shadow", "/etc/shadow"), ("ours", machine.programs_folder().resolve() / "echo-server"), ("bob", self.folder / "bob")):
            (links / name).symlink_to(target)
        self.run.mkdir()
        for folder in (top, self.folder, self.home, self.working, self.run):
            folder.chmod(0o755)
        for folder in (self.folder, self.home, self.working, self.run):
            own(folder, user)

    @property
    def facts(self) -> str:
        """Where things are, so that the word in which it is told is not taken for their names."""
        asset = next(path for path in sorted(machine.assets_folder().resolve().iterdir()) if path.is_file() and not path.name.startswith("."))
        read = {
            "a key": self.home / ".ssh/id_ed25519", "another hand-in": self.folder / "bob/solution.py", "notes": self.working / "notes.txt",
            "a capture": self.run / "attempts/h1-eth0.pcapng", "the transcript": self.run / "attempts/events.jsonl",
            "a verdict": self.run / "forge/result.json", "a hidden input": asset, "the judge": ROOT / "harness/run/worker.py",
            "the question": SCENARIOS / "test/judged.py", "a solution": machine.programs_folder().resolve() / "echo-server",
            "passwords": "/etc/shadow", "the machine's name": "/etc/hostname", "the machine's id": "/etc/machine-id",
            "its users": "/etc/passwd-", "its logs": "/var/log/dpkg.log", "its tables": "/etc/fstab",
        }  # fmt: skip
        folders = [self.run / "attempts", self.run / "attempts/logs", self.run, self.home, self.working, self.folder, self.top, ROOT, "/tmp/home"]
        facts: dict[str, Any] = {
            "secret": _SECRET,
            "evidence": [str(self.run), str(self.home), str(self.working)],
            "read": {name: str(path) for name, path in read.items()},
            "folders": [str(folder) for folder in folders],
            "solutions": [read["a solution"], read["another hand-in"]],
        }
        return json.dumps(facts, default=str).encode().hex()

    def command(self, case: Case) -> str:
        """What stands in the role; {port} and other parameters are the runner's to fill in."""
        role, words = _ROLES[case.scenario]
        if case.command:
            return case.command.replace("{class}", str(self.folder))
        return f"/usr/bin/python3 {self.folder}/ana {case.kind} {words} {self.facts}"

    def tasks(self) -> list[Task]:
        return [
            Task(_name(case), case.scenario, {_ROLES[case.scenario][0]: self.command(case)}, case.load, case.attempts)
            for case in _chosen(CASES + EXHAUSTION if self.user == USERS[0] else CASES)
        ]


def _name(case: Case) -> str:
    return case.kind.replace(" ", "-")


def _digest(path: pathlib.Path) -> str:
    facts = path.lstat()
    content = os.readlink(path) if path.is_symlink() else ""
    if stat.S_ISREG(facts.st_mode):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{facts.st_mode:o} {facts.st_uid} {facts.st_mtime_ns} {content}"


def _machine(one: Class) -> dict[str, object]:
    """What a hostile program might have changed outside of the evidence."""
    folders = [one.folder, one.home, one.working, _HOSTILE, machine.programs_folder()]
    files = {str(path): _digest(path) for folder in folders for path in sorted(folder.rglob("*")) if "__pycache__" not in path.parts}
    for name in ("/etc/passwd", "/etc/group", "/etc/hosts", "/etc/ld.so.cache", "/usr/bin/env"):
        files[name] = _digest(pathlib.Path(name))
    listed = {name: sorted(os.listdir(name)) for name in ("/", "/etc", "/usr", "/usr/local", "/usr/bin", "/home", str(one.top), str(ROOT))}
    settings = ("kernel/core_pattern", "kernel/hostname", "net/ipv4/ip_forward", "net/ipv4/ip_nonlocal_bind", "vm/overcommit_memory")
    return {
        **files, **listed,
        **{name: pathlib.Path("/proc/sys", name).read_text() for name in settings},
        "interfaces": sorted(os.listdir("/sys/class/net")),
        **{name: _columns(pathlib.Path("/proc/net", name)) for name in ("route", "if_inet6")},
    }  # fmt: skip


def _columns(table: pathlib.Path) -> list[str]:
    return [" ".join(line.split()[:4]) for line in table.read_text().splitlines()]


def _left_behind(one: Class) -> list[str]:
    """Processes that have to do with the class."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = pathlib.Path("/proc", entry, "cmdline").read_bytes().decode("utf-8", "replace")
        except OSError:
            continue
        if str(one.top) in words:
            found.append(f"{entry} {words[:200]!r}")
    return found


@dataclasses.dataclass
class Outcome:
    one: Class
    judged: dict[str, Judged]
    before: dict[str, object]
    after: dict[str, object]
    seconds: float


@pytest.fixture(scope="module", params=USERS)
def outcome(request: pytest.FixtureRequest) -> Iterator[Outcome]:
    if request.param == "ordinary":
        require_readable(ORDINARY)
    # Not in /tmp, which cells hide by themselves.
    with tempfile.TemporaryDirectory(prefix=f"wireproof-hostile-{request.param}-", dir="/var/tmp") as name:
        one = Class(request.param, pathlib.Path(name))
        before, began = _machine(one), time.monotonic()
        with quiet_machine.alone():
            judged = judge(one.tasks(), one.user, one.run, one.working, one.home, _SECRET)
        yield Outcome(one, judged, before, _machine(one), time.monotonic() - began)


@pytest.mark.parametrize("case", _chosen(CASES), ids=_name)
def test_hostile(outcome: Outcome, case: Case) -> None:
    _assert_came_to_nothing(outcome, case)


@pytest.mark.parametrize("outcome", USERS[:1], indirect=True, scope="module")
@pytest.mark.parametrize("case", _chosen(EXHAUSTION), ids=_name)
def test_exhaustion(outcome: Outcome, case: Case, request: pytest.FixtureRequest) -> None:
    if case.weakness:
        request.applymarker(pytest.mark.xfail(reason=case.weakness))  # a busy machine may hide it
    _assert_came_to_nothing(outcome, case)


def _assert_came_to_nothing(outcome: Outcome, case: Case) -> None:
    judged = outcome.judged[_name(case)]
    program = f"h1-{_ROLES[case.scenario][0]}"
    assert judged.verdict in case.verdict.split("|"), judged.story
    assert re.search(case.says, judged.story, re.DOTALL), judged.story
    if case.limit:
        assert case.limit in judged.story or any(case.limit in text for text in judged.told("exit", program)), judged.story
    if case.output:
        assert re.search(case.output, judged.said(program)), judged.said(program) + judged.said(program, "stderr")


def _attempts(outcome: Outcome) -> dict[str, bool]:
    if "attempts" not in outcome.judged:
        pytest.skip("nothing was attempted")
    lines = outcome.judged["attempts"].said(_SERVER).splitlines()
    rows = [re.match(r"(WORKED|refused) ([^:]+): ", line) for line in lines]
    return {row[2]: row[1] == "WORKED" for row in rows if row}


def test_nothing_that_was_tried_worked(outcome: Outcome) -> None:
    tried = _attempts(outcome)
    assert len(tried) > 500, "all groups were tried"
    assert {name for name, worked in tried.items() if worked} == set()


def test_nothing_was_changed(outcome: Outcome) -> None:
    assert {key: value for key, value in outcome.after.items() if value != outcome.before[key]} == {}


def test_nothing_was_read(outcome: Outcome) -> None:
    """No secret stands in the evidence, but where the program was told what to look for."""
    told = {"result.json", "events.jsonl", "index.html"}  # the command with the facts is in them, in hexadecimal
    for path in outcome.one.run.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.name not in told:
            assert _SECRET.encode() not in path.read_bytes() or _only_asked(path), path


def _only_asked(path: pathlib.Path) -> bool:
    return path.name == f"{_SERVER}.stdout" and not re.search(rf"^WORKED.*{_SECRET}", path.read_text("utf-8", "replace"), re.MULTILINE)


def test_nothing_is_left(outcome: Outcome) -> None:
    assert _left_behind(outcome.one) == []
    for path in outcome.one.run.rglob("*"):
        facts = path.lstat()
        assert stat.S_ISREG(facts.st_mode) or stat.S_ISDIR(facts.st_mode), f"{path} is neither file nor folder"
        assert facts.st_size <= 80 << 20, f"{path} has {facts.st_size:,} bytes"
        assert not path.name.endswith(".part"), path


def test_results_are_the_runners_own(outcome: Outcome) -> None:
    for name in outcome.judged:
        assert json.loads((outcome.one.run / name / "result.json").read_text())["title"] != "forged"


# What would do things to a terminal, a page or a parser (tests/mutants/hostile/misdirection.py says it).
_PAYLOADS = [b"\x1b]0;OWNED", b"\x1b[2J", b"\x1b[31mPASS", b"\xc2\x9b", b"\xe2\x80\xae", b"\x9b5n", b"\x00", b"\x08", b"\x7f", b"\x0c"]


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "pipe"])
def test_escapes_do_not_reach_the_person(outcome: Outcome, terminal: bool) -> None:
    one = outcome.one
    out = one.run / f"escapes-{terminal}"
    words = ["/usr/bin/python3", "-P", "-m", "harness.cli", "run", "test.served", "--out", str(out)]
    words += ["--with", f"echo-server={one.command(Case('escapes'))}"]
    shown, status = _shown(as_user(one.user, words), environment(one.home), one.working, terminal)
    assert status == 1 and b"OWNED" in shown, shown
    _assert_harmless(shown, "what is shown")
    for name in ("index.html", "junit.xml"):
        _assert_harmless((out / name).read_bytes(), name)
    page = (out / "index.html").read_text()
    assert "<script>alert" not in page and "</script><b>" not in page and "OWNED" in page


def _assert_harmless(shown: bytes, what: str) -> None:
    assert not [payload for payload in _PAYLOADS if payload in shown], what


def _shown(words: list[str], variables: dict[str, str], folder: pathlib.Path, terminal: bool) -> tuple[bytes, int]:
    """What a command line shows on its terminal, or on its pipes."""
    if not terminal:
        done = subprocess.run(words, env=variables, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
        return done.stdout, done.returncode
    ours, theirs = pty.openpty()
    process = subprocess.Popen(words, env={**variables, "TERM": "xterm"}, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    fcntl.fcntl(ours, fcntl.F_SETFL, os.O_NONBLOCK)
    shown, deadline = b"", time.monotonic() + 60
    while time.monotonic() < deadline:
        select.select([ours], [], [], 0.2)
        try:
            shown += os.read(ours, 65536)
        except BlockingIOError:
            continue
        except OSError:  # nobody holds the other end any more
            break
    os.close(ours)
    return shown, process.wait(10)
