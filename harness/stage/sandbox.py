"""The sandbox of judged programs: what they see, in which bounds they live (docs/sandbox.md).

bubblewrap (package bubblewrap) makes the mounts and namespaces inside the cell, and our sandbox-init is process 1 in it
(cpp/sandbox). A program sees /usr and a chosen /etc, its own files, an empty scratch folder and its host's network.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import pathlib
import shutil
import stat
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

SCRATCH = pathlib.PurePosixPath("/tmp")
"""Where a program may write; also its home and, unless a hand-in's folder is, its working folder."""

_FOLDER = pathlib.Path("/run/wireproof")  # in the cell: private, and empty at its start
_INIT = "/run/sandbox-init"
_NOBODY = 65534
_ID = 1000  # what a program takes itself for (cpp/sandbox)
_SHARED_MEMORY = 8 << 20  # bytes
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What interpreters and the C library read; nothing that says who uses this machine, and for what.
_CONFIGURATION = [
    "alternatives", "debian_version", "fonts", "gai.conf", "host.conf", "inputrc", "java*", "ld.so.cache", "ld.so.conf", "ld.so.conf.d",
    "locale.alias", "localtime", "magic", "mime.types", "netconfig", "networks", "os-release", "perl", "protocols", "python3*", "rpc",
    "services", "ssl/certs/ca-certificates.crt", "ssl/openssl.cnf", "timezone",
]  # fmt: skip
_WRITTEN = {
    "passwd": f"root:x:0:0:root:/:/usr/sbin/nologin\nstudent:x:{_ID}:{_ID}:student:{SCRATCH}:/bin/sh\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n",
    "group": f"root:x:0:\nstudent:x:{_ID}:\nnogroup:x:65534:\n",
    "hosts": "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\nnetworks: files\nprotocols: files\nservices: files\n",
    "resolv.conf": "",
}
_MOST_COPIED = 256 << 20  # bytes of a hand-in that another user is to read


_hosts: list[str] = []


def name_hosts(addresses: Mapping[str, Iterable[str]]) -> None:
    """Says which names programs of this cell can resolve: name → addresses. Before the first one starts."""
    _hosts[:] = [f"{address}\t{name}\n" for name, several in addresses.items() for address in several if address]


def scratch_name(value: Any) -> pathlib.PurePosixPath | None:
    """Where in its sandbox a program is to write what is wanted as this file; None for words that name no file ("-", a device)."""
    path = pathlib.PurePosixPath(str(value))
    return SCRATCH / path.name if path.is_absolute() and path.parts[1:2] != ("dev",) else None


class SandboxError(RuntimeError):
    """A sandbox could not be made; the message says what was tried and what the system said."""


@dataclasses.dataclass(frozen=True)
class Limits:
    """Bounds of one program with all its descendants. Bytes but for: processes (threads count), descriptors (of each process),
    processor_seconds (of each process; None: unbounded). data is the private memory of each process (RLIMIT_DATA), memory what all
    of them have resident. raw_sockets: whether it may open them."""

    processes: int = 256
    data: int = 2560 << 20
    memory: int = 1 << 30
    descriptors: int = 256
    scratch: int = 64 << 20
    output: int = 16 << 20
    processor_seconds: int | None = None
    raw_sockets: bool = False

    def options(self) -> list[str]:
        """For sandbox-init."""
        words = [
            "--processes", self.processes, "--data", self.data, "--memory", self.memory, "--descriptors", self.descriptors,
        ]  # fmt: skip
        if self.processor_seconds is not None:
            words += ["--processor-seconds", self.processor_seconds]
        return [*map(str, words), *(["--raw-sockets"] if self.raw_sockets else [])]

    def in_words(self, names: Iterable[str]) -> list[str]:
        """What a person is told of bounds that were reached."""
        known = {
            "memory": f"{self.memory >> 20} MiB of memory", "processes": f"{self.processes} processes",
            "scratch": f"{self.scratch >> 20} MiB of scratch", "output": f"{self.output >> 20} MiB of output",
        }  # fmt: skip
        return [known.get(name, name) for name in sorted(names)]


@dataclasses.dataclass(frozen=True)
class Sandbox:
    """One program's. init: sandbox-init; shows: files and folders that it may read, at their own places; folder: its working folder,
    if not the scratch; writes: file outside → its name in the scratch, copied in before the start and out at the end; keeps: folder outside →
    where the program may write to it."""

    init: pathlib.Path
    limits: Limits = Limits()
    shows: Sequence[pathlib.Path] = ()
    folder: pathlib.Path | None = None
    writes: Mapping[pathlib.Path, str] = dataclasses.field(default_factory=dict)
    keeps: Mapping[pathlib.Path, pathlib.PurePosixPath] = dataclasses.field(default_factory=dict)
    environment: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def command(self, hostname: str, control: int, streams: tuple[int, int, int], terminal: bool) -> list[str]:
        """The words before the program's own; the numbers are descriptors that it is given."""
        outer = identity()
        words = [*_mounts(), "--hostname", hostname, "--perms", "1777", "--size", str(self.limits.scratch), "--tmpfs", str(SCRATCH)]
        words += ["--ro-bind", str(self.init), _INIT]
        shown = list(dict.fromkeys(self.shows))
        # Left to bubblewrap, folders above them are closed to all but root.
        for folder in sorted({parent for path in shown for parent in path.parents if len(parent.parts) > 1 and parent != pathlib.Path(SCRATCH)}):
            words += ["--perms", "0755", "--dir", str(folder)]
        for path in shown:
            if path.is_relative_to("/etc"):
                _make_room(_FOLDER / path.relative_to("/"), path.is_dir())
            words += ["--ro-bind", str(readable(path, outer)), str(path)]
        for outside, inside in self.keeps.items():
            words += ["--bind", str(outside), str(inside)]
        words += ["--remount-ro", "/", "--chdir", str(self.folder or SCRATCH), "--clearenv"]
        for name, value in {**_environment(), **self.environment}.items():
            words += ["--setenv", name, value]
        words += ["--", _INIT, "--control", str(control), "--uid", str(outer), "--gid", str(outer)]
        for name, descriptor in zip(("--stdin", "--stdout", "--stderr"), streams):
            words += [name, str(descriptor)]
        return [*words, *(["--terminal"] if terminal else []), *self.limits.options(), "--"]


