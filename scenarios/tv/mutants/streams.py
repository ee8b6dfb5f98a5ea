"""Mutants of the scenarios about streams (tv.q11 to q14, q21 to q24)."""

from harness import Mutant, program

_GIVEN = ("{host}", "{port}", "{file}", "--payload={payload}", "--duration={duration}", "--interface={interface}", "--json={json}")


def _sender(*words: str, keeps_speed: bool = True) -> dict[str, str]:
    return {"tv-sender": program("tv_sender.py", *_GIVEN, *(["--speed={speed}"] if keeps_speed else []), *words)}


MUTANTS = [
    Mutant("tv.q11", "one-datagram-in-200-left-out", "shown/continuity", _sender("--lose", "200")),
    Mutant("tv.q11", "sent-in-bunches-of-100-ms", "sizes/bursts", _sender("--bunch", "6")),
    Mutant("tv.q12", "full-rate-instead-of-half", "half/rate", _sender(keeps_speed=False)),
    Mutant("tv.q12", "every-second-datagram-at-full-rate", "all/decoded", _sender("--lose", "2", keeps_speed=False)),
    Mutant("tv.q13", "three-percent-too-slow", "delivered/rate", _sender("--scale", "0.97")),
    Mutant("tv.q13", "one-datagram-in-200-left-out", "delivered/bytes", _sender("--lose", "200")),
    Mutant("tv.q14", "links-of-2-megabit", "after/together", tamper="tamper_wide_links.py"),
    Mutant("tv.q14", "a-sender-that-never-waits", "where/bytes", _sender("--never-wait")),
    Mutant("tv.q14-queue", "links-of-2-megabit", "rates/together", tamper="tamper_wide_links.py"),
    Mutant("tv.q14-queue", "queues-of-1000-packets", "where/dropped", tamper="tamper_long_queues.py"),
    Mutant("tv.q21-22", "links-of-2-megabit", "rates/together", tamper="tamper_wide_links.py"),
    Mutant("tv.q21-22", "two-copies-to-the-group", "rates/group", _sender("--repeat-to-group", "2")),
    Mutant("tv.q24", "two-copies-to-the-group", "stream/once", _sender("--repeat-to-group", "2")),
    Mutant("tv.q24", "losses-on-the-way-to-h2", "viewers/bytes", tamper="tamper_losses_to_h2.py"),
    Mutant("tv.q24-viewers", "two-copies-to-the-group", "load/multicast", _sender("--repeat-to-group", "2")),
    Mutant("tv.q24-viewers", "one-datagram-in-50-left-out", "load/errors", _sender("--lose", "50")),
]
