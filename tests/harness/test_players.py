"""Real VLC and ffmpeg play a stream that is sent at its own rate, in a network namespace of their own."""

import dataclasses
import pathlib
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

from scenarios.tv.kit import clips as assets, decode, players, vlc
from scenarios.tv.kit.clips import build


@dataclasses.dataclass
class Program:
    """A program as hosts start it."""

    process: subprocess.Popen
    stdout_path: pathlib.Path
    stderr_path: pathlib.Path

    @property
    def pid(self):
        return self.process.pid

    @property
    def running(self):
        return self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, deadline):
        return self.process.wait(deadline)


class Host:
    """A network namespace with loopback only, held by a process that ends with the test."""

    def __init__(self, folder):
        self.folder, self.programs = folder, []
        keep = ["unshare", "--user", "--map-root-user", "--net", "sh", "-c", "ip link set lo up && echo up && exec cat"]
        self.holder = subprocess.Popen(keep, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.holder.stdout.readline() == "up\n"

    def start(self, command, *arguments, name):
        out, err = self.folder / f"{name}.out", self.folder / f"{name}.err"
        enter = ["nsenter", "-t", str(self.holder.pid), "--user", "--net", "--preserve-credentials"]
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                [*enter, command, *arguments], stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr
            )
        self.programs.append(Program(process, out, err))
        return self.programs[-1]

    def close(self):
        for program in self.programs:
            if program.running:
                program.process.kill()
            program.process.wait()
        self.holder.communicate()


@pytest.fixture
def host(tmp_path):
    made = Host(tmp_path)
    yield made
    made.close()


SENDER = textwrap.dedent(
    """
    import socket, sys, time
    data = open(sys.argv[1], "rb").read()[: int(float(sys.argv[2]) * 638000 / 8 / 188) * 188]
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    start = time.monotonic()
    for at in range(0, len(data), 1316):
        time.sleep(max(0, start + at * 8 / 638000 - time.monotonic()))
        out.sendto(data[at : at + 1316], (sys.argv[3], 5000))
    """
)


def test_vlc_and_ffmpeg_play_what_is_sent(host, tmp_path):
    assets.ensure(build.FOLDER)
    clip = assets.path("clip")
    original = decode.frame_hashes(clip)
    private = tmp_path / ("a-rather-long-name-" * 6) / "vlc"  # longer than the path of a socket may be
    player = players.start_vlc(host, "udp://@127.0.0.1:5000", 5000, private)
    assert vlc.bound(player.program.pid, 5000) == {"0100007F"}
    live = host.start(*players.ffmpeg_arguments("udp://127.0.0.2:5000?localaddr=127.0.0.2", timeout=4), name="ffmpeg")
    until = time.monotonic() + 10
    while not vlc.bound(live.pid, 5000):
        assert live.running and time.monotonic() < until
        time.sleep(0.02)
    senders = [
        host.start(sys.executable, "-c", SENDER, str(clip), "6", address, name=f"sender-{address}")
        for address in ("127.0.0.1", "127.0.0.2")
    ]
    assert [sender.wait(30) for sender in senders] == [0, 0]
    assert live.wait(30) == 0
    decoded = decode.parse_hashes(live.stdout_path.read_text())
    assert len(decoded) > 140 and len(set(decoded) - set(original)) <= 1  # the last picture is cut short
    report = player.stop(original)
    assert report.statistics.corrupted == 0 and report.statistics.discontinuities == 0
    assert report.log.bufferings >= 1
    # On a busy machine VLC may throw some away as too late, and says so.
    assert report.showing.intact + report.log.too_late >= 135
    assert report.showing.delay < 0.5 + sum(stall.seconds for stall in report.showing.stalls())
    assert np.all(np.diff(report.showing.frames[report.showing.frames >= 0]) > 0)


class WithoutVlc:
    """A host on which every program but the tap is one that fails."""

    def __init__(self, host):
        self.host = host

    def start(self, command, *arguments, name):
        failing = ("sh", "-c", "echo no such player >&2; exit 1")
        return self.host.start(*((command, *arguments) if name == "tap" else failing), name=name)


def test_a_player_that_cannot_start_says_why(host, tmp_path):
    with pytest.raises(players.PlayerError, match="ended before VLC listened on UDP port 5000: no such player"):
        players.start_vlc(WithoutVlc(host), "udp://@:5000", 5000, tmp_path / "vlc")
