"""Mutants of the scenarios about congestion: networks that are not what they claim to be, and hosts that are told otherwise."""

from harness import Mutant

_WRONG = [
    ("window", "a-link-a-tenth-faster", "the largest window fills the link", "bottleneck_faster"),
    ("window", "two-thirds-of-the-delay", "window / round trip", "bottleneck_nearer"),
    ("bufferbloat", "a-queue-that-forgets-its-bound", "three pings of four wait no longer than for a full queue", "bottleneck_forgets_bound"),
    ("bufferbloat", "drop-tail-instead-of-codel", "a ping takes about as long as without traffic", "bottleneck_without_codel"),
    ("algorithms", "reno-instead-of-cubic-and-bbr", "it is what the connection uses", "reno_towards_h2"),
    ("algorithms", "a-link-without-losses", "lost by chance", "bottleneck_loses_nothing"),
    ("fairness", "bbr-beside-reno", "equal: Jain's index", "bbr_towards_h3"),
    ("fairness", "the-second-sender-as-near-as-the-first", "the second's round trip is longer", "no_farther_sender"),
    ("flood", "a-link-a-tenth-faster", "alone, TCP fills the link", "bottleneck_faster"),
    ("flood", "a-link-that-carries-flood-and-tcp", "TCP starves", "bottleneck_tripled"),
    ("slow-start", "an-initial-window-of-three", "the initial window", "small_initial_window"),
    ("slow-start", "a-receiver-with-a-small-window", "times what was sent in the round before", "small_receive_window"),
    ("slow-start", "two-thirds-of-the-delay", "the usual round takes a round trip", "bottleneck_nearer"),
]
MUTANTS = [Mutant(f"congestion.{id}", name, caught_by, tamper=f"tamper_{file}.py") for id, name, caught_by, file in _WRONG]
