"""System calls by name, as the kernel's own header numbers them."""

from __future__ import annotations

import ctypes
import errno
import os

_library = ctypes.CDLL(None, use_errno=True)
_library.syscall.restype = ctypes.c_long

NUMBERS = {
    "ioctl": 16, "clone": 56, "semget": 64, "shmget": 29, "msgget": 68, "setuid": 105, "setgid": 106, "setgroups": 116, "setresuid": 117,
    "setfsuid": 122, "capset": 126, "ptrace": 101, "syslog": 103, "sysfs": 139, "vhangup": 153, "pivot_root": 155, "adjtimex": 159, "chroot": 161,
    "acct": 163, "settimeofday": 164, "mount": 165, "umount2": 166, "swapon": 167, "swapoff": 168, "reboot": 169, "sethostname": 170,
    "setdomainname": 171, "iopl": 172, "ioperm": 173, "init_module": 175, "delete_module": 176, "quotactl": 179, "lookup_dcookie": 212,
    "clock_settime": 227, "mq_open": 240, "kexec_load": 246, "add_key": 248, "request_key": 249, "keyctl": 250, "ioprio_set": 251,
    "migrate_pages": 256, "unshare": 272, "move_pages": 279, "perf_event_open": 298, "fanotify_init": 300, "name_to_handle_at": 303,
    "open_by_handle_at": 304, "clock_adjtime": 305, "setns": 308, "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312,
    "finit_module": 313, "memfd_create": 319, "kexec_file_load": 320, "bpf": 321, "userfaultfd": 323, "io_uring_setup": 425,
    "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432,
    "fspick": 433, "clone3": 435, "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442, "quotactl_fd": 443,
    "memfd_secret": 447, "process_mrelease": 448, "open_tree_attr": 467,
}  # fmt: skip
"""Of x86-64."""


def call(name: str, *arguments: int) -> int:
    """Raises OSError; also where the numbers are of another processor."""
    if os.uname().machine != "x86_64":
        raise OSError(errno.ENOSYS, "numbers of this processor are not known")
    ctypes.set_errno(0)
    result = _library.syscall(ctypes.c_long(NUMBERS[name]), *map(ctypes.c_long, arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
