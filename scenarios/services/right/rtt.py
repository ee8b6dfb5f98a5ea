"""Probers and responders of other habits and languages, which must pass (services.ex04)."""

from __future__ import annotations

from harness import Right, compiled, program

_WORDS = ["{list}", "{port}", "{seconds}"]
_SWITCHES = [*_WORDS, "{udp}", "{tcp}"]
_PROBERS = {
    "sheet-python": program("rtt_prober.py", *_WORDS, "--udp={udp}", "--tcp={tcp}"),
    "ping-c": compiled("rtt_prober.c", *_SWITCHES),
    "table-perl": program("rtt_prober.pl", *_SWITCHES, by="perl"),
    "table-java": program("RttProber.java", *_SWITCHES, by="java"),
    "json-node": program("rtt_prober.js", *_SWITCHES, by="node"),
}
_RESPONDER = program("rtt_responder.py", "{port}")

RIGHT = [
    Right(f"services.ex04{part}", f"rtt-probe-{name}", {"rtt-probe": command}) for name, command in _PROBERS.items() for part in ("", "-loss")
] + [Right(f"services.ex04{part}", "rtt-responder-python", {"rtt-responder": _RESPONDER}) for part in ("", "-direction", "-responder", "-strangers")]
