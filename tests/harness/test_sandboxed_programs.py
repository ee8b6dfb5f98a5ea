"""Judged programs on hosts: what test_programs_on_hosts.py asks of the harness's tools, asked of programs in their sandboxes, and more."""

from __future__ import annotations

import os
import pathlib
import shutil
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from harness.evidence.trace.strace import Call, End
from harness.judge.waiting import DeadlinePassed, ProgramFault
from harness.stage.host import Host
from harness.stage.processes import alive, descendants
from harness.judge.exits import describe_status
from harness.stage.typed import InputClosed
from tests.harness.judged_lab import PYTHON, judged_lab, start
from tests.harness.network_cell import run

def _says(host: Host, code: str, **options: Any) -> str:
    """What a Python program prints that ends well."""
    program = start(host, PYTHON, "-c", code, **options)
    assert program.wait(30) == 0, program.errors
    return program.output


def readiness() -> None:
    with judged_lab() as lab:
        server = start(lab.h1, "nc", "-l", 1234).wait_listening(1234)
        assert lab.h1.listening(1234) and not lab.h2.listening(1234), "each host has sockets of its own"
        client = start(lab.h2, "nc", "-N", lab.h1, 1234, stdin=b"hello\n")
        assert client.wait() == 0 and server.wait() == 0
        assert server.output == "hello\n"
        lab.h1.wait_not_listening(1234)
        first = start(lab.h1, "nc", "-l", 80).wait_listening(80)
        second = start(lab.h1, PYTHON, "-m", "http.server", 80)
        with pytest.raises(DeadlinePassed, match="(?s)ended with status 1, while waiting .* port 80.*Address already in use"):
            second.wait_listening(80)
        assert first.running
        udp = start(lab.h1, "nc", "-u", "-l", 5000).wait_listening(5000, "udp")
        udp.stop()
        assert udp.status == -signal.SIGTERM and describe_status(udp.status) == "signal SIGTERM"
        by_a_child = start(lab.h1, "sh", "-c", "nc -l 1235 & wait").wait_listening(1235)
        by_a_child.stop()
        lab.h1.wait_not_listening(1235)


def deadlines_tell() -> None:
    with judged_lab() as lab:
        talker = start(lab.h1, "sh", "-c", "echo first >&2; echo second; sleep 60")
        talker.wait_for_text("second", stream="stdout")
        for wait in (lambda: talker.wait(0.05), lambda: talker.wait_listening(99, deadline=0.05), lambda: talker.wait_for_text("third", 0.05)):
            with pytest.raises(DeadlinePassed, match=r"(?s)waited 0.05 s in vain for h1-netcat on h1 .*\| first.*\| second"):
                wait()
        quitter = start(lab.h1, "sh", "-c", "echo no such port >&2; exit 7")
        began = time.monotonic()
        with pytest.raises(DeadlinePassed, match=r"(?s)h1-netcat-2 on h1 ended with status 7, while waiting for .*\| no such port"):
            quitter.wait_listening(99, deadline=60)
        assert time.monotonic() - began < 30, "nobody waits for a program that is gone"


def typing() -> None:
    with judged_lab() as lab:
        cat = start(lab.h1, "cat")
        cat.type("one\n")
        cat.wait_for_text("^one$")
        cat.type("two\n")
        cat.end_input()
        assert cat.wait() == 0 and cat.output == "one\ntwo\n"
        gone = start(lab.h1, "sh", "-c", "echo wrong usage >&2; exit 2")
        assert gone.wait() == 2
        with pytest.raises(InputClosed, match=r"(?s)h1-netcat-2 on h1 ended with status 2, so b'hello' could not be typed.*wrong usage"):
            gone.type("hello")
        deaf = start(lab.h1, "sleep", 60)
        with pytest.raises(DeadlinePassed, match="waited 0.2 s in vain for .* to read what is typed"):
            deaf.type("x" * 200_000, deadline=0.2)
        asked = start(lab.h1, "sh", "-c", "while read line; do echo you said $line; done", terminal=True)
        assert [asked.ask(word) for word in ("one", "two")] == ["you said one", "you said two"]


