"""Mutants of the questions on the clip itself and on sending it carelessly (tv.q06 to q09)."""

from harness import Mutant, program, programs_folder

_TWICE_AS_FAST = f"{programs_folder()}/tv-sender {{host}} {{port}} --file {{file}} --duration {{duration}} --speed 2"

MUTANTS = [
    Mutant("tv.q06", "another-clip", "arithmetic/size", assets={"clip.ts": "vbr_twin.ts"}),
    Mutant(
        "tv.q06", "null-packets-not-counted", "clock/probe",
        roles={"tv-probe": program("probe_without_null_packets.py", "{file}", "{port}")},
    ),
    Mutant("tv.q06", "sent-twice-as-fast", "wire/rate", roles={"tv-sender": _TWICE_AS_FAST}),
    Mutant("tv.q07", "both-constant", "files/vbr-behind", assets={"vbr_twin.ts": "cbr_twin.ts"}),
    Mutant("tv.q07", "both-variable", "files/cbr-behind", assets={"cbr_twin.ts": "vbr_twin.ts"}),
    Mutant("tv.q07", "links-unshaped", "wire/vbr-dropped", tamper="tamper_unshaped.py"),
    Mutant("tv.q08", "both-transport-streams", "bursts/mean", assets={"clip.ps": "clip.ts"}),
    Mutant("tv.q08", "other-pictures", "files/video", assets={"clip.ps": "cbr_twin.ts"}),
    Mutant("tv.q09b", "relayed-to-the-other-address", "bound/first", tamper="tamper_relay.py"),
    Mutant("tv.q09b", "refusals-kept-back", "bound/refused", tamper="tamper_no_unreachable.py"),
    Mutant("tv.q09c-d", "udp-unasked", "tcp/status", roles={"netcat": "nc -u -q 0"}),
    Mutant("tv.q09c-d", "paced", "udp/seconds", roles={"netcat": program("netcat_paced.py")}),
]  # fmt: skip
