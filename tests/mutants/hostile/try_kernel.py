"""System calls that reach into the kernel, the machine or beyond what is counted."""

from __future__ import annotations

import ctypes
import functools
import os
from collections.abc import Callable, Iterator
from typing import Any

from system_calls import call

_buffer = ctypes.create_string_buffer(4096)
_empty = ctypes.addressof(_buffer)
_texts = [ctypes.create_string_buffer(text) for text in (b"/tmp", b"tmpfs", b"/usr", b"name")]
_tmp, _tmpfs, _usr, _name = map(ctypes.addressof, _texts)
_HERE = -100  # AT_FDCWD
_MS_BIND = 4096

_CALLS: dict[str, tuple[str, tuple[int, ...]]] = {
    "mount a tmpfs": ("mount", (_tmpfs, _tmp, _tmpfs, 0, 0)),
    "show /usr elsewhere": ("mount", (_usr, _tmp, 0, _MS_BIND, 0)),
    "make /usr writable": ("mount", (0, _usr, 0, 32 | _MS_BIND, 0)),
    "take /usr away": ("umount2", (_usr, 2)),
    "take /tmp away": ("umount2", (_tmp, 2)),
    "change the root": ("pivot_root", (_tmp, _tmp)),
    "chroot": ("chroot", (_tmp,)),
    "open_tree": ("open_tree", (_HERE, _usr, 1)),
    "open_tree_attr": ("open_tree_attr", (_HERE, _usr, 1, 0, 0)),
    "fsopen": ("fsopen", (_tmpfs, 0)),
    "fspick": ("fspick", (_HERE, _tmp, 0)),
    "fsmount": ("fsmount", (0, 0, 0)),
    "move_mount": ("move_mount", (_HERE, _usr, _HERE, _tmp, 0)),
    "mount_setattr": ("mount_setattr", (_HERE, _usr, 0, _empty, 32)),
    "open a file by its handle": ("open_by_handle_at", (_HERE, _empty, 0)),
    "make a handle": ("name_to_handle_at", (_HERE, _usr, _empty, _empty, 0)),
    "io_uring_setup": ("io_uring_setup", (8, _empty)),
    "io_uring_enter": ("io_uring_enter", (0, 0, 0, 0, 0, 0)),
    "io_uring_register": ("io_uring_register", (-1, 0, 0, 0)),
    "keep a key": ("add_key", (_name, _name, _name, 4, -2)),
    "ask for a key": ("request_key", (_name, _name, 0, -2)),
    "see the session's keys": ("keyctl", (0, -3, 1)),
    "join a session's keys": ("keyctl", (1, 0)),
    "bpf": ("bpf", (0, _empty, 72)),
    "userfaultfd": ("userfaultfd", (1,)),
    "perf_event_open": ("perf_event_open", (_empty, 0, -1, -1, 0)),
    "decide about files of others": ("fanotify_init", (4, 0)),
    "load a module": ("init_module", (_empty, 0, _name)),
    "load a module's file": ("finit_module", (0, _name, 0)),
    "unload a module": ("delete_module", (_name, 0)),
    "load another kernel": ("kexec_load", (0, 0, _empty, 0)),
    "switch Ctrl+Alt+Del off": ("reboot", (-0x1121_E1F3 & 0xFFFFFFFF, 672274793, 0, 0)),
    "swap on": ("swapon", (_tmp, 0)),
    "swap off": ("swapoff", (_tmp,)),
    "keep accounts": ("acct", (_tmp,)),
    "set quotas": ("quotactl", (0x80000100, _tmp, 0, _empty)),
    "set the time": ("settimeofday", (_empty, 0)),
    "set the clock": ("clock_settime", (0, _empty)),
    "turn the clock": ("adjtimex", (_empty,)),
    "turn a clock": ("clock_adjtime", (0, _empty)),
    "read the kernel's log": ("syslog", (3, _empty, 4096)),
    "rename the host": ("sethostname", (_name, 4)),
    "rename the domain": ("setdomainname", (_name, 4)),
    "reach the ports of the machine": ("iopl", (3,)),
    "reach a port of the machine": ("ioperm", (0x378, 1, 1)),
    "hang up": ("vhangup", ()),
    "memory of no process": ("memfd_create", (_name, 0)),
    "secret memory": ("memfd_secret", (0,)),
    "shared memory by key": ("shmget", (0, 1 << 30, 0o1600)),
    "semaphores by key": ("semget", (0, 32000, 0o1600)),
    "messages by key": ("msgget", (0, 0o1600)),
    "a message queue": ("mq_open", (_name, os.O_CREAT | os.O_RDWR, 0o600, 0)),
    "process_mrelease": ("process_mrelease", (-1, 0)),
    "move pages of process 1": ("move_pages", (1, 1, _empty, 0, _empty, 0)),
}


def attempts(facts: dict[str, Any]) -> Iterator[tuple[str, Callable[[], Any]]]:
    for name, (function, arguments) in _CALLS.items():
        yield name, functools.partial(_called, function, arguments)


def _called(function: str, arguments: tuple[int, ...]) -> str:
    return f"gave {call(function, *arguments)}"