_FORKS = """
import os, signal, sys, time
def say(*_):
    os.write(1, b"child heard\\n")
    os._exit(0)
for _ in range(3):
    if os.fork() == 0:
        signal.signal(signal.SIGINT, say)
        os.write(1, b"child ready\\n")
        time.sleep(60)
def end(*_):
    for _ in range(3):
        os.wait()
    os._exit(5)
signal.signal(signal.SIGINT, end)
os.write(1, b"parent ready\\n")
while True:
    time.sleep(60)
"""


def keyboards() -> None:
    with judged_lab() as lab:
        for _ in range(10):  # Ctrl+C at once: it must not be lost while the program is being started
            sleeper = start(lab.h1, "sleep", 60, terminal=True)
            sleeper.interrupt()
            assert sleeper.wait() == -signal.SIGINT
        cat = start(lab.h1, "cat", terminal=True)
        cat.type("typed\n")
        cat.wait_for_text("^typed$")
        cat.end_input()
        assert cat.wait() == 0 and cat.output == "typed\n", "no echo of the terminal in the output"
        trap = start(lab.h1, "sh", "-c", "trap 'echo caught; exit 5' INT; echo ready; while :; do sleep 0.05; done", terminal=True)
        trap.wait_for_text("ready")
        trap.interrupt()
        assert trap.wait() == 5 and "caught" in trap.output
        for terminal in (True, False):  # as on a terminal, the children of a forking server hear it too
            parent = start(lab.h1, PYTHON, "-c", _FORKS, terminal=terminal)
            lab.until(lambda: parent.output.count("ready") == 4, "all to be ready")  # noqa: B023
            assert len(parent.children) == 3
            parent.interrupt()
            assert parent.wait() == 5 and parent.output.count("child heard") == 3, parent.output
        screen = start(lab.h1, PYTHON, "-c", "import os; print(open('/dev/tty').isatty(), os.isatty(0), os.tcgetpgrp(0) == os.getpid())", terminal=True)
        assert screen.wait() == 0 and screen.output == "True True True\n", screen.errors


def endings() -> None:
    with judged_lab() as lab:
        for command, status in (
            ("exit 0", 0), ("exit 3", 3), ("exit 255", 255), ("exit 126", 126), ("exit 127", 127), ("kill -9 $$", -9), ("kill -TERM $$", -15),
            ("kill -SEGV $$", -11), ("kill -ABRT $$", -6), ("kill -PIPE $$", -13), ("kill -64 $$", -64),
        ):  # fmt: skip
            program = start(lab.h1, "sh", "-c", command)
            assert program.wait() == status and not program.refused and program.limits == [], command
            assert program.how_it_ended == describe_status(status)
        assert "signal SIGSEGV" in {text for entry in lab.transcript if entry.kind == "exit" for text in [entry.text]}
        stopped = start(lab.h1, "sh", "-c", "kill -STOP $$; exit 4")
        lab.until(lambda: pathlib.Path(f"/proc/{stopped.pid}/stat").read_text().rpartition(") ")[2][0] == "T", "it to stop")
        assert stopped.running
        stopped.signal(signal.SIGCONT)
        assert stopped.wait() == 4
        stopped.signal(signal.SIGTERM)  # too late is nothing
        deaf = start(lab.h1, "sh", "-c", "trap '' TERM INT; echo ready; while :; do sleep 0.05; done")
        deaf.wait_for_text("ready")
        assert deaf.stop(0.2) == -signal.SIGKILL


