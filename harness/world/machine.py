"""Facts about this machine and this checkout: folders, versions, the package list."""

from __future__ import annotations

import hashlib
import os
import pathlib
import platform
import subprocess

from harness.judge.labs import ROOT

_VERSIONED = ["mininet", "openvswitch-switch", "tshark", "ffmpeg", "vlc-bin", "netcat-openbsd", "iproute2", "python3"]


def build_folder() -> pathlib.Path:
    """Where programs and assets are: $WIREPROOF_BUILD, else build/release, else the user's cache for a read-only clone."""
    given = os.environ.get("WIREPROOF_BUILD")
    if given:
        return pathlib.Path(given)
    inside = ROOT / "build" / "release"
    if inside.exists() or os.access(ROOT, os.W_OK):
        return inside
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    return cache / "wireproof" / hashlib.sha256(str(ROOT).encode()).hexdigest()[:12] / "release"


def programs_folder() -> pathlib.Path:
    return build_folder() / "bin"


def assets_folder() -> pathlib.Path:
    return build_folder() / "assets"


def runs_folder() -> pathlib.Path:
    """Where runs leave their evidence: captures/ of the checkout, else the user's state folder."""
    inside = ROOT / "captures"
    if os.access(inside if inside.exists() else ROOT, os.W_OK):
        return inside
    state = pathlib.Path(os.environ.get("XDG_STATE_HOME") or pathlib.Path.home() / ".local" / "state")
    return state / "wireproof" / "captures"


def sections(text: str | None = None) -> dict[str, list[str]]:
    """[section] → the Debian packages in it, of the text of packages.txt (default: the clone's own)."""
    found: dict[str, list[str]] = {}
    names: list[str] = []
    for line in ((ROOT / "packages.txt").read_text() if text is None else text).splitlines():
        line = line.split("#")[0].strip()
        if line.startswith("["):
            names = found.setdefault(line.strip("[]"), [])
        else:
            names += line.split()
    return found


def packages(*names: str) -> list[str]:
    """The Debian packages in these [sections] of packages.txt (default: run)."""
    return [package for section, listed in sections().items() if section in (names or ("run",)) for package in listed]


def installed(names: list[str]) -> dict[str, str]:
    """package → installed version, of those that are installed (dpkg)."""
    try:
        outcome = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status} ${Version}\n", *names],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        return {}
    rows = [line.split() for line in outcome.stdout.splitlines()]
    return {row[0]: row[2] for row in rows if len(row) == 3 and row[1] == "installed"}


def versions() -> dict[str, str]:
    """Kernel and tools that shape results."""
    return {"kernel": platform.release(), "machine": f"{platform.machine()}, {os.cpu_count()} cores", **installed(_VERSIONED)}
