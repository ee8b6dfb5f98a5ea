"""The machine's own tools that questions use, and the Debian packages they come in: one that is missing is nobody's FAIL."""

from __future__ import annotations

import grp
import os
import pathlib
import pwd
import shutil
import stat

PACKAGES = {
    "brctl": "bridge-utils",
    "cvlc": "vlc-bin",
    "dot": "graphviz",
    "dumpcap": "tshark",
    "ethtool": "ethtool",
    "ffmpeg": "ffmpeg",
    "ffprobe": "ffmpeg",
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
}
"""Program → package, as in packages.txt, [run]. What is not installed is harness/unpacked.py's."""
_RUNNERS = {"nice", "setpriv", "setsid", "unshare", "env", "timeout", "stdbuf"}
"""Programs that run the command they are given."""


class ToolMissing(RuntimeError):
    """A tool of the question's own is not on this machine, or may not be run; remedy says what to do about it."""

    def __init__(self, name: str, text: str, remedy: str) -> None:
        super().__init__(f"{text}; {remedy}")
        self.name, self.text, self.remedy = name, text, remedy


def require_tool(name: str, path: str | None = None) -> None:
    """Raises ToolMissing unless the program (a bare name, looked for on PATH or in `path`, or a file) can be run."""
    if missing := missing_tool(name, path):
        raise missing


def require_tools(command: list[str], path: str | None = None) -> None:
    """The same for a command line: its first word, and, where that runs another command (nice, unshare, …), the first of the words
    after it that names a tool known here."""
    require_tool(command[0], path)
    if pathlib.PurePath(command[0]).name in _RUNNERS:
        for word in command[1:]:
            if word in PACKAGES:
                require_tool(word, path)
                return


def missing_tool(name: str, path: str | None = None) -> ToolMissing | None:
    """What require_tool() would raise."""
    if shutil.which(name, path=path):
        return None
    present = _present(name, os.environ.get("PATH", os.defpath) if path is None else path)
    if present is None:
        return ToolMissing(name, f"the program {name} is missing", _installing(name))
    return ToolMissing(name, f"the program {present} may not be run by this user ({_rights(present)})", _permitting(present))


def _present(name: str, path: str) -> pathlib.Path | None:
    """The first file of this name, whoever may run it."""
    candidates = [pathlib.Path(name)] if "/" in name else [pathlib.Path(folder, name) for folder in path.split(os.pathsep)]
    return next((file for file in candidates if file.is_file()), None)


def _rights(file: pathlib.Path) -> str:
    found = file.stat()
    try:
        owner = f"{pwd.getpwuid(found.st_uid).pw_name}:{grp.getgrgid(found.st_gid).gr_name}"
    except KeyError:
        owner = f"{found.st_uid}:{found.st_gid}"
    return f"{stat.filemode(found.st_mode)} {owner}"


def _installing(name: str) -> str:
    package = PACKAGES.get(pathlib.PurePath(name).name)
    return f"install its package: sudo apt-get install --no-install-recommends {package}" if package else "install the package that has it"


def _permitting(file: pathlib.Path) -> str:
    if file.name == "dumpcap":
        return (
            "join the group that may: sudo usermod -aG wireshark $USER, and log in again; or let everybody: sudo chmod o+x "
            f"{file}; or run 'sudo ./lab …'"
        )
    return f"let it be run: sudo chmod o+x {file}"