def _environment() -> dict[str, str]:
    return {
        "PATH": _PATH, "HOME": str(SCRATCH), "TMPDIR": str(SCRATCH), "USER": "student", "LOGNAME": "student", "LANG": "C.UTF-8",
        "TERM": "dumb",
    }  # fmt: skip


@functools.cache
def identity() -> int:
    """The user id, in the cell's numbers, under which programs run: never root of the machine. Who may use only one id has no other
    in the cell; who is root gives way to the user who called sudo, or to nobody."""
    ids = sum(int(line.split()[2]) for line in pathlib.Path("/proc/self/uid_map").read_text().splitlines())
    if ids == 1:
        return 0
    caller = os.environ.get("SUDO_UID", "")
    return int(caller) if caller.isdigit() and int(caller) else _NOBODY


@functools.cache
def _mounts() -> tuple[str, ...]:
    """bubblewrap's options that are the same for all programs of a cell."""
    words = ["--unshare-pid", "--as-pid-1", "--unshare-ipc", "--unshare-uts", "--cap-add", "ALL", "--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        path = pathlib.Path("/", name)
        if path.is_symlink():
            words += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            words += ["--ro-bind", str(path), str(path)]
    words += ["--ro-bind", str(_configuration()), "/etc", "--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--size", str(_SHARED_MEMORY), "--tmpfs", "/dev/shm"]
    return (*words, "--remount-ro", "/dev", "--perms", "1777", "--size", "1048576", "--tmpfs", "/run")


def _configuration() -> pathlib.Path:
    """The sandboxes' /etc, one for the cell: a mount costs each program's start more than all these copies together."""
    folder = _FOLDER / "etc"
    for pattern in _CONFIGURATION:
        for path in pathlib.Path("/etc").glob(pattern):
            copy = folder / path.relative_to("/etc")
            copy.parent.mkdir(parents=True, exist_ok=True)
            _copy(str(path), str(copy))
    for name, text in _WRITTEN.items():
        (folder / name).write_text(text + "".join(_hosts if name == "hosts" else ()), encoding="utf-8")
        (folder / name).chmod(0o444)
    return folder


def _make_room(place: pathlib.Path, folder: bool) -> None:
    """Something that a mount can cover: bubblewrap makes nothing in an /etc that is read-only."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if folder:
        place.mkdir(exist_ok=True)
    elif not place.exists():
        place.touch()


def _copy(source: str, target: str) -> None:
    """A file, link or folder with what is in it, as far as everybody may read it: programs need no more."""
    with contextlib.suppress(OSError):
        if os.path.islink(source):
            os.symlink(os.readlink(source), target)
        elif os.path.isdir(source):
            os.mkdir(target)
            for name in os.listdir(source):
                _copy(f"{source}/{name}", f"{target}/{name}")
        elif os.stat(source).st_mode & 0o004:
            shutil.copyfile(source, target)


def readable(path: pathlib.Path, user: int) -> pathlib.Path:
    """The path, or a copy of it that the user (an id of the cell) can read. Raises SandboxError."""
    if user == 0 or _may_read(path, user):
        return path
    copy = _FOLDER / "files" / f"{abs(hash(path)):x}" / path.name
    if not copy.exists():
        try:
            copy.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                if sum(one.lstat().st_size for one in path.rglob("*")) > _MOST_COPIED:
                    raise SandboxError(f"{path} is for another user's eyes only, and too large to be copied; chmod -R a+rX {path}")
                shutil.copytree(path, copy, symlinks=True)
            else:
                shutil.copy(path, copy)
            for one in (copy, *copy.rglob("*")):
                if not one.is_symlink():
                    one.chmod(one.stat().st_mode | 0o444 | (0o111 if one.is_dir() or one.stat().st_mode & 0o100 else 0))
        except OSError as error:
            raise SandboxError(f"{path} cannot be copied for the program to read: {error}") from error
    return copy


def _may_read(path: pathlib.Path, user: int) -> bool:
    """Whether the user may read the file, or all that is in the folder. Folders above do not count: they are not seen."""
    for one in (path, *(path.rglob("*") if path.is_dir() else ())):
        try:
            facts = one.stat()
        except OSError:
            continue
        shift = 6 if facts.st_uid == user else 0
        wanted = 0o5 if stat.S_ISDIR(facts.st_mode) or facts.st_mode & 0o100 else 0o4
        if facts.st_mode >> shift & wanted != wanted:
            return False
    return True
