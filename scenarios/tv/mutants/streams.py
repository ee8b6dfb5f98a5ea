"""Mutants of the scenarios about streams (tv.q11 to q14, q21 to q24)."""

from harness import Mutant, program

_GIVEN = ("{host}", "{port}", "{file}", "--payload={payload}", "--duration={duration}", "--interface={interface}", "--json={json}")


def _sender(*words: str, keeps_speed: bool = True) -> dict[str, str]:
    return {"tv-sender": program("tv_sender.py", *_GIVEN, *(["--speed={speed}"] if keeps_speed else []), *words)}


MUTANTS = [
    Mutant("tv.q11", "one-datagram-in-200-left-out", "no continuity error", _sender("--lose", "200")),
    Mutant("tv.q11", "sent-in-bunches-of-100-ms", "the rate in 20 ms", _sender("--bunch", "6")),
    Mutant("tv.q12", "full-rate-instead-of-half", "half the clip's rate", _sender(keeps_speed=False)),
    Mutant("tv.q12", "every-second-datagram-at-full-rate", "decodes all", _sender("--lose", "2", keeps_speed=False)),
    Mutant("tv.q13", "three-percent-too-slow", "twice the clip's rate", _sender("--scale", "0.97")),
    Mutant("tv.q13", "one-datagram-in-200-left-out", "every byte reaches h1", _sender("--lose", "200")),
    Mutant("tv.q14", "links-of-2-megabit", "what the link carries", tamper="tamper_wide_links.py"),
    Mutant("tv.q14", "a-sender-that-never-waits", "every byte of the clip reaches h1", _sender("--never-wait")),
    Mutant("tv.q14-queue", "links-of-2-megabit", "what the link carries", tamper="tamper_wide_links.py"),
    Mutant("tv.q14-queue", "queues-of-1000-packets", "h2's queue dropped packets", tamper="tamper_long_queues.py"),
    Mutant("tv.q21-22", "links-of-2-megabit", "what the link carries", tamper="tamper_wide_links.py"),
    Mutant("tv.q21-22", "two-copies-to-the-group", "by multicast h1 gets", _sender("--repeat-to-group", "2")),
    Mutant("tv.q24", "two-copies-to-the-group", "h3 sends the clip once", _sender("--repeat-to-group", "2")),
    Mutant("tv.q24", "losses-on-the-way-to-h2", "tv-probe on h2 gets all of it", tamper="tamper_losses_to_h2.py"),
    Mutant("tv.q24-viewers", "two-copies-to-the-group", "one stream by multicast", _sender("--repeat-to-group", "2")),
    Mutant("tv.q24-viewers", "one-datagram-in-50-left-out", "continuity errors", _sender("--lose", "50")),
]