def _refusals(folder: pathlib.Path) -> dict[str, tuple[int, int, str]]:
    """What stands for the program → its status, errno, and words."""
    def make(name: str, text: str, mode: int) -> str:
        (folder / name).write_text(text)
        (folder / name).chmod(mode)
        return str(folder / name)

    (folder / "place").mkdir()
    return {
        str(folder / "absent"): (127, 2, "No such file or directory"),
        str(folder / "place"): (126, 13, "Permission denied"),
        make("plain", "#!/bin/sh\n", 0o644): (126, 13, "Permission denied"),
        make("interpreter", "#!/usr/bin/no-such-thing\n", 0o755): (127, 2, "No such file or directory"),
        make("text", "no-such-thing\n", 0o755): (127, 0, "no-such-thing: not found"),  # for a shell, as execvp has it
        make("wrapper", "#!/bin/sh\nno-such-thing\n", 0o755): (127, 0, "no-such-thing: not found"),
        make("unimplemented", "#!/bin/sh\nexit 127\n", 0o755): (127, 0, ""),
        "no-such-thing": (127, 2, "cannot run no-such-thing: No such file or directory"),
    }


def refusals() -> None:
    folder = pathlib.Path("/tmp/programs")
    folder.mkdir()
    for number, (command, (status, refused, words)) in enumerate(_refusals(folder).items()):
        with judged_lab(f"lab{number}", cat=command) as lab:
            program = lab.h1.start("cat")
            assert (program.wait(), program.refused) == (status, refused), (command, program.status, program.refused, program.errors)
            assert words in program.errors, program.errors


_LEAVES = """
import os, signal, sys, time
for kind in ("child", "session", "orphan"):
    if os.fork() == 0:
        if kind != "child":
            os.setsid()
        if kind == "orphan" and os.fork():
            os._exit(0)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        print(kind, flush=True)
        time.sleep(600)
print("parent", flush=True)
{end}
"""


def nothing_is_left_behind() -> None:
    with judged_lab() as lab:
        for end in ("time.sleep(600)", "os._exit(0)", "signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"):
            parent = start(lab.h1, PYTHON, "-c", _LEAVES.format(end=end))
            said = ["child", "orphan", "parent", "session"]
            lab.until(lambda: sorted(parent.output.split()) == said, "all generations")  # noqa: B023
            if "_exit" in end:
                parent.wait()
            family = {row.pid for row in descendants(1) if _command(row.pid).startswith(f"{PYTHON}\0-c\0\nimport os, signal")}
            assert len(family) == (3 if "_exit" in end else 4), "whoever looks sees the survivors, in the harness's own numbers"
            assert all(map(alive, family))
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
    with judged_lab(cat="cat") as lab:
        big = os.urandom(5 << 20)  # more than any pipe holds
        server = start(lab.h2, "nc", "-l", 1234, stdout="/tmp/received").wait_listening(1234)
        source = lab.h1.start("cat", stdin=big, pipe_output=True)
        sender = start(lab.h1, "nc", "-N", lab.h2, 1234, stdin=source)
        assert lab.wait(source, sender, server, deadline=60) == [0, 0, 0]
        assert pathlib.Path("/tmp/received").read_bytes() == big
        counted = start(lab.h1, "wc", "-c", stdin=pathlib.Path("/tmp/received"))
        assert counted.wait() == 0 and counted.output.split() == [str(len(big))]
        head = start(lab.h1, "head", "-c", 10, stdin=big)
        assert head.wait() == 0 and head.output_bytes == big[:10]
        empty = start(lab.h1, "cat", stdin=b"")
        assert empty.wait() == 0 and empty.output == ""
        shown = lab.h1.start("cat", pathlib.Path("/tmp/received"))
        assert shown.wait() == 0 and shown.output_bytes == big, "a file that its command names is there to be read"


def output_is_exact() -> None:
    with judged_lab() as lab:
        data = b"a\rb\r\nc\n\xff\xfe\x00 \x1b[2J end"
        code = f"import os; os.write(1, {data!r}); os.write(2, {data[::-1]!r})"
        for terminal in (False, True):
            program = start(lab.h1, PYTHON, "-c", code, terminal=terminal)
            assert program.wait() == 0
            assert program.output_bytes == data and program.stderr_path.read_bytes() == data[::-1]
            assert program.output == "a\rb\r\nc\n\ufffd\ufffd\x00 \x1b[2J end", "ends of lines as they came"
        again = start(lab.h1, "sh", "-c", "echo one > /dev/stdout; echo two > /proc/self/fd/1; echo three > /dev/stderr")
        found = (again.wait(), again.output, again.errors)
        assert found == (0, "one\ntwo\n", "three\n"), found
        big = start(lab.h1, PYTHON, "-c", "import os\nfor i in range(80): os.write(1, bytes([i]) * 100_000)")
        assert big.wait(30) == 0 and big.output_bytes == b"".join(bytes([i]) * 100_000 for i in range(80))


