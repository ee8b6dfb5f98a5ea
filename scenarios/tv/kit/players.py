"""Real players on hosts: VLC, which paces, loses and halts as viewers would see, and ffmpeg, which decodes all it gets.

A host is anything with start(command, *arguments, name=…) that returns a running program with pid, running,
stdout_path, stderr_path, signal(number) and wait(deadline=seconds).
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any

from harness.judge.failures import MachineFailure
from scenarios.tv.kit import showing, vlc

_PYTHON = "/usr/bin/python3"
_STARTS_WITHIN = 20.0
_ENDS_WITHIN = 10.0
_POLL = 0.02
_STILL_POLL = 0.1


class PlayerError(MachineFailure):
    """A player did not start, listen or end as it should; the message ends with its last lines."""

    source = "players"


@dataclasses.dataclass(frozen=True)
class VlcReport:
    """How a VLC fared. statistics: its own counters, None if it had played nothing; showing: what was on the screen."""

    statistics: vlc.Statistics | None
    log: vlc.Log
    showing: showing.Showing


@dataclasses.dataclass
class Vlc:
    """A VLC playing on a host, and the tap that watches its screen."""

    program: Any
    tap: Any
    folder: pathlib.Path

    def wait_still(self, seconds: float = 2.0, deadline: float = 30.0) -> None:
        """Waits until the picture has stood still for so long, or no picture has come since the call: all is shown.

        seconds must exceed the buffering at the start, during which the first picture stands. Raises PlayerError.
        """
        called = time.monotonic()
        while time.monotonic() - max(called, self._changed()) < seconds:
            if time.monotonic() > called + deadline:
                raise PlayerError(f"VLC: the picture still moves after {deadline:g} s")
            time.sleep(_STILL_POLL)

    def _changed(self) -> float:
        """When the picture last changed (CLOCK_MONOTONIC, s), 0 before the first one."""
        lines = pathlib.Path(self.tap.stdout_path).read_text().split("\n")[:-1]
        since = 0.0
        for line in reversed(lines):
            stamp, _, digest = line.partition(" ")
            if digest != lines[-1].partition(" ")[2]:
                break
            since = float(stamp)
        return since

    def stop(self, original: Sequence[str], rate: float = 25.0) -> VlcReport:
        """Ends VLC and the tap; original: the hashes of the clip's pictures, rate: pictures per second.

        Stop it when the pictures still in its buffer have been shown (wait_still): about 2 s after the last packet.
        Raises PlayerError.
        """
        try:
            statistics = vlc.parse_statistics(vlc.ask(self.folder, "stats"))
        except vlc.VlcError:
            if not self.program.running:
                raise PlayerError(f"VLC ended on its own: {_last_lines(self.program)}") from None
            statistics = None
        # VLC first: without its reader it would hang on a full pipe.
        for program in (self.program, self.tap):
            program.signal(signal.SIGTERM)
            program.wait(deadline=_ENDS_WITHIN)
        lines = pathlib.Path(self.tap.stdout_path).read_text().splitlines()
        log = vlc.parse_log(pathlib.Path(self.program.stderr_path).read_text(errors="replace"))
        return VlcReport(statistics, log, showing.compare(lines, original, rate))


@dataclasses.dataclass(frozen=True)
class _Player:
    """A lab's host as start_vlc() wants it."""

    host: Any

    def start(self, *command: str, name: str) -> Any:
        return self.host.start_command(*command, name=name)


def play(host: Any, address: str = "", port: int = 5000, caching: float = 1.0, interface: str = "") -> Vlc:
    """Starts VLC on a lab's host, on ``udp://@address:port`` (a group is joined; no address: any), and returns when it listens.

    caching: seconds that VLC buffers; interface: where a group is joined. Raises PlayerError.
    """
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"vlc-{host.name}-")) / "run"
    return start_vlc(_Player(host), f"udp://@{address}:{port}", port, folder, caching, interface)


def start_vlc(
    host: Any, url: str, port: int, folder: str | os.PathLike[str], caching: float = 1.0, interface: str = ""
) -> Vlc:
    """Starts VLC on host and returns when it listens on the UDP port. folder: a private one of the run, made here.

    url, caching (s) and interface as for scenarios.tv.kit.vlc.arguments. Raises PlayerError.
    """
    folder = pathlib.Path(folder).resolve()
    folder.mkdir(parents=True)
    pipe = folder / vlc.PICTURES
    # By its file, for a host's working folder need not be the project's.
    script = str(pathlib.Path(__file__).parents[1] / "agents/tap.py")
    tap = host.start(_PYTHON, script, str(pipe), name="tap")
    _await(pipe.is_fifo, tap, "the tap made its pipe")
    program = host.start(*vlc.arguments(url, folder, caching, interface), name="vlc")
    _await(lambda: bool(vlc.bound(program.pid, port)), program, f"VLC listened on UDP port {port}")
    return Vlc(program, tap, folder)


def ffmpeg_arguments(url: str, timeout: float = 5.0) -> list[str]:
    """The command line of an ffmpeg that decodes a UDP stream live and prints a hash per picture (framemd5).

    url: udp://10.0.0.1:5000 listens on every address whatever the one named, unless ?localaddr=10.0.0.1 follows; a
    group's address is joined. It ends with status 0 after timeout seconds without a datagram,
    before the first one too, and on SIGINT with 255; the pictures printed are complete in both cases.
    """
    live = f"{url}{'&' if '?' in url else '?'}timeout={timeout * 1e6:.0f}"
    command = ["ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "repeat+warning", "-threads", "1", "-i", live]
    return [*command, "-map", "0:v:0", "-fps_mode", "passthrough", "-vf", "setpts=N", "-f", "framemd5", "-"]


def _last_lines(program: Any) -> str:
    try:
        text = pathlib.Path(program.stderr_path).read_text(errors="replace").strip()
    except OSError:
        text = ""
    return " | ".join(text.splitlines()[-5:]) or "(it said nothing)"


def _await(fact: Callable[[], bool], program: Any, what: str) -> None:
    until = time.monotonic() + _STARTS_WITHIN
    while not fact():
        if not program.running:
            raise PlayerError(f"{program.stderr_path}: ended before {what}: {_last_lines(program)}")
        if time.monotonic() > until:
            raise PlayerError(f"{what}: not within {_STARTS_WITHIN:g} s: {_last_lines(program)}")
        time.sleep(_POLL)
