"""Probers and responders of other habits, which must pass (services.ex04)."""

from __future__ import annotations

from harness import Right, program

_ECHO = program("rtt_echo.py", "{port}")
_PROBER = program("rtt_prober.py", "{list}", "{port}", "{seconds}", "--udp={udp}", "--tcp={tcp}")

RIGHT = [
    Right("services.ex04", "probes-as-fast-as-answered", {"rtt-probe": _PROBER, "rtt-responder": _ECHO}),
    Right("services.ex04", "responder-that-echoes", {"rtt-responder": _ECHO}),
]