def files_are_left() -> None:
    script = pathlib.Path("/tmp/counts.py")
    script.write_text("import sys\nold = open(sys.argv[2]).read() if len(sys.argv) > 2 else ''\nopen(sys.argv[1], 'w').write(old + '12')\n")
    with judged_lab(tcp_server=f"{PYTHON} {script} {{json}}", rdv_point=f"{PYTHON} -c 'import sys; open(sys.argv[1], \"a\").write(\"x\")' {{state}}") as lab:
        file = lab.folder / "counts.json"
        server = lab.h1.start("tcp-server", port=1, json=file)
        assert server.wait() == 0, server.errors
        assert server.has_left(file) and server.left(file) == b"12" and file.read_bytes() == b"12"
        with pytest.raises(ProgramFault, match="was to write other.json, and did not"):
            server.left(lab.folder / "other.json")
        state = lab.folder / "state"
        for times in (1, 2, 3):  # what one has written, the next one finds
            assert lab.h1.start("rdv-point", state=state).wait() == 0
            assert state.read_text() == "x" * times


def surroundings() -> None:
    os.environ["PYTHONSECRET"] = os.environ["WIREPROOF_SECRET"] = os.environ["SSH_AUTH_SOCK"] = "not for programs"
    with judged_lab() as lab:
        shown = start(lab.h1, "env", "-0", environment={"FROM_THE_QUESTION": "yes"})
        assert shown.wait() == 0
        assert dict(row.split("=", 1) for row in shown.output.split("\0") if row) == {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/tmp", "TMPDIR": "/tmp", "USER": "student",
            "LOGNAME": "student", "LANG": "C.UTF-8", "TERM": "dumb", "LAB_QUESTION": "tv.q18", "FROM_THE_QUESTION": "yes", "PWD": "/tmp",
        }  # fmt: skip
        facts = _says(
            lab.h1,
            "import grp, os, pwd, signal, socket\n"
            "print(os.getcwd(), os.listdir('.'), os.umask(0), os.getuid(), os.getgid(), os.getgroups())\n"
            "me = pwd.getpwuid(os.getuid()); print(me.pw_name, me.pw_dir, grp.getgrgid(os.getgid()).gr_name, socket.gethostname())\n"
            "print(sorted({row[4][0] for row in socket.getaddrinfo('localhost', 80)}), socket.getservbyname('http'), os.getpid() != 1)\n"
            "print(sorted(os.listdir('/proc/self/fd'))[:3], signal.getsignal(signal.SIGPIPE), signal.pthread_sigmask(signal.SIG_BLOCK, []))\n",
        ).splitlines()
        assert facts[0] == "/tmp [] 18 1000 1000 []", facts
        assert facts[1] == "student /tmp student h1"
        assert facts[2] == "['127.0.0.1', '::1'] 80 True"
        assert facts[3].startswith("['0', '1', '2']") and facts[3].endswith("set()")
        for number in (1, 2):  # each finds its scratch empty
            assert _says(lab.h1, f"import os; open('log.txt', 'w').write('{number}'); print(os.listdir('/tmp'))") == "['log.txt']\n"


def what_is_printed_is_seen_at_once() -> None:
    """Libraries keep back what goes to a pipe or a file; a person sees it."""
    with judged_lab() as lab:
        for terminal in (False, True):
            slow = start(lab.h1, PYTHON, "-c", "import sys, time; print('waiting', end='\\r\\n'); print(sys.stdout.isatty()); time.sleep(60)", terminal=terminal)
            slow.wait_for_text("True", stream="stdout")
            assert slow.output_bytes == b"waiting\r\nTrue\n", "as it was written"
            slow.stop()
        asked = start(lab.h1, PYTHON, "-c", "while True: print('you said', input('> '))", terminal=True)
        assert [asked.ask(word).removeprefix("> ") for word in ("one", "two")] == ["you said one", "you said two"], "a prompt is no answer"
        asked.end_input()
        assert asked.wait() == 1


