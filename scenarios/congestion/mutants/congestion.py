"""Mutants of the scenarios about congestion: networks that are not what they claim to be, and hosts that are told otherwise."""

from harness import Mutant

_WRONG = [
    ("window", "a-link-a-tenth-faster", "larger/full", "bottleneck_faster"),
    ("window", "two-thirds-of-the-delay", "windows/limited", "bottleneck_nearer"),
    ("bufferbloat", "a-queue-that-forgets-its-bound", "pings/bounded", "bottleneck_forgets_bound"),
    ("bufferbloat", "drop-tail-instead-of-codel", "pings/codel", "bottleneck_without_codel"),
    ("algorithms", "reno-instead-of-cubic-and-bbr", "connections/in-use", "reno_towards_h2"),
    ("algorithms", "a-link-without-losses", "losses/lost", "bottleneck_loses_nothing"),
    ("fairness", "bbr-beside-reno", "equal/jain", "bbr_towards_h3"),
    ("fairness", "the-second-sender-as-near-as-the-first", "unequal/longer", "no_farther_sender"),
    ("flood", "a-link-a-tenth-faster", "alone", "bottleneck_faster"),
    ("flood", "a-link-that-carries-flood-and-tcp", "beside/starves", "bottleneck_tripled"),
    ("slow-start", "an-initial-window-of-three", "rounds/initial", "small_initial_window"),
    ("slow-start", "a-receiver-with-a-small-window", "rounds/growth", "small_receive_window"),
    ("slow-start", "two-thirds-of-the-delay", "rounds/round-trip", "bottleneck_nearer"),
]
MUTANTS = [Mutant(f"congestion.{id}", name, caught_by, tamper=f"tamper_{file}.py") for id, name, caught_by, file in _WRONG]
