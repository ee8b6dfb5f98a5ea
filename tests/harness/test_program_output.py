"""Output that cannot be written is a failure, in every program: status 1, and a sentence that names what was tried and why not."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import sys
import termios
from collections.abc import Iterator, Sequence

import pytest

from harness.judge.waiting import wait_for
from harness.world import machine

PROGRAMS = ["echo-server", "echo-client", "tcp-server", "tcp-client", "udp-server", "udp-client", "eliza-server", "mcast-chat"]
PROGRAMS += ["rdv-point", "mcast-node", "hmtp-simulation", "tv-sender", "tv-probe", "sandbox-init"]
PROGRAMS += ["daytime-server", "daytime-client", "utc-server", "utc-client", "clock-simulation"]
REASONS = {"full": "No space left on device", "broken": "Broken pipe", "closed": "Bad file descriptor"}


class Running:
    """A program with its input and its standard error at hand; killed at the end."""

    def __init__(self, words: Sequence[str], output: str = "full", given: bytes | None = None) -> None:
        command = [str(machine.programs_folder() / words[0]), *words[1:]]
        if output == "closed":
            command = ["/bin/sh", "-c", 'exec "$0" "$@" >&-', *command]
        stdout = self._descriptor(output)
        self._errors, writing = os.pipe()
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=stdout, stderr=writing)
        os.close(writing)
        os.close(stdout)
        self.said = ""
        assert self.process.stdin is not None
        self.input = self.process.stdin
        if given is not None:
            with contextlib.suppress(BrokenPipeError):  # it has ended for what it could not write
                self.input.write(given)
                self.input.close()

    @staticmethod
    def _descriptor(output: str) -> int:
        if output == "broken":
            reading, writing = os.pipe()
            os.close(reading)
            return writing
        return os.open("/dev/full" if output == "full" else "/dev/null", os.O_WRONLY)

    def _reads(self) -> bool:
        """Reads on; False at the end of standard error."""
        assert select.select([self._errors], [], [], 20)[0], f"silent for 20 s after: {self.said}"
        part = os.read(self._errors, 65536).decode()
        self.said += part
        return part != ""

    def says(self, pattern: str) -> re.Match[str]:
        while not (found := re.search(pattern, self.said)):
            assert self._reads(), f"no '{pattern}' in: {self.said}"
        return found

    def port(self) -> int:
        return int(self.says(r"listening on \S*:(\d+) ")[1])

    def ends(self) -> int:
        """Reads standard error to its end; the exit status."""
        while self._reads():
            pass
        return self.process.wait(20)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.ends()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.input.close()
        os.close(self._errors)


@contextlib.contextmanager
def running(words: Sequence[str], output: str = "full", given: bytes | None = None) -> Iterator[Running]:
    program = Running(words, output, given)
    try:
        yield program
    finally:
        program.close()


def fails(words: Sequence[str], output: str = "full", given: bytes = b"", reason: str | None = None) -> None:
    with running(words, output, given) as program:
        status = program.ends()
        assert status == 1, (status, program.said)
        assert (reason or f"write standard output: {REASONS[output]}") in program.said


@pytest.mark.parametrize("output", REASONS)
@pytest.mark.parametrize("program", PROGRAMS)
def test_help_and_version(program: str, output: str) -> None:
    fails([program, "--help"], output)
    fails([program, "--version"], output)


@pytest.mark.parametrize("output", REASONS)
def test_what_writes_by_itself(output: str) -> None:
    fails(["hmtp-simulation", "--nodes", "3"], output)
    fails(["hmtp-simulation", "--nodes", "3", "--trace"], output)
    fails(["hmtp-simulation", "--nodes", "3", "--quiet", "--json", "-"], output)
    fails(["eliza-server", "--console"], output, b"bye\n")


@pytest.mark.parametrize("output", REASONS)
@pytest.mark.parametrize("mode", ["iterative", "fork", "select", "epoll"])
def test_a_servers_lines(mode: str, output: str) -> None:
    with running(["tcp-server", "--port", "0", "--mode", mode], output) as server:
        with socket.create_connection(("127.0.0.1", server.port())) as client:
            client.sendall(b"hi")
            client.settimeout(20)
            with contextlib.suppress(ConnectionResetError):
                assert client.recv(100) == b"", "nothing may be answered that was not shown"
        assert server.stop() == 1
        assert f"write standard output: {REASONS[output]}" in server.said


@pytest.mark.parametrize("output", REASONS)
def test_the_datagram_servers_lines(output: str) -> None:
    with running(["udp-server", "--port", "0"], output) as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"hi", ("127.0.0.1", server.port()))
        assert server.ends() == 1
        assert f"write standard output: {REASONS[output]}" in server.said


@pytest.mark.parametrize("output", REASONS)
def test_what_clients_show(output: str) -> None:
    with running(["tcp-server", "--port", "0", "--quiet"]) as tcp, running(["udp-server", "--port", "0", "--quiet"]) as udp:
        fails(["tcp-client", "127.0.0.1", str(tcp.port())], output, b"hi\n")
        fails(["udp-client", "127.0.0.1", str(udp.port())], output, b"hi\n")
    with running(["echo-server", "0"]) as echo:
        fails(["echo-client", "127.0.0.1", str(echo.port())], output, b"hi\n", f"write what came back: {REASONS[output]}")
    with running(["echo-server", "0", "--udp"]) as echo:
        fails(["echo-client", "127.0.0.1", str(echo.port()), "--udp"], output, b"hi\n", f"write what came back: {REASONS[output]}")


SERVERS = [
    ["tcp-server", "--port", "0", "--json"],
    ["udp-server", "--port", "0", "--json"],
    ["rdv-point", "--port", "0", "--json"],
    ["mcast-node", "--rdv-point", "127.0.0.1", "--port", "0", "--data-port", "0", "--status-socket", "none", "--counters"],
]


@pytest.mark.parametrize("words", SERVERS, ids=lambda words: str(words[0]))
def test_the_last_counts(words: Sequence[str]) -> None:
    for path, what in (("-", "standard output"), ("/dev/full", "/dev/full")):
        with running([*words, path]) as server:
            server.says("listening on ")
            assert server.stop() == 1
            assert f"write {what}: No space left on device" in server.said


def test_what_a_probe_receives(tmp_path: pathlib.Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as inbox:
        inbox.bind(("127.0.0.1", 0))
        port = inbox.getsockname()[1]
    clip = tmp_path / "clip.ts"
    clip.write_bytes((b"\x47\x1f\xff\x10" + bytes(184)) * 700)
    for option, path in (("--json", "-"), ("--json", "/dev/full"), ("--timeline", "/dev/full"), ("--save", "/dev/full")):
        with running(["tv-probe", str(port), "--bind", "127.0.0.1", "--idle-timeout", "0.2", option, path]) as probe:
            probe.says("listening on ")
            sender = ["tv-sender", "127.0.0.1", str(port), "--file", str(clip), "--rate", "50M", "--json"]
            fails([*sender, "/dev/full"], reason="write /dev/full: No space left on device")
            assert probe.ends() == 1, probe.said
            assert f"write {'standard output' if path == '-' else path}: No space left on device" in probe.said


@pytest.mark.parametrize("output", REASONS)
def test_a_nodes_messages_are_copied_all_the_same(output: str) -> None:
    with running(["rdv-point", "--port", "0"]) as point:
        at_point = f"127.0.0.1:{point.port()}"
        words = ["mcast-node", "--rdv-point", at_point, "--address", "127.0.0.1", "--port", "0", "--data-port", "0"]
        with running([*words, "--status-socket", "none"], output) as node, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as user:
            data_port = int(node.says(r"messages of this host's programs at \S*:(\d+) ")[1])
            node.says("registered as the root")
            user.sendto(b"hello", ("127.0.0.1", data_port))
            node.says(f"print a message: {REASONS[output]}; copying goes on")
            assert node.stop() == 1


def test_a_nodes_status(tmp_path: pathlib.Path) -> None:
    path = str(tmp_path / "status")
    words = ["mcast-node", "--rdv-point", "127.0.0.1", "--port", "0", "--data-port", "0", "--status-socket", path]
    with running(words) as node:
        node.says("status at ")
        fails(["mcast-node", "--status", path])
        fails(["mcast-node", "--status", path, "--json"])


def test_a_state_that_is_not_kept(tmp_path: pathlib.Path) -> None:
    (tmp_path / "state.new").symlink_to("/dev/full")
    with running(["rdv-point", "--port", "0", "--state", str(tmp_path / "state")]) as point:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as node:
            node.sendto(b"RREG\n", ("127.0.0.1", point.port()))
            point.says("write .*state.new: No space left on device; after a restart the root will be forgotten")
        assert point.stop() == 1


@pytest.mark.parametrize("output", REASONS)
def test_a_member_of_a_chat_leaves(output: str) -> None:
    room = ["--room", "239.255.7.8", "--interface", "lo"]
    ana = subprocess.Popen(
        [machine.programs_folder() / "mcast-chat", "--name", "ana", *room],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert ana.stdout is not None and ana.stdout.readline() == "* ana joined\n"
        with running(["mcast-chat", "--name", "bob", *room], output) as bob:
            assert bob.ends() == 1
            assert "write standard output: " in bob.said
        assert ana.stdout.readline() == "* bob joined\n"
        assert ana.stdout.readline() == "* bob left\n"
    finally:
        ana.kill()
        ana.communicate()


def test_what_is_not_taken_at_once_is_waited_for() -> None:
    words = [str(machine.programs_folder() / "hmtp-simulation"), "--seed", "1", "--nodes", "20", "--trace"]
    whole = subprocess.run(words, stdout=subprocess.PIPE, check=True).stdout
    reading, writing = os.pipe()
    room = fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, os.sysconf("SC_PAGESIZE"))
    assert len(whole) > 4 * room
    os.set_blocking(writing, False)
    process = subprocess.Popen(words, stdout=writing)
    os.close(writing)

    def waits() -> bool:
        written = int.from_bytes(fcntl.ioctl(reading, termios.FIONREAD, bytes(4)), sys.byteorder)
        return written > room // 2 and pathlib.Path(f"/proc/{process.pid}/syscall").read_text(encoding="ascii") != "running\n"

    read = b""
    try:
        wait_for(waits, "the program to wait for its reader", 20)
        while part := os.read(reading, 65536):
            read += part
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
        os.close(reading)
    assert read == whole
