"""Open vSwitch of a cell: its own database server and switch daemon, in the cell's private /run."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import time

_RUN = pathlib.Path("/run/openvswitch")
SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"
_DEADLINE = 20.0
_SOCKET = re.compile(r"\*:(\S+) .*skmem:\(.*,d(\d+)\)")


class OpenVSwitchError(RuntimeError):
    """Open vSwitch did not start; the message has the last lines of its log."""


def tap_device_usable() -> bool:
    """True when /dev/net/tun opens; without it the userspace datapath forwards nothing, and says nothing."""
    try:
        os.close(os.open("/dev/net/tun", os.O_RDWR))
        return True
    except OSError:
        return False


def installed() -> bool:
    return shutil.which("ovs-vswitchd") is not None and pathlib.Path(SCHEMA).exists()


def usable() -> bool:
    """True when the userspace datapath can work here."""
    return tap_device_usable() and installed()


def start_for(switch: str) -> None:
    """Starts it where this kind of switch (harness.world.network's words) needs it and it can work."""
    if usable() if switch in ("auto", "ovs") else switch == "ovs-kernel" and installed():
        start()


def start() -> None:
    """Starts ovsdb-server and ovs-vswitchd and returns when both answer; a second call does nothing."""
    if (_RUN / "db.sock").exists():
        return
    _RUN.mkdir(parents=True, exist_ok=True)
    database = _RUN / "conf.db"
    environment = {**os.environ, "OVS_RUNDIR": str(_RUN), "OVS_DBDIR": str(_RUN), "OVS_LOGDIR": str(_RUN)}
    steps = [
        ["ovsdb-tool", "create", str(database), SCHEMA],
        ["ovsdb-server", str(database), f"--remote=punix:{_RUN}/db.sock", f"--pidfile={_RUN}/ovsdb-server.pid",
         f"--log-file={_RUN}/ovsdb-server.log", "-vconsole:off", "--detach", "--no-chdir"],
        ["ovs-vsctl", "--no-wait", "init"],
        ["ovs-vswitchd", f"unix:{_RUN}/db.sock", f"--pidfile={_RUN}/ovs-vswitchd.pid",
         f"--log-file={_RUN}/ovs-vswitchd.log", "-vconsole:off", "--detach", "--no-chdir"],
    ]
    for step in steps:
        try:
            outcome = subprocess.run(step, env=environment, capture_output=True, text=True, timeout=_DEADLINE, check=False)
        except subprocess.TimeoutExpired:
            raise OpenVSwitchError(f"{step[0]} was not ready in {_DEADLINE:.0f} s\n{_last_log_lines()}") from None
        if outcome.returncode:
            raise OpenVSwitchError(f"{step[0]} failed: {outcome.stderr.strip() or outcome.returncode}\n{_last_log_lines()}")
    deadline = time.monotonic() + _DEADLINE
    while not (_RUN / "ovs-vswitchd.pid").exists():
        if time.monotonic() > deadline:
            raise OpenVSwitchError(f"ovs-vswitchd did not come up in {_DEADLINE:.0f} s\n{_last_log_lines()}")
        time.sleep(0.005)


def lost() -> dict[str, int]:
    """Interface → packets that were lost because the userspace datapath, a process, was not run in time to take them; only those that
    lost some. The daemon itself does not count them: the kernel does, for its sockets."""
    outcome = subprocess.run(["ss", "-f", "link", "-H", "-n", "-m", "-p"], capture_output=True, text=True, check=False)
    rows = (_SOCKET.search(line) for line in outcome.stdout.splitlines() if '"ovs-vswitchd"' in line)
    return {row[1]: int(row[2]) for row in rows if row and row[2] != "0"}


def log_files() -> list[pathlib.Path]:
    return sorted(_RUN.glob("*.log"))


def _last_log_lines() -> str:
    return "\n".join(line for file in log_files() for line in file.read_text(errors="replace").splitlines()[-5:])
