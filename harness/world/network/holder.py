"""Holds the namespaces of many hosts: a program of its own, started by holders.py as ``python3 -IS holder.py``.

Standard input: the number of hosts, then one "key value" line per setting below /proc/sys/net, then an empty line.
It forks one child per host; each makes a network and a mount namespace, mounts its own /sys (as Mininet's mnexec
does), applies the settings, and pauses. Standard output: the children's process ids on one line, or the error.
The children die with this process (PR_SET_PDEATHSIG), and it ends when its standard input closes, so that no
holder outlives the program that asked for it. A process of its own, because forking a small interpreter costs a tenth
of forking a large one, and because forking a program with threads is unsafe.
"""

import ctypes
import os
import signal
import sys

CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
MS_PRIVATE_RECURSIVE = (1 << 18) | (1 << 14)
PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15

libc = ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def hold(settings: list[tuple[str, str]], report: int) -> None:
    """The child: never returns. Writes one line to report: empty when all went well, else the reason."""
    try:
        check(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL), "prctl")
        check(libc.unshare(CLONE_NEWNET | CLONE_NEWNS), "unshare of network and mount namespace")
        check(libc.mount(b"none", b"/", None, MS_PRIVATE_RECURSIVE, None), "mount --make-rprivate /")
        # Where parts of /sys are masked (containers) the kernel refuses; the host then sees the cell's /sys.
        libc.mount(b"sysfs", b"/sys", b"sysfs", 0, None)
        for key, value in settings:
            with open(f"/proc/sys/net/{key}", "w", encoding="ascii") as file:
                file.write(value)
        libc.prctl(PR_SET_NAME, b"mininet-host")
        message = "\n"
    except OSError as error:
        message = f"{error}\n"
    os.write(report, message.encode())
    os.close(report)
    os.close(0)
    os.close(1)
    while True:
        signal.pause()


def main() -> None:
    count = int(sys.stdin.readline())
    pairs = (line.split(maxsplit=1) for line in iter(lambda: sys.stdin.readline().strip(), ""))
    settings = [(key, value) for key, value in pairs]
    reader, writer = os.pipe()
    children = []
    for _ in range(count):
        child = os.fork()
        if child == 0:
            os.close(reader)
            hold(settings, writer)
        children.append(child)
    os.close(writer)
    with os.fdopen(reader) as reports:
        problems = [line.strip() for line in (reports.readline() for _ in children) if line.strip()]
    print(f"error {problems[0]}" if problems else " ".join(map(str, children)), flush=True)
    sys.stdin.read()
    os._exit(0)


main()
