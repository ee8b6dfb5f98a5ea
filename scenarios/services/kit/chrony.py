"""A time server: chrony on h3, which tells its host's time by NTP."""

from __future__ import annotations

from typing import Any

from harness import udp

NTP, STRATUM = 123, 5


def time_server(lab: Any, knows: bool = True) -> Any:
    """One that listens; it calls itself of that stratum, or, if it does not know the time, unsynchronised."""
    file = lab.folder / "chrony.conf"
    file.write_text("allow\ncmdport 0\npidfile /tmp/chronyd.pid\n" + (f"local stratum {STRATUM}\n" if knows else ""))
    return lab.h3.start("chronyd", file=file).wait_listening(NTP, "udp")


def answers(lab: Any) -> Any:
    """What it has answered to h1, by now."""
    return lab.packets(lab.h3, udp(source=NTP, to=lab.h1))
