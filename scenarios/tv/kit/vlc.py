"""VLC without a screen: its command line, its answers on the old remote control interface, its log.

VLC counts as follows (3.0): "video decoded" counts each picture twice, once in the packetizer and once in the decoder;
the counters stand still while no data come, and "frames displayed" lags behind by what is queued, so that at the end of
a stream about 1.5 s of pictures are not counted yet (1,462 of 1,498 at the clip's own rate, none lost). It also counts
a picture each time it is drawn anew, and those dropped when the buffer ran dry not as lost. "Frames lost" equals the
log's "too late to be displayed" at double rate (474 each), but not always: at half rate 0 and 3, in one burst 0 and 14.
Trust the log. What was truly on the screen, and when, is told by scenarios/tv/agents/tap.py.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
import re
import socket
import time

CONTROL = "control.sock"
PICTURES = "pictures"
# What "stats" prints, with the names of the fields of Statistics.
_FIELDS = {
    "input bytes read": "input_kib",
    "demux corrupted": "corrupted",
    "discontinuities": "discontinuities",
    "frames displayed": "displayed",
    "frames lost": "lost",
}
_MOST_ANSWER = 1 << 16


class VlcError(Exception):
    """VLC did not answer, or answered something else than was asked."""


@dataclasses.dataclass(frozen=True)
class Statistics:
    """VLC's own counters: KiB read, TS packets damaged, counter jumps, pictures displayed and lost (too late)."""

    input_kib: int
    corrupted: int
    discontinuities: int
    displayed: int
    lost: int


@dataclasses.dataclass(frozen=True)
class Log:
    """What VLC's log tells. bufferings: how often it filled its buffer, the first time included (each further one is a
    halt); ran_dry: how often the clock of the stream came too late for the buffer; too_late: pictures thrown away
    because their time had passed; longest_late: by how much at most, in s."""

    bufferings: int
    ran_dry: int
    too_late: int
    longest_late: float


def arguments(url: str, folder: str | os.PathLike[str], caching: float = 1.0, interface: str = "") -> list[str]:
    """The command line of a VLC that plays url and leaves its control socket and its pictures' pipe in folder.

    url: udp://@:5000 on any address, udp://@10.0.0.1:5000 bound to one, udp://@226.1.1.1:5000 joins a group (on
    interface, if given). caching: s of stream that VLC keeps in hand. VLC refuses uid 0, which we are on a host; so
    it gets a user namespace of its own where it is 1000. The paths are relative to folder, for a socket's path may
    have 107 bytes at most.
    """
    command = ["env", "-C", os.fspath(folder), f"HOME={os.fspath(folder)}", "LC_ALL=C.UTF-8"]
    command += ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    command += ["vlc", "-vv", "--no-color", "-I", "dummy", "--extraintf", "oldrc"]
    command += ["--rc-fake-tty", f"--rc-unix={CONTROL}", "--vout", "yuv", "--yuv-file", PICTURES]
    command += ["--yuv-chroma", "I420", "--yuv-yuv4mpeg2", "--aout", "adummy", "--no-osd", "--no-spu"]
    command += ["--avcodec-hw", "none", "--avcodec-threads", "1", "--no-lua", "--ignore-config"]
    command += ["--no-media-library", "--no-plugins-scan", "--no-auto-preparse", "--no-metadata-network-access"]
    command += [f"--network-caching={caching * 1000:.0f}"]
    return [*command, *([f"--miface={interface}"] if interface else []), url]


def ask(folder: str | os.PathLike[str], command: str, deadline: float = 5.0) -> str:
    """Sends a command to the VLC that plays in folder and returns what it prints. Raises VlcError."""
    until = time.monotonic() + deadline
    end = f"{command.split()[0]}: returned ".encode()
    answer = b""
    directory = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(deadline)
            connection.connect(f"/proc/self/fd/{directory}/{CONTROL}")
            connection.sendall(command.encode() + b"\n")
            while end not in answer:
                connection.settimeout(max(0.001, until - time.monotonic()))
                if not (more := connection.recv(4096)) or len(answer) > _MOST_ANSWER:
                    raise VlcError(f"VLC in {os.fspath(folder)} broke off its answer to {command!r}")
                answer += more
    except TimeoutError:
        raise VlcError(f"VLC in {os.fspath(folder)} did not answer {command!r} in {deadline:g} s") from None
    except OSError as error:
        raise VlcError(f"cannot ask VLC in {os.fspath(folder)} for {command!r}: {error.strerror}") from error
    finally:
        os.close(directory)
    return answer.decode(errors="replace")


def parse_statistics(answer: str) -> Statistics:
    """Reads the answer to "stats". Raises VlcError naming what is missing."""
    found = {}
    for label, field in _FIELDS.items():
        match = re.search(rf"^\| *{label} *: *(\d+)", answer, re.MULTILINE)
        if not match:
            raise VlcError(f"VLC's statistics lack {label!r}: it has played nothing yet, or is another VLC")
        found[field] = int(match[1])
    return Statistics(**found)


def parse_log(text: str) -> Log:
    """Reads what VLC wrote to stderr with -vv."""
    late = [int(value) for value in re.findall(r"picture is too late to be displayed \(missing (\d+) ms\)", text)]
    return Log(
        bufferings=len(re.findall(r"Stream buffering done", text)),
        ran_dry=len(re.findall(r"PCR +is called too late", text)),
        too_late=len(late),
        longest_late=max(late, default=0) / 1000,
    )


def bound(pid: int, port: int) -> set[str]:
    """The local addresses on which process pid itself holds a UDP socket with this port, as in /proc (hexadecimal).

    Empty while it holds none, or when the process is gone.
    """
    own = set()
    try:
        for descriptor in pathlib.Path(f"/proc/{pid}/fd").iterdir():
            try:
                own.add(os.readlink(descriptor))
            except FileNotFoundError:
                continue
        tables = [pathlib.Path(f"/proc/{pid}/net/{name}") for name in ("udp", "udp6")]
        rows = [row.split() for table in tables if table.exists() for row in table.read_text().splitlines()[1:]]
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return set()  # gone, or just ending, or between two programs, when the kernel shows nothing
    local = [(row[1].rpartition(":"), row[9]) for row in rows if len(row) > 9]
    return {address for (address, _, number), inode in local if int(number, 16) == port and f"socket:[{inode}]" in own}
