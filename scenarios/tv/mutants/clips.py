"""Mutants of the questions on the clip itself and on sending it carelessly (tv.q06 to q09)."""

from harness import Mutant, program, programs_folder

_TWICE_AS_FAST = f"{programs_folder()}/tv-sender {{host}} {{port}} --file {{file}} --duration {{duration}} --speed 2"

MUTANTS = [
    Mutant("tv.q06", "another-clip", "the size that the sheet tells", assets={"clip.ts": "vbr_twin.ts"}),
    Mutant(
        "tv.q06", "null-packets-not-counted", "tv-probe finds that length",
        roles={"tv-probe": program("probe_without_null_packets.py", "{file}", "{port}")},
    ),
    Mutant("tv.q06", "sent-twice-as-fast", "at the measured rate the clip lasts", roles={"tv-sender": _TWICE_AS_FAST}),
    Mutant("tv.q07", "both-constant", "VBR: the same link falls behind by", assets={"vbr_twin.ts": "cbr_twin.ts"}),
    Mutant("tv.q07", "both-variable", "CBR: a link of 0.7 Mbit/s never falls behind", assets={"cbr_twin.ts": "vbr_twin.ts"}),
    Mutant("tv.q07", "links-unshaped", "datagrams that the link's queue had to drop", tamper="tamper_unshaped.py"),
    Mutant("tv.q08", "both-transport-streams", "mean of TS, against", assets={"clip.ps": "clip.ts"}),
    Mutant("tv.q08", "other-pictures", "both carry the same video", assets={"clip.ps": "cbr_twin.ts"}),
    Mutant("tv.q09b", "relayed-to-the-other-address", "that came to 10.0.0.1 and were shown", tamper="tamper_relay.py"),
    Mutant("tv.q09b", "refusals-kept-back", "the kernel answers h2", tamper="tamper_no_unreachable.py"),
    Mutant("tv.q09c-d", "udp-unasked", "nc fails", roles={"netcat": "nc -u -q 0"}),
    Mutant("tv.q09c-d", "paced", "the clip of 60 s leaves within", roles={"netcat": program("netcat_paced.py")}),
]  # fmt: skip