def lines_of_a_shell() -> None:
    with judged_lab(cat="/bin/sh -c 'echo from cat; echo bad >&2; exit 3'") as lab:
        lab._replacements["netcat"] = "/bin/sh -c 'echo from netcat; exit 4'"
        both = lab.h1.start_line("both", "{first}; {second}; echo the shell: $?", first=("cat", {}), second=("netcat", {}))
        assert both.wait(10) == {"first": 3, "second": 4}
        assert [both.programs[key].stdout_path.read_text() for key in ("first", "second")] == ["from cat\n", "from netcat\n"]
        assert both.programs["first"].stderr_path.read_text() == "bad\n"
        assert both.ended and both.started <= both.ended
        lab._replacements["netcat"] = "/bin/sh -c 'kill -9 $$'"
        lab._replacements["cat"] = f"{PYTHON} -c 'import os\nwhile True: os.write(1, bytes(65536))'"
        ends = lab.h1.start_line("ends", after=0.5, first=("cat", {}), second=("netcat", {}))
        found = ends.wait(60)
        assert found["second"] == -signal.SIGKILL and found["first"] in (-signal.SIGKILL, 1), "it may notice that nobody reads before it is killed"
        assert ends.programs["first"].limits == ["16 MiB of output"]
        assert 0.4 < ends.programs["second"].started - ends.programs["first"].started < 5
        lab._replacements["netcat"] = "no-such-thing"
        refused = lab.h1.start_line("refused", "{first}", first=("netcat", {}))
        assert refused.wait(10) == {"first": 127} and refused.programs["first"].refused == 2
        with pytest.raises(ValueError, match="names"):
            lab.h1.start_line("wrong", "{one}", two=("cat", {}))
        lab._replacements["netcat"] = "sleep 600"
        left = lab.h1.start_line("left", "{first} & {second}", first=("netcat", {}), second=("netcat", {}))
        lab.until(lambda: all(one.running for one in left.programs.values()), "both to run")
        left.shell.stop()
        lab.until(lambda: not [row for row in descendants(1) if _command(row.pid).startswith("sleep\x00600")], "they end with their shell")


def traces() -> None:
    with judged_lab() as lab:
        program = start(lab.h1, "sh", "-c", "date > /dev/null; exit 3", traced=True)
        assert program.wait() == 3
        events = program.calls()
        own = [event for event in events if event.pid == program.pid]
        started = [event.text for event in own if isinstance(event, Call) and event.name == "execve" and event.result == 0]
        assert len(started) == 1 and own[-1].text == "exited with 3", events
        ends = {event.pid: event.status for event in events if isinstance(event, End)}
        children = {event.result for event in own if isinstance(event, Call) and event.name in ("clone", "clone3", "fork", "vfork") and event.result}
        assert len(ends) == 2 and ends[program.pid] == 3 and set(ends) - {program.pid} <= children | {None}, (ends, children)
        killed = start(lab.h1, "sleep", 60, traced=True)
        killed.signal(signal.SIGKILL)
        assert killed.wait() == -signal.SIGKILL and killed.calls()[-1].text == "killed by SIGKILL"
        own_words = start(lab.h1, PYTHON, "-c", "import os; os.write(1, b'1234 +++ exited with 0 +++\\n'); os._exit(9)", traced=True)
        assert own_words.wait() == 9 and own_words.calls()[-1].text == "exited with 9", "no text of a program passes for strace's"


