"""The programs that ours are measured beside, and the one that makes the load: fetched as Debian packages, unpacked, never installed."""

from __future__ import annotations

import os
import pathlib
import subprocess

from bench.running import Trouble
from harness.world import machine

PACKAGES = [
    "nginx", "nginx-common", "lighttpd", "haproxy", "liblua5.3-0", "libopentracing-c-wrapper0", "libopentracing1", "wrk", "libluajit-5.1-2",
    "libluajit-5.1-common", "slowhttptest",
]  # fmt: skip
"""With those of their shared libraries that few machines have; others are told by the dynamic linker."""
_LIBRARIES = "usr/lib/x86_64-linux-gnu"


def folder() -> pathlib.Path:
    return machine.build_folder() / "bench/peers"


def prepare() -> None:
    """Fetches what is not there yet. Raises Trouble."""
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        if list(place.glob(f"{package}_*.deb")):
            continue
        done = subprocess.run(["apt-get", "-q", "download", package], cwd=place, capture_output=True, text=True, check=False)
        found = list(place.glob(f"{package}_*.deb"))
        if done.returncode or not found:
            raise Trouble(f"{package} could not be fetched by apt-get download: {done.stderr.strip()[-300:]}")
        subprocess.run(["dpkg", "-x", str(found[0]), str(place / "root")], check=True)


def program(name: str) -> str:
    """Where it was unpacked. Raises Trouble."""
    for place in ("usr/sbin", "usr/bin"):
        if (found := folder() / "root" / place / name).exists():
            return str(found)
    raise Trouble(f"{name} is in none of the packages")


def environment() -> dict[str, str]:
    """In which they find their libraries."""
    return {**os.environ, "LD_LIBRARY_PATH": str(folder() / "root" / _LIBRARIES), "LUA_PATH": str(folder() / "root/usr/share/luajit-2.1/?.lua") + ";;"}
