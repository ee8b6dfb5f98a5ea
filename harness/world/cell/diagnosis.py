"""Why a cell cannot be made on this machine, and what to do about it."""

from __future__ import annotations

import pathlib
import shutil
import subprocess

# file, the value that forbids, what it means, how to mend it
_RESTRICTIONS = [
    (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "AppArmor forbids user namespaces to ordinary users (the default of Ubuntu 24.04)",
        "run 'sudo ./lab …', or allow them with 'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'",
    ),
    (
        "/proc/sys/kernel/unprivileged_userns_clone",
        "0",
        "the kernel forbids user namespaces to ordinary users",
        "run 'sudo ./lab …', or allow them with 'sudo sysctl -w kernel.unprivileged_userns_clone=1'",
    ),
    (
        "/proc/sys/user/max_user_namespaces",
        "0",
        "user namespaces are switched off on this machine",
        "allow them with 'sudo sysctl -w user.max_user_namespaces=10000'",
    ),
    (
        "/proc/sys/user/max_net_namespaces",
        "0",
        "network namespaces are switched off on this machine",
        "allow them with 'sudo sysctl -w user.max_net_namespaces=10000'",
    ),
]


def restrictions(root: pathlib.Path = pathlib.Path("/")) -> list[tuple[str, str]]:
    """(what is wrong, how to mend it) for each kernel setting that stands in the way; `root` is where /proc is looked up."""
    found = []
    for file, forbidding, problem, remedy in _RESTRICTIONS:
        try:
            if (root / file.lstrip("/")).read_text().strip() == forbidding:
                found.append((problem, remedy))
        except OSError:
            continue
    return found


_KINDS = ("user", "net", "mnt", "pid", "ipc", "uts")
_FEW = 1000  # namespaces: below, a network of many hosts or several at a time may not fit
_FULL = "No space left on device"  # what the kernel says of namespaces, and of nothing else where one was to be made


def namespace_advice(said: str, root: pathlib.Path = pathlib.Path("/")) -> str:
    """What to do where the kernel refused a namespace because of a limit, as the words of who asked for it tell; else empty. To be
    asked outside of a cell: inside, the limits of its own user namespace are shown, which are not those that bind."""
    if _FULL not in said or not any(word in said for word in ("namespace", "unshare", "clone")):
        return ""
    low = []
    for kind in _KINDS:
        try:
            limit = int((root / f"proc/sys/user/max_{kind}_namespaces").read_text())
        except (OSError, ValueError):
            continue
        if limit < _FEW:
            low.append(f"user.max_{kind}_namespaces is {limit}: allow more with 'sudo sysctl -w user.max_{kind}_namespaces=10000'")
    return "; ".join(low) or "no more namespaces may be made: see 'sysctl user' for the limits, and raise them with 'sudo sysctl -w …'"


def advice() -> str:
    """One sentence for people: the reason found, with its remedy, or what `unshare` itself says when tried."""
    for tool in ("unshare", "setpriv"):
        if not shutil.which(tool):
            return f"the program {tool} is missing: install the package util-linux"
    reasons = restrictions()
    if reasons:
        return "; ".join(f"{problem}: {remedy}" for problem, remedy in reasons)
    trial = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--mount-proc", "true"],
        capture_output=True,
        text=True,
        check=False,
    )
    if trial.returncode:
        if limited := namespace_advice(trial.stderr):
            return limited
        return (
            f"'unshare' says: {trial.stderr.strip() or trial.returncode}. In a container, namespaces need a privileged one; "
            "elsewhere try 'sudo ./lab …'"
        )
    return "namespaces work here, so look at the messages above"