def limits_are_told() -> None:
    with judged_lab() as lab:
        for code, told in (
            ("import os\nwhile True: os.write(1, bytes(65536))", ["16 MiB of output"]),
            ("import os\nwhile True: os.write(2, bytes(65536))", ["16 MiB of output"]),
            ("import os, time\nfor _ in range(4):\n  if os.fork() == 0: break\nx = b'x' * (300 << 20)\ntime.sleep(60)", ["1024 MiB of memory"]),
            ("open('/tmp/much', 'wb', 0).write(bytes(65 << 20))", ["64 MiB of scratch"]),
        ):
            program = start(lab.h1, PYTHON, "-c", code)
            program.wait(20)
            assert program.limits == told, (code, program.limits, program.errors)
            assert f"it ran into its limit: {told[0]}" in program.how_it_ended
        crowd = start(lab.h1, PYTHON, "-c", "import os, time\ntry:\n  while os.fork(): pass\nexcept OSError as error: print(error, flush=True)\ntime.sleep(60)")
        crowd.wait_for_text("Resource temporarily unavailable")
        assert len(crowd.children) == 255
        lab.until(lambda: not crowd.running or crowd.limits == ["256 processes"], "the limit to be told")
        assert crowd.running and crowd.limits == ["256 processes"]
        crowd.stop()
        assert _says(lab.h1, "import resource\ntry: bytearray(3000 << 20)\nexcept MemoryError: print('no')") == "no\n"
        assert _says(lab.h1, "import os\nfds = []\ntry:\n  while True: fds.append(os.open('/dev/null', 0))\nexcept OSError: print(fds[-1])") == "255\n"


