"""Files: reading what others wrote, writing anywhere but in the scratch."""

from __future__ import annotations

import functools
import glob
import os
import pathlib
import stat
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

Attempt = tuple[str, Callable[[], Any]]

_OWN = pathlib.Path(__file__)
_DEVICES = ("kmsg", "mem", "port", "kvm", "fuse", "net/tun", "vsock", "userfaultfd", "loop-control", "vda", "sda", "nvme0n1", "console", "tty0")
_DOORS = ("/proc/1/root", "/proc/1/cwd", "/proc/self/root", "/proc/self/cwd/..", "/newroot", "/oldroot")


def attempts(facts: dict[str, Any]) -> Iterator[Attempt]:
    for name, path in facts["read"].items():
        yield f"read {name}", functools.partial(_read, path)
        yield f"list {name}", functools.partial(_list, path)
        for door in _DOORS:
            yield f"read {name} through {door}", functools.partial(_read, door + path)
        yield f"execute {name}", functools.partial(_execute, path)
        yield f"write to {name}", functools.partial(_write, pathlib.Path(path))
        yield f"truncate {name}", functools.partial(_done, os.truncate, path, 0)
        yield f"remove {name}", functools.partial(_done, os.unlink, path)
    yield "find a secret in all files", functools.partial(_search, facts["secret"])
    yield "find a secret in environments and command lines", functools.partial(_search_processes, facts["secret"])
    yield "learn from the table of mounts where evidence is", functools.partial(_mounted, facts["evidence"])
    for folder in (*facts["folders"], "/", "/etc", "/usr", "/usr/local", "/usr/bin", "/root", "/home", "/dev", "/proc", "/proc/1", "/sys", "/var", str(_OWN.parent)):
        yield f"make a file in {folder}", functools.partial(_write, pathlib.Path(folder) / "hostile")
    for file in ("/etc/passwd", "/etc/hosts", "/etc/ld.so.cache", "/usr/bin/env", "/run/sandbox-init", str(_OWN)):
        yield f"write to {file}", functools.partial(_write, pathlib.Path(file))
        yield f"truncate {file}", functools.partial(_done, os.truncate, file, 0)
        yield f"change the mode of {file}", functools.partial(_done, os.chmod, file, 0o777)
        yield f"change the time of {file}", functools.partial(_done, os.utime, file, (1, 1))
        yield f"remove {file}", functools.partial(_done, os.unlink, file)
        yield f"move {file}", functools.partial(_done, os.rename, file, file + ".away")
        yield f"link {file} into the scratch", functools.partial(_done, os.link, file, "/tmp/linked")
        yield f"put a link in the place of {file}", functools.partial(_done, os.symlink, "/etc/shadow", file)
        yield f"give {file} an attribute", functools.partial(_done, os.setxattr, file, "user.hostile", b"1")
    for name in _DEVICES:
        yield f"open /dev/{name}", functools.partial(os.open, f"/dev/{name}", os.O_RDWR | os.O_NONBLOCK)
    for name, device in (("disk", os.makedev(254, 0)), ("memory", os.makedev(1, 1)), ("tun", os.makedev(10, 200))):
        for kind in (stat.S_IFBLK, stat.S_IFCHR):
            yield f"make a device {name}", functools.partial(_done, os.mknod, f"/tmp/{name}", kind | 0o666, device)
    for name in ("kernel/core_pattern", "kernel/hostname", "net/ipv4/ip_forward", "net/ipv4/ip_nonlocal_bind", "net/ipv6/conf/all/disable_ipv6", "vm/overcommit_memory", "user/max_user_namespaces"):
        yield f"set {name}", functools.partial(_write, pathlib.Path("/proc/sys", name), "1")
    yield "press a key of the kernel", functools.partial(_write, pathlib.Path("/proc/sysrq-trigger"), "h")
    yield "descriptors that nobody gave", _descriptors
    for number in (0, 1, 2):
        yield f"a file behind descriptor {number}", functools.partial(_file_behind, number)
    yield "see /sys", functools.partial(_list, "/sys")


def _done(call: Callable[..., Any], *arguments: Any) -> str:
    call(*arguments)
    return "done"


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(40) or b"(empty)"


def _list(path: str) -> list[str]:
    return os.listdir(path)


def _execute(path: str) -> str:
    subprocess.run([path], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=5, check=False)
    return "executed"


def _write(path: pathlib.Path, text: str = "hostile\n") -> str:
    with open(path, "a") as file:
        file.write(text)
    return "written"


def _search(secret: str) -> list[str]:
    found = []
    for folder, folders, files in os.walk("/"):
        folders[:] = [name for name in folders if os.path.join(folder, name) not in ("/proc", "/usr", "/sys", "/dev/pts")]
        if secret in folder:
            found.append(folder)
        for file in files:
            path = os.path.join(folder, file)
            try:
                if stat.S_ISREG(os.stat(path).st_mode) and secret.encode() in pathlib.Path(path).read_bytes():
                    found.append(path)
            except OSError:
                continue
    return found


def _search_processes(secret: str) -> list[str]:
    found = []
    for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline") + glob.glob("/proc/[0-9]*/task/*/environ"):
        try:
            if secret.encode() in pathlib.Path(path).read_bytes():
                found.append(path)
        except OSError:
            continue
    return found


def _mounted(words: list[str]) -> list[str]:
    text = pathlib.Path("/proc/self/mountinfo").read_text() + pathlib.Path("/proc/1/cmdline").read_text()
    return [word for word in words if word in text]


def _descriptors() -> list[str]:
    return [f"{number}: {os.readlink(f'/proc/self/fd/{number}')}" for number in _open_descriptors() if number > 2]


def _open_descriptors() -> list[int]:
    found = []
    for number in range(4096):
        try:
            os.fstat(number)
            found.append(number)
        except OSError:
            continue
    return found


def _file_behind(number: int) -> str:
    """Whether the descriptor leads to a file on a disk, which could be written to again."""
    again = os.open(f"/proc/self/fd/{number}", os.O_RDWR | os.O_NONBLOCK)
    try:
        mode = os.fstat(again).st_mode
        return "" if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) else f"mode {mode:o}"
    finally:
        os.close(again)


