"""Servers that a measurement starts, on a core of their own, and the processor time that they use."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping

_SECONDS = 20.0  # until a server must listen


class Trouble(Exception):
    """Something that was tried did not work; the text is for people."""


def processor_time(session: int) -> float:
    """Seconds that all processes of a session have used, and those that they have waited for."""
    ticks = 0
    for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            words = entry.read_text().rpartition(")")[2].split()
            if int(words[3]) == session:
                ticks += sum(map(int, words[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def listens(port: int, protocol: str = "tcp") -> bool:
    """Whether somebody has this port of this network namespace, on any address."""
    states = {"udp": "07", "tcp": "0A"}
    files = (pathlib.Path(f"/proc/net/{protocol}{version}") for version in ("", "6"))
    rows = (line.split() for file in files for line in file.read_text().splitlines()[1:])
    return any(row[1].endswith(f":{port:04X}") and row[3] == states[protocol] for row in rows)


@contextlib.contextmanager
def running(
    command: list[str], port: int, log: pathlib.Path, protocol: str = "tcp", core: int | None = 0, cwd: pathlib.Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:  # fmt: skip
    """A server in a session of its own, from when it listens; killed afterwards. core: None for any. Raises Trouble."""
    pinned = [] if core is None else ["taskset", "-c", str(core)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*pinned, *command], stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, cwd=cwd, env=environment
        )
    try:
        deadline = time.monotonic() + _SECONDS
        while not listens(port, protocol):
            if process.poll() is not None or time.monotonic() > deadline:
                raise Trouble(f"{command[0]} does not listen: {' '.join(log.read_text(errors='replace').splitlines()[-2:])}")
            time.sleep(0.01)
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def again_apart(script: str, prefix: str) -> int:
    """Runs a measuring script once more with its own words and --folder, a fresh folder that is removed afterwards, as root of network,
    process, mount and user namespaces of its own. Its exit status."""
    with tempfile.TemporaryDirectory(prefix=prefix) as folder:
        inside = ["unshare", "-Urnmpf", "--kill-child", "--mount-proc", sys.executable, "-P", os.path.abspath(script), *sys.argv[1:], "--folder", folder]
        return subprocess.run(inside, check=False).returncode