_NEEDS = {
    "threads": "import threading\nb = threading.Barrier(200)\nt = [threading.Thread(target=b.wait) for _ in range(200)]\n[x.start() for x in t]; [x.join() for x in t]",
    "processes": "import multiprocessing as m\nif __name__ == '__main__':\n  with m.Pool(4) as p: assert p.map(abs, [-1, -2]) == [1, 2]\n"
    "  v = m.Value('i', 0)\n  def f():\n    with v.get_lock(): v.value += 1\n  q = [m.Process(target=f) for _ in range(3)]\n"
    "  [x.start() for x in q]; [x.join() for x in q]; assert v.value == 3\n  e = m.Queue(); e.put(1); assert e.get() == 1",
    "shared memory": "from multiprocessing import shared_memory as s\na = s.SharedMemory(create=True, size=4 << 20); a.buf[0] = 7\n"
    "b = s.SharedMemory(a.name); assert b.buf[0] == 7; b.close(); a.close(); a.unlink()",
    "mapped memory": "import mmap, os\nm = mmap.mmap(-1, 4096)\nif os.fork() == 0: m[0] = 9; os._exit(0)\nos.wait(); assert m[0] == 9",
    "temporary files": "import tempfile\nwith tempfile.NamedTemporaryFile() as f, tempfile.TemporaryFile() as g: f.write(b'x'); g.write(b'y'); assert f.name.startswith('/tmp')",
    "a database": "import sqlite3\nc = sqlite3.connect('data.db'); c.execute('create table t (x)'); c.execute('insert into t values (1)'); c.commit()",
    "other programs": "import subprocess as s\nassert s.run(['date'], capture_output=True).stdout and s.run('ls / | wc -l', shell=True).returncode == 0",
    "random numbers": "import os, secrets\nassert len(open('/dev/urandom', 'rb').read(8)) == 8 and secrets.token_hex() and os.getrandom(4)",
    "facts of the machine": "import os, platform, resource, time\nassert os.sysconf('SC_NPROCESSORS_ONLN') and os.cpu_count() and platform.uname() and time.localtime()\n"
    "assert open('/proc/cpuinfo').read() and open('/proc/meminfo').read() and os.getloadavg() and open('/proc/self/status').read()",
    "an event loop": "import asyncio\nasync def h(r, w): w.write(await r.read(5)); await w.drain(); w.close()\nasync def m():\n"
    "  s = await asyncio.start_server(h, '127.0.0.1', 7777); r, w = await asyncio.open_connection('localhost', 7777)\n"
    "  w.write(b'hello'); w.write_eof(); assert await r.read() == b'hello'; s.close()\n"
    "  p = await asyncio.create_subprocess_exec('true'); assert await p.wait() == 0\nasyncio.run(m())",
    "events of all kinds": "import ctypes, os, select, signal\nl = ctypes.CDLL(None)\nfor f, a in (('inotify_init', ()), ('eventfd', (0, 0)), ('timerfd_create', (1, 0)), ('epoll_create', (1,)), ('pidfd_open', (os.getpid(), 0))):\n"
    "  assert getattr(l, f)(*a) >= 0, f\nsignal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM]); signal.setitimer(signal.ITIMER_REAL, 0.01); signal.sigwait([signal.SIGALRM])",
    "sockets of all kinds": "import socket as s, struct\nfor f, k in ((s.AF_INET, s.SOCK_STREAM), (s.AF_INET6, s.SOCK_STREAM), (s.AF_INET, s.SOCK_DGRAM), (s.AF_INET6, s.SOCK_DGRAM), (s.AF_UNIX, s.SOCK_STREAM)): s.socket(f, k)\n"
    "u = s.socket(s.AF_INET, s.SOCK_DGRAM)\nfor o in (s.SO_REUSEADDR, s.SO_REUSEPORT, s.SO_BROADCAST, s.SO_RCVBUF, s.SO_SNDBUF, s.SO_KEEPALIVE): u.setsockopt(s.SOL_SOCKET, o, 1)\n"
    "u.setsockopt(0, s.IP_MULTICAST_TTL, 4); u.setsockopt(0, s.IP_MULTICAST_IF, s.inet_aton('10.0.0.1')); u.setsockopt(0, s.IP_ADD_MEMBERSHIP, s.inet_aton('224.1.1.1') + s.inet_aton('10.0.0.1'))\n"
    "u.sendto(b'x', ('224.1.1.1', 9)); u.sendto(b'x', ('10.255.255.255', 9)); u.setsockopt(s.SOL_SOCKET, s.SO_BINDTODEVICE, b'h1-eth0\\0')\n"
    "assert 'h1-eth0' in [n for _, n in s.if_nameindex()]; b = s.create_server(('', 7)); b.close(); s.socketpair()\n"
    "v = s.socket(s.AF_INET6, s.SOCK_DGRAM); v.setsockopt(41, s.IPV6_JOIN_GROUP, s.inet_pton(s.AF_INET6, 'ff15::1') + struct.pack('i', s.if_nametoindex('h1-eth0')))",
    "a file beside": "import os; assert open('/tmp/hand-in/data.txt').read() == 'data'; import sys; sys.path.insert(0, '/tmp/hand-in'); import helper; helper.f()",
    "locking": "import fcntl, os\nf = open('lock', 'w'); fcntl.flock(f, fcntl.LOCK_EX); fcntl.lockf(f, fcntl.LOCK_EX); os.mkfifo('fifo'); os.symlink('lock', 'link'); os.rename('lock', 'moved'); os.chmod('moved', 0o600)",
    "its own name": "import socket; socket.gethostbyname(socket.gethostname())",
}  # fmt: skip
_OTHERS = {
    "perl": ("perl", "-e", 'use IO::Socket::INET; my $s = IO::Socket::INET->new(Listen => 1, LocalPort => 80) or die; print "good\\n"'),
    "awk": ("awk", 'BEGIN { "date" | getline d; print (length(d) > 0 ? "good" : "bad") }'),
    "node": ("node", "-e", "const s = require('net').createServer().listen(80, () => { new (require('worker_threads').Worker)('1', {eval: true}).on('exit', () => { console.log('good'); s.close() }) })"),
    "java": ("java", "/tmp/hand-in/Good.java"),
    "a shell and nc": ("sh", "-c", "(echo hello | nc -q 1 -l 1236) & sleep 0.3; nc -N localhost 1236 < /dev/null | grep -q hello && echo good; wait"),
    "C": ("/tmp/hand-in/stdio",),
}  # fmt: skip
_JAVA = """
import java.net.*; import java.util.concurrent.*;
public class Good { public static void main(String[] a) throws Exception {
  ExecutorService pool = Executors.newFixedThreadPool(8);
  try (ServerSocket s = new ServerSocket(80)) {
    Future<Integer> f = pool.submit(() -> { try (Socket c = s.accept()) { return c.getInputStream().read(); } });
    try (Socket c = new Socket(InetAddress.getLoopbackAddress(), 80)) { c.getOutputStream().write(7); }
    System.out.println(f.get() == 7 ? "good" : "bad"); }
  pool.shutdown(); } }
"""
_C = """
#include <netdb.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(void) {
  char name[64] = "/tmp/fileXXXXXX", line[64];
  struct addrinfo *found; FILE *file = fdopen(mkstemp(name), "w+");
  if (!file || !getpwuid(getuid()) || getaddrinfo("localhost", "80", 0, &found) || sysconf(_SC_OPEN_MAX) != 256) return 1;
  fputs("good\\n", file); rewind(file);
  if (!fgets(line, sizeof line, file) || system("date > /dev/null")) return 2;
  printf("%s", line); return 0; }
"""


