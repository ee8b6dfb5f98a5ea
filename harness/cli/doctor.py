"""Checks of the machine, each with what to do when it fails."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import shutil
import subprocess
import tempfile

from harness.world import machine
from harness.world.cell import Cell, CellError, diagnosis, open_vswitch
from harness.world.cell.launch import PATH
from harness.world.tools_needed import PACKAGES, foreign_sys, missing_tool

_ENOUGH_MEBIBYTES = 1024


@dataclasses.dataclass(frozen=True)
class Check:
    """state: "ok", "note" (works, with less) or "missing" (a run cannot work)."""

    what: str
    state: str
    found: str
    remedy: str = ""


def _kernel_probe(_: object) -> int:
    """Inside a cell: what the kernel can shape; prints one word per ability."""
    commands = {
        "htb": "ip link add name probe0 type veth peer name probe1 && tc qdisc add dev probe0 root handle 5: htb default 1",
        "netem": "ip link add name probe2 type veth peer name probe3 && tc qdisc add dev probe2 root netem delay 10ms",
        "bridge": "ip link add name probe4 type bridge",
        "tap": "test -r /dev/net/tun -a -w /dev/net/tun",
    }
    if foreign_sys() is None:
        print("sys", flush=True)
    for name, command in commands.items():
        if subprocess.run(["sh", "-c", command], capture_output=True, check=False).returncode == 0:
            print(name, flush=True)
    return 0


def _abilities() -> tuple[set[str], str]:
    """(what works inside a cell, why none can be made)."""
    with tempfile.TemporaryFile("w+") as output:
        try:
            with Cell("harness.cli.doctor:_kernel_probe", None, stdout=output, stderr=subprocess.DEVNULL) as cell:
                cell.wait_ready()
                cell.wait(20)
        except (CellError, subprocess.TimeoutExpired) as error:
            return set(), str(error)
        output.seek(0)
        return set(output.read().split()), ""


def checks() -> list[Check]:
    """All checks, the quick ones first."""
    found = []
    wanted = machine.packages("run")
    absent = [name for name in wanted if name not in machine.installed(wanted)]
    found.append(
        Check("packages", "missing", f"{len(absent)} are not installed: {' '.join(absent)}",
              f"sudo apt-get install --no-install-recommends {' '.join(absent)}   (./lab run does it)")
        if absent else Check("packages", "ok", f"all {len(wanted)} are installed")
    )  # fmt: skip
    unfit = [lack for name, package in sorted(PACKAGES.items()) if package in wanted and (lack := missing_tool(name, PATH))] if not absent else []
    found += [Check(f"program {one.name}", "missing", one.text, one.remedy) for one in unfit]
    built = (machine.programs_folder() / "tv-sender").exists()
    found.append(
        Check("programs", "ok", str(machine.programs_folder()))
        if built else Check("programs", "note", "not built yet", "./lab run builds them")
    )  # fmt: skip
    free = shutil.disk_usage(machine.ROOT).free >> 20
    found.append(
        Check("disk", "ok" if free >= _ENOUGH_MEBIBYTES else "missing", f"{free:,} MiB free",
              "" if free >= _ENOUGH_MEBIBYTES else f"free at least {_ENOUGH_MEBIBYTES} MiB; old runs are in {machine.runs_folder()}")
    )  # fmt: skip
    for problem, remedy in diagnosis.restrictions() if os.geteuid() else []:
        found.append(Check("user namespaces", "missing", problem, remedy))
    if absent:
        return found
    able, why = _abilities()
    if why:
        return [*found, Check("cells", "missing", why, "see above; 'sudo ./lab …' is the way out where ordinary users may not")]
    found.append(Check("cells", "ok", "namespaces can be made" + ("" if os.geteuid() else " (as root)")))
    if "sys" not in able:
        cannot = "a cell cannot have a /sys of its own, so that Linux bridges, and mn, cannot be used"
        found.append(Check("/sys", "note", cannot, "in a container, let /sys be seen whole (unmask it, or run it privileged)"))
    if "htb" not in able:
        found.append(Check("rates (HTB)", "missing", "the kernel has no HTB", "load the module: sudo modprobe sch_htb"))
    else:
        found.append(Check("rates (HTB)", "ok", "the kernel shapes them"))
    if "netem" in able or (machine.programs_folder() / "wire").exists():
        by = "the kernel has netem; wire makes what that cannot" if "netem" in able else "wire makes them, since the kernel has no netem"
        found.append(Check("delay and loss", "ok", by))
    else:
        found.append(Check("delay and loss", "note", "the kernel has no netem, and the emulator wire is not built yet", "./lab run builds it"))
    if "tap" in able and pathlib.Path(open_vswitch.SCHEMA).exists():
        found.append(Check("Open vSwitch", "ok", "userspace datapath"))
    elif "bridge" in able:
        found.append(
            Check("Open vSwitch", "note", "/dev/net/tun is closed to you, so switches are Linux bridges",
                  "open it to all users (sudo chmod 666 /dev/net/tun) or run as root for Open vSwitch")
        )  # fmt: skip
    else:
        found.append(Check("switches", "missing", "neither /dev/net/tun nor Linux bridges work", "sudo modprobe bridge tun"))
    return found
