"""Wrong probers and responders (services.ex04)."""

from __future__ import annotations

from harness import Mutant, program

# Question → fault → the id of what must catch it.
_PROBER = {
    "services.ex04": {
        "tells-half": "udp/average",
        "tells-seconds": "udp/average",
        "sums-up": "udp/average",
        "adds-its-pause": "udp/average",
        "begins-at-the-second": "udp/received",
        "leaves-out-the-last": "udp/wire",
        "asks-the-first-only": "udp/wire",
        "calls-the-last-lost": "udp/lost",
        "counts-what-it-sent": "udp/lost",
        "knows-udp-only": "tcp/wire",
        "closes-in-time": "tcp/average",
    },
    "services.ex04-loss": {
        "counts-what-it-sent": "counts/received",
        "lost-is-zero": "counts/average",
        "lost-took-the-time-out": "counts/average",
        "gives-up-at-the-first": "counts/lasts",
        "repeats-what-is-lost": "counts/sent",
        "calls-none-lost": "counts/lost",
        "waits-for-ever": "counts",
    },
}
_RESPONDER = {
    "services.ex04": {"boasts-of-its-time": "exact/median"},
    "services.ex04-direction": {"counts-by-the-highest": "direction/there"},
    "services.ex04-responder": {
        "forgets-padding": "answers/reply",
        "sends-more-than-it-got": "answers/reply",
        "answers-the-last-sequence": "counts/overtaken",
        "counts-by-the-highest": "counts/gap",
        "counts-what-comes-again": "counts/repeat",
        "tells-no-repeats": "counts/repeat",
        "knows-no-addresses": "counts/other",
        "since-the-beginning": "counts/other",
        "since-the-first-that-came": "counts/earlier",
        "remembers-nothing": "counts/memory",
        "draws-a-memory-each-time": "counts/memory",
        "hides-its-own-time": "own-time/all",
        "works-after-its-stamp": "own-time/all",
        "boasts-of-its-time": "own-time/most",
    },
    "services.ex04-strangers": {
        "answers-replies": "datagrams/silent",
        "echoes-the-rest": "datagrams/silent",
        "takes-any-length": "datagrams/silent",
        "knows-no-versions": "datagrams/silent",
        "dies-of-the-rest": "datagrams/silent",
        "a-segment-a-message": "stream/octets",
        "one-message-a-segment": "stream/octets",
        "keeps-strangers": "stream/ends",
    },
}
_PROGRAMS = {
    "rtt-probe": (_PROBER, "rtt_probe.py {fault} {{list}} {{port}} {{seconds}} --udp={{udp}} --tcp={{tcp}} --interval={{interval}}"),
    "rtt-responder": (_RESPONDER, "rtt_responder.py {fault} {{port}}"),
}

MUTANTS = [
    Mutant(question, f"{role}-{fault}", caught_by, {role: program(*words.format(fault=fault).split())})
    for role, (questions, words) in _PROGRAMS.items()
    for question, faults in questions.items()
    for fault, caught_by in faults.items()
]
