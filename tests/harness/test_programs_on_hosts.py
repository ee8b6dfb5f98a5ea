"""Programs on hosts: started, found ready, typed to, interrupted, waited for, and never left behind."""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
import resource
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from harness.judge.waiting import DeadlinePassed, wait_for
from harness.stage.host import CommandFailed
from harness.stage.lab import Lab
from harness.stage.processes import alive, descendants
from harness.judge.exits import describe_status
from harness.stage.sandbox import SandboxError
from harness.stage.spoken import last_lines
from harness.stage.typed import InputClosed
from harness.world import machine
from tests.harness.network_cell import run

PYTHON = "/usr/bin/python3"


@contextlib.contextmanager
def _lab(name: str = "lab") -> Iterator[Lab]:
    from harness.world.network import Network
    from topologies.single import Single

    folder = pathlib.Path("/tmp") / name
    folder.mkdir()
    with Network(Single(2)) as network:
        lab = Lab(network, folder, {}, machine.programs_folder(), folder, folder, ("netcat",), 1)
        yield lab
        lab.close()


def readiness() -> None:
    with _lab() as lab:
        server = lab.h1.start("netcat", "-l", 1234).wait_listening(1234)
        assert lab.h1.listening(1234) and not lab.h2.listening(1234), "each host has sockets of its own"
        client = lab.h2.start("netcat", "-N", lab.h1, 1234, stdin=b"hello\n")
        assert client.wait() == 0 and server.wait() == 0
        assert server.output == "hello\n"
        lab.h1.wait_not_listening(1234)
        first = lab.h1.start("netcat", "-l", 80).wait_listening(80)
        second = lab.h1.start_command(PYTHON, "-m", "http.server", 80)
        with pytest.raises(DeadlinePassed, match="(?s)ended with status 1, while waiting .* port 80.*Address already in use"):
            second.wait_listening(80)
        assert first.running
        udp = lab.h1.start("netcat", "-u", "-l", 5000).wait_listening(5000, "udp")
        udp.stop()
        assert udp.status == -signal.SIGTERM and describe_status(udp.status) == "signal SIGTERM"


def deadlines_tell() -> None:
    with _lab() as lab:
        talker = lab.h1.start_command("sh", "-c", "echo first >&2; echo second; sleep 60", name="talker")
        talker.wait_for_text("second", stream="stdout")
        for wait in (lambda: talker.wait(0.05), lambda: talker.wait_listening(99, deadline=0.05), lambda: talker.wait_for_text("third", 0.05)):
            with pytest.raises(DeadlinePassed, match=r"(?s)waited 0.05 s in vain for h1-talker on h1 .*\| first.*\| second"):
                wait()
        quitter = lab.h1.start_command("sh", "-c", "echo no such port >&2; exit 7", name="quitter")
        began = time.monotonic()
        with pytest.raises(DeadlinePassed, match=r"(?s)h1-quitter on h1 ended with status 7, while waiting for .*\| no such port"):
            quitter.wait_listening(99, deadline=60)
        assert time.monotonic() - began < 30, "nobody waits for a program that is gone"
        with pytest.raises(DeadlinePassed, match="ended with status 7"):
            quitter.wait_for_text("ready", deadline=60)
        with pytest.raises(CommandFailed, match="status 3: why"):
            lab.h1.run("sh", "-c", "echo why >&2; exit 3")
        with pytest.raises(DeadlinePassed, match="waited 0.1 s in vain for 'sleep 60' on h1 to end"):
            lab.h1.run("sleep", 60, deadline=0.1)


def typing() -> None:
    with _lab() as lab:
        cat = lab.h1.start_command("cat")
        cat.type("one\n")
        cat.wait_for_text("^one$")
        cat.type("two\n")
        cat.end_input()
        assert cat.wait() == 0 and cat.output == "one\ntwo\n"
        with pytest.raises(ValueError, match="no input"):
            cat.type("three")
        gone = lab.h1.start_command("sh", "-c", "echo wrong usage >&2; exit 2", name="gone")
        assert gone.wait() == 2
        with pytest.raises(InputClosed, match=r"(?s)h1-gone on h1 ended with status 2, so b'hello' could not be typed.*wrong usage"):
            gone.type("hello")
        deaf = lab.h1.start_command("sleep", 60)
        with pytest.raises(DeadlinePassed, match="waited 0.2 s in vain for .* to read what is typed"):
            deaf.type("x" * 200_000, deadline=0.2)


def keyboards() -> None:
    with _lab() as lab:
        for _ in range(10):  # Ctrl+C at once: it must not be lost while the program is being started
            sleeper = lab.h1.start_command("sleep", 60, terminal=True)
            sleeper.interrupt()
            assert sleeper.wait() == -signal.SIGINT
        cat = lab.h1.start_command("cat", terminal=True)
        cat.type("typed\n")
        cat.wait_for_text("^typed$")
        cat.end_input()
        assert cat.wait() == 0 and cat.output == "typed\n", "no echo of the terminal in the output"
        trap = lab.h1.start_command("sh", "-c", "trap 'echo caught; exit 5' INT; echo ready; while :; do sleep 0.05; done", terminal=True)
        trap.wait_for_text("ready")
        trap.interrupt()
        assert trap.wait() == 5 and "caught" in trap.output
        plain = lab.h1.start_command("sleep", 60)
        plain.interrupt()
        assert plain.wait() == -signal.SIGINT


