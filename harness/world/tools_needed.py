"""What questions need of the machine: its tools, with the Debian packages they come in, and room in its limits. Where something is
missing, that is nobody's FAIL."""

from __future__ import annotations

import os
import pathlib
import resource
import shutil
import socket
import stat

PACKAGES = {
    "bwrap": "bubblewrap",
    "brctl": "bridge-utils",
    "chromium": "chromium",
    "curl": "curl",
    "cvlc": "vlc-bin",
    "dot": "graphviz",
    "dumpcap": "tshark",
    "ethtool": "ethtool",
    "ffmpeg": "ffmpeg",
    "ffprobe": "ffmpeg",
    "firefox-esr": "firefox-esr",
    "ifconfig": "net-tools",
    "ip": "iproute2",
    "iperf": "iperf",
    "iperf3": "iperf3",
    "lsof": "lsof",
    "mn": "mininet",
    "mnexec": "mininet",
    "nc": "netcat-openbsd",
    "netstat": "net-tools",
    "nft": "nftables",
    "nstat": "iproute2",
    "ntpdig": "ntpsec-ntpdig",
    "ovs-appctl": "openvswitch-switch",
    "ovs-vsctl": "openvswitch-switch",
    "ovs-vswitchd": "openvswitch-switch",
    "ovsdb-server": "openvswitch-switch",
    "ovsdb-tool": "openvswitch-switch",
    "ping": "iputils-ping",
    "ps": "procps",
    "python3": "python3",
    "route": "net-tools",
    "setpriv": "util-linux",
    "socat": "socat",
    "ss": "iproute2",
    "strace": "strace",
    "sysctl": "procps",
    "tc": "iproute2",
    "telnet": "inetutils-telnet",
    "tshark": "tshark",
    "unshare": "util-linux",
    "vlc": "vlc-bin",
    "wget": "wget",
}
"""Program → package, as in packages.txt, [run] and [questions]. What is not installed is harness/world/unpacked.py's."""
_RUNNERS = {"nice", "setpriv", "setsid", "unshare", "env", "timeout", "stdbuf"}
"""Programs that run the command they are given."""


class MachineLacks(RuntimeError):
    """The machine, or this user on it, lacks what the question needs; source: what kind of thing; remedy: what to do about it. Trying
    again does not help."""

    def __init__(self, text: str, remedy: str, source: str) -> None:
        super().__init__(f"{text}; {remedy}")
        self.text, self.remedy, self.source = text, remedy, source


class ToolMissing(MachineLacks):
    """A tool of the question's own is not on this machine, or may not be run."""

    def __init__(self, name: str, text: str, remedy: str) -> None:
        super().__init__(text, remedy, "tools")
        self.name = name


class LimitTooLow(MachineLacks):
    """A limit of this user's processes is below what the question is about."""

    def __init__(self, text: str, remedy: str) -> None:
        super().__init__(text, remedy, "limits")


LEAST_DESCRIPTORS = 64
"""Open files that a process of the harness, or Open vSwitch, needs for any question."""


def require_descriptors(count: int, what: str) -> None:
    """Raises LimitTooLow where a process may not have so many files open. what: who needs them, such as "tcp-server"."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if most != resource.RLIM_INFINITY and most < count:
        raise LimitTooLow(
            f"{what} may need {count:,} open files at once, and a process of this user may have {most:,} (ulimit -Hn)",
            f"start ./lab from a shell whose limit is higher: as root 'ulimit -n {max(4096, count)}', or for good a line "
            f"'* hard nofile {max(4096, count)}' in /etc/security/limits.conf and a new login",
        )


def foreign_sys(root: pathlib.Path = pathlib.Path("/sys")) -> MachineLacks | None:
    """What is wrong where /sys does not show the network namespace that one is in: bridges and tools that look there see another world."""
    try:
        shown = set(os.listdir(root / "class/net"))
    except OSError:
        shown = set()
    # The bonding driver keeps a file of its own among the interfaces.
    if {name for _, name in socket.if_nameindex()} == shown - {"bonding_masters"}:
        return None
    return MachineLacks(
        f"{root} does not show the interfaces of this network namespace: it is masked, and a new one may not be mounted",
        "in a container, let it be seen whole (docker run --security-opt systempaths=unconfined, podman run --security-opt unmask=/sys, or "
        f"--privileged); elsewhere 'findmnt --submounts {root}' shows what lies over it",
        "machine",
    )


def require_own_sys() -> None:
    """Raises MachineLacks where foreign_sys() finds something."""
    if lack := foreign_sys():
        raise lack


def require_tool(name: str, path: str | None = None) -> None:
    """Raises ToolMissing unless the program (a bare name, looked for on PATH or in `path`, or a file) can be run."""
    if missing := missing_tool(name, path):
        raise missing


def require_tools(command: list[str], path: str | None = None) -> None:
    """Raises ToolMissing for a command line: its first word, and, where that runs another command (nice, unshare, …), the next word that
    names a tool known here, and so on."""
    require_tool(command[0], path)
    runs_another = pathlib.PurePath(command[0]).name in _RUNNERS
    for word in command[1:]:
        if not runs_another:
            return
        if word in PACKAGES:
            require_tool(word, path)
            runs_another = word in _RUNNERS


def missing_tool(name: str, path: str | None = None) -> ToolMissing | None:
    """What require_tool() would raise."""
    if shutil.which(name, path=path):
        return None
    present = _present(name, os.environ.get("PATH", os.defpath) if path is None else path)
    if present is None:
        return ToolMissing(name, f"the program {name} is missing", _installing(name))
    rights = stat.filemode(present.stat().st_mode)
    return ToolMissing(name, f"the program {present} may not be run by this user ({rights})", _permitting(present))


def _present(name: str, path: str) -> pathlib.Path | None:
    """The first file of this name, whoever may run it."""
    candidates = [pathlib.Path(name)] if "/" in name else [pathlib.Path(folder, name) for folder in path.split(os.pathsep)]
    return next((file for file in candidates if _is_file(file)), None)


def _is_file(path: pathlib.Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a folder that may not be looked into
        return False


def _installing(name: str) -> str:
    package = PACKAGES.get(pathlib.PurePath(name).name)
    if package:
        return f"install its package: sudo apt-get install --no-install-recommends {package}"
    return "build it: ./lab setup" if "/" in name else "install the package that has it"


def _permitting(file: pathlib.Path) -> str:
    if file.name == "dumpcap":
        return (
            "join the group that may: sudo usermod -aG wireshark $USER, and log in again; or let everybody: sudo chmod o+x "
            f"{file}; or run 'sudo ./lab …'"
        )
    return f"let it be run: sudo chmod o+x {file}"