def needs_are_met() -> None:
    folder = pathlib.Path("/tmp/hand-in")
    folder.mkdir()
    for name, text in (("data.txt", "data"), ("helper.py", "def f(): pass\n"), ("Good.java", _JAVA), ("stdio.c", _C)):
        (folder / name).write_text(text)
    with judged_lab() as lab:
        if shutil.which("cc"):
            lab.h1.run("cc", "-o", folder / "stdio", folder / "stdio.c")
        denied = {}
        for name, code in _NEEDS.items():
            program = start(lab.h1, PYTHON, "-c", code, folder)
            if program.wait(30) or program.limits:
                denied[name] = f"{program.how_it_ended}: {program.errors[-400:]}"
        for name, command in _OTHERS.items():
            if shutil.which(command[0]) and (command[0] != "java" or shutil.which("javac")):
                program = start(lab.h1, *command)
                if program.wait(60) or program.output != "good\n" or program.limits:
                    denied[name] = f"{program.how_it_ended}: {program.output!r} {program.errors[-400:]}"
        assert not denied, denied


_BUSY = "while True: pass"


def again_and_again(busy: bool) -> None:
    with judged_lab() as lab:
        if busy:
            lab.h2.start_command(PYTHON, "-c", _BUSY)
        for number in range(20):
            server = start(lab.h1, "nc", "-l", 1234).wait_listening(1234)
            client = start(lab.h2, "nc", "-N", lab.h1, 1234, stdin=b"hello\n")
            assert (client.wait(), server.wait(), server.output) == (0, 0, "hello\n"), number
            quick = start(lab.h1, "sh", "-c", f"printf {number}; exit {number}")
            killed = start(lab.h1, "sh", "-c", "kill -9 $$")
            typed = start(lab.h1, "cat", terminal=True)
            typed.type("x\n")
            typed.wait_for_text("^x$")
            typed.interrupt()
            assert (quick.wait(), quick.output, killed.wait(), typed.wait()) == (number, str(number), -9, -signal.SIGINT), number
            for program in (server, client, quick, killed, typed):
                program.stop()
        for _ in range(20):  # signals that come at any moment of an end
            brief = start(lab.h1, "true")
            while brief.running:
                brief.signal(signal.SIGCONT)
                brief.interrupt()
            assert brief.status in (0, -signal.SIGINT)
            brief.stop()


_STORIES = [
    readiness, deadlines_tell, typing, keyboards, endings, refusals, nothing_is_left_behind, pipelines, output_is_exact, files_are_left,
    surroundings, what_is_printed_is_seen_at_once, lines_of_a_shell, traces, limits_are_told, needs_are_met,
]  # fmt: skip


@pytest.mark.parametrize("story", _STORIES, ids=lambda story: story.__name__)
def test_sandboxed(story: Callable[[], None]) -> None:
    run(story)


@pytest.mark.parametrize("busy", [False, True], ids=["alone", "beside a busy loop"])
def test_again_and_again(busy: bool) -> None:
    run(again_and_again, busy)