def usage_is_measured() -> None:
    with _lab() as lab:
        busy = lab.h1.start_command(PYTHON, "-c", "x = bytearray(50_000_000)\nfor i in range(10**6): pass")
        assert busy.wait(60) == 0
        assert busy.ending is not None and busy.ending.processor_seconds > 0.005 and busy.ending.peak_memory > 50_000
        assert busy.ended is not None and busy.ended >= busy.started


_FORKS = """
import os, signal, sys, time
for kind in ("child", "session", "orphan"):
    if os.fork() == 0:
        if kind != "child":
            os.setsid()
        if kind == "orphan" and os.fork():
            os._exit(0)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        print(kind, flush=True)
        time.sleep(600)
print("parent", flush=True)
{end}
"""


def nothing_is_left_behind() -> None:
    with _lab() as lab:
        for end in ("time.sleep(600)", "os._exit(0)", "signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"):
            parent = lab.h1.start_command(PYTHON, "-c", _FORKS.format(end=end), name="parent")
            said = ["child", "orphan", "parent", "session"]
            lab.until(lambda: sorted(parent.output.split()) == said, "all generations")  # noqa: B023
            if "_exit" in end:
                parent.wait()
            family = {row.pid for row in descendants(1) if "in (\"child\"" in _command(row.pid)}
            assert len(family) == (3 if "_exit" in end else 4)
            parent.stop(deadline=1)
            left = [pid for pid in family if alive(pid)]
            assert not left, f"{left} of {family} live on after {end}"
            assert parent.stop() == parent.status, "stopping again does no harm"


def _command(pid: int) -> str:
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def pipelines() -> None:
    with _lab() as lab:
        big = os.urandom(5 << 20)  # more than any pipe holds
        server = lab.h2.start("netcat", "-l", 1234, stdout="/tmp/received").wait_listening(1234)
        source = lab.h1.start_command("cat", stdin=big, pipe_output=True)
        sender = lab.h1.start("netcat", "-N", lab.h2, 1234, stdin=source)
        assert lab.wait(source, sender, server, deadline=60) == [0, 0, 0]
        assert pathlib.Path("/tmp/received").read_bytes() == big
        counted = lab.h1.start_command("wc", "-c", stdin=pathlib.Path("/tmp/received"))
        assert counted.wait() == 0 and counted.output.split() == [str(len(big))]
        head = lab.h1.start_command("head", "-c", 10, stdin=big)
        assert head.wait() == 0 and head.output.encode("utf-8", "replace")
        empty = lab.h1.start_command("cat", stdin=b"")
        assert empty.wait() == 0 and empty.output == ""
        with pytest.raises(ValueError, match="not started with pipe_output"):
            lab.h1.start_command("cat", stdin=empty)
        with pytest.raises(FileNotFoundError):
            lab.h1.start_command("cat", stdin=pathlib.Path("/nowhere"))


def out_of_descriptors() -> None:
    with _lab() as lab:
        lab.h1.start("netcat").stop()  # what the first sandbox opens once
        before = len(os.listdir("/proc/self/fd"))
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        for room in range(1, 20):
            resource.setrlimit(resource.RLIMIT_NOFILE, (before - 1 + room, hard))
            try:
                lab.h1.start_command("true").stop()
                lab.h1.start("netcat").stop()
            except (OSError, SandboxError) as error:
                assert getattr(error, "errno", None) in (None, 24), error
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            assert len(os.listdir("/proc/self/fd")) == before, f"a start that failed with room for {room} left descriptors open"
        for _ in range(20):
            lab.h1.start_command("cat", terminal=True).stop()
            lab.h1.start("netcat", terminal=True).stop()
        assert len(os.listdir("/proc/self/fd")) == before, "stopped programs leave no descriptors"


@pytest.mark.parametrize(
    "story",
    [readiness, deadlines_tell, typing, keyboards, usage_is_measured, nothing_is_left_behind, pipelines, out_of_descriptors],
    ids=lambda story: story.__name__,
)
def test_programs(story: Callable[[], None]) -> None:
    run(story)


def test_last_lines(tmp_path: pathlib.Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"x" * 10_000 + b"\n" + "äöü\n".encode() * 3 + b"\xff end")
    assert re.findall(r"\| (.*)", last_lines(log, 2)) == ["äöü", "\ufffd end"]
    assert last_lines(tmp_path / "none") == ""


def test_waiting_sees_a_fact_that_comes_with_the_end() -> None:
    facts = iter([False, True])
    assert wait_for(lambda: next(facts), "it", 5, give_up=lambda: "it is gone") is True
    with pytest.raises(DeadlinePassed, match="it is gone, while waiting for it: more"):
        wait_for(lambda: False, "it", 5, lambda: "it is gone", lambda: ": more")
