"""Redirects in every form: where a reference is found, the reference, and where it leads to (RFC 3986, 5.4)."""

from __future__ import annotations

from typing import Any

from harness import between, equals, failed, matches, same_bytes
from scenarios.services.kit.http import LETTER, PORT, Origin, answer, fetch, moved, once

STATUSES = ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
MOST = 60  # requests; who asks more often follows for ever
ROW = [f"/row/{number}" for number in range(100)]

# Rows to be walked along, no longer than the shortest bound that clients have (5 hops, RFC 2068): (target, its Location); the last has none.
ROWS = [
    [("/b/c/d?q", "g"), ("/b/c/g", "./h?y"), ("/b/c/h?y", "../i/"), ("/b/i/", "")],
    [("/u/v/w", f"//h1:{PORT}/u/k/"), ("/u/k/", "/l#part"), ("/l", "")],
]
EXOTIC = [
    [("/v/v/w?x", "?y"), ("/v/v/w?y", ".?z"), ("/v/v/?z", "w"), ("/v/v/w", "")],
    [("/m/c/d", "../../../n"), ("/n", "o;x=1/../p"), ("/p", "./q/."), ("/q/", "")],
    [("/r/c/d", "..s"), ("/r/c/..s", "t?a/../b"), ("/r/c/t?a/../b", "../.."), ("/", "")],
    [("/y/c/d;p?q", ";x"), ("/y/c/;x", "g?y#s"), ("/y/c/g?y", "/./h"), ("/h", "")],
    [("/z?a", f"HTTP://H1:{PORT}/z?b"), ("/z?b", "")],
]

TABLE: dict[str, Any] = {
    **{f"/{status[:3]}": moved(f"http://h1:{PORT}/end{status[:3]}", status, f"X-Hop: first-of-{status[:3]}") for status in STATUSES},
    **{f"/end{status[:3]}": answer(LETTER, f"X-Hop: last-of-{status[:3]}") for status in STATUSES},
    **{target: moved(reference) if reference else answer(LETTER) for row in ROWS + EXOTIC for target, reference in row},
    **{"/loop": moved("/pool"), "/pool": moved("/loop")},
    **{"/spelt/small": moved("/l", field="location"), "/other": moved("http://h1/there"), "/there": answer(LETTER)},
    **{target: moved(following) for target, following in zip(ROW, ROW[1:])},
}


def walked(lab: Any, origin: Origin, row: list[tuple[str, str]]) -> None:
    """The client goes from target to target, and saves what the last one has."""
    before = len(origin.targets)
    found = fetch(lab, row[0][0])
    told = " → ".join(reference for _, reference in row if reference)
    lab.expect(origin.targets[before:], equals([target for target, _ in row]), f"what is asked for, led by {told}", id="targets")
    lab.expect(found.saved, same_bytes(LETTER), f"what is saved, led by {told}", id="bytes", hint=found.against(LETTER))


def given_up(lab: Any, origin: Origin, first: str) -> None:
    """The client, sent to a target from which redirects lead on without end, makes an end, and says so."""
    before = len(origin.requests)
    found = fetch(lab, first, origin=origin, most=MOST, **once(lab))
    asked = len(origin.requests) - before
    lab.expect(asked, between(2, MOST).ideally(between(2, 32)), f"requests of a client that is sent to {first}", id="bound", hint=found.program.state)
    lab.expect(found.status, failed, "its exit status", should=True, id="status")
    lab.expect(found.program.errors, matches("(?i)loop|redirect"), "what it says", should=True, id="told")
    lab.expect(found.kept is None, equals(True), "it has no file with a page that says where else to look", should=True, id="file")
