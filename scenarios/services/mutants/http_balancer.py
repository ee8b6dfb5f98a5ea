"""Wrong HTTP load balancers (services.ex08 and its like)."""

from __future__ import annotations

import pathlib

from harness import Mutant, program

# Question → fault → the id of what must catch it.
_FAULTS: dict[str, dict[str, str | tuple[str, ...]]] = {
    "services.ex08": {
        "first-node-only": "spread/all",
        "first-node-twice": "spread/fair",
        "asks-twice": "spread/once",
        "knows-one-port": "spread/all",
        "says-200-for-all": "missing/status",
        "drops-last-byte-of-large": "found/body",
        "mixes-answers": ("together/body", "together/status"),
    },
    "services.ex08-dead": {
        "tries-once": ("beginning/first", "meanwhile/first"),
        "tries-the-dead-for-ever": "beginning/later",
        "never-takes-back": "back/asked",
        "empties-at-one-error": "meanwhile/later",
    },
    "services.ex08-dies": {
        "never-asks-again": "get/failed",
        "repeats-get-only": "head/failed",
        "repeats-posts": "post/once",
        "fails-without-a-word": "post/told",
        "posts-once": "unsent/failed",
    },
    "services.ex08-back": {
        "falls-at-once": "wavers/share",
        "ignores-checks": "out/none",
        "any-answer-is-good": "out/none",
        "rises-at-once": "flaps/none",
        "never-takes-back": "back",
        "starts-at-once": "back/slow",
        "slow-for-ever": ("back/even", "in/share"),
    },
    "services.ex08-panic": {
        "empties-when-all-fail": "checks/failed",
        "panics-to-one": "checks/both",
        "fails-without-a-word": "none/status",
        "empty-pages": "none/page",
        "waits-for-a-node": "none/soon",
        "gives-up-for-good": "back/failed",
    },
    "services.ex08-errors": {
        "hides-500s": "status/passed",
        "repeats-500s": ("status/once", "status/passed"),
        "tries-once": "breaks/failed",
        "never-ejects": "breaks/ejected",
        "waits-for-connections": ("lost/failed", "lost/waits"),
    },
    "services.ex08-drain": {
        "dies-at-sighup": "reload",
        "ignores-sighup": "reload",
        "keeps-the-removed": "reload/removed",
        "breaks-off-at-reload": "whole/bodies",
        "keeps-idle-connections": "whole/closed",
        "takes-wrong-files": ("wrong", "wrong/told", "failed/kept"),
        "ends-at-wrong-files": ("wrong", "failed/kept"),
        "says-nothing-at-reload": "wrong",
        "says-no-line": ("wrong", "wrong/told"),
    },
    "services.ex08-weights": {
        "ignores-weights": "weight/share",
        "in-blocks": "weight/smooth",
        "knows-one-policy": "least/idle",
        "counts-all-ever": "least/idle",
        "ignores-limits": "limit/most",
        "drops-what-is-too-much": "limit/statuses",
    },
    "services.ex08-sticky": {
        "gives-no-cookie": "new/cookie",
        "forgets-its-clients": "again/node",
        "first-node-only": "again/others",
        "drops-cookies": "own/kept",
        "trusts-any-cookie": "forged/failed",
        "sticks-to-the-dead": "dead/failed",
        "never-changes-cookies": "dead/cookie",
    },
    "services.ex08-address": {
        "drops-the-query": "target/as-it-is",
        "tidies-paths": "target/as-it-is",
        "drops-fields": "fields/passed",
        "hands-on-connection": "fields/hop",
        "changes-host": "fields/host",
        "names-no-via": "fields/via",
        "drops-bodies": "body/bytes",
        "sends-bodies-twice": ("body/once", "body/failed"),
        "tells-no-address": "client/address",
        "one-address-for-all": "client/address",
        "trusts-the-forged": "forged/address",
        "puts-its-own-first": "forged/address",
        "hands-on-forwarded": "forged/address",
    },
    "services.ex08-hostile": {
        "takes-any-line": "line/status",
        "takes-any-host": "fields/status",
        "closes-without-a-word": "line/status",
        "dies-at-a-bad-request": ("line/status", "line/after"),
        "forwards-both-lengths": ("lengths/status", "lengths/forwarded"),
        "knows-no-bodies": ("lengths/forwarded", "inside/smuggled"),
        "no-bounds": "long/status",
        "waits-for-absent-clients": "leave/due",
    },
    "services.ex08-broken": {
        "completes-what-broke-off": "cut/whole",
        "ends-what-broke-off": "cut/whole",
        "fails-without-a-word": "strange/status",
        "forwards-anything": "strange/status",
        "waits-for-ever": "late/status",
        "all-is-502": "late/status",
        "keeps-what-came-behind": ("twice/own", "twice/others"),
    },
    "services.ex08-config": {
        "takes-any-file": "wrong/serves",
        "takes-nodes-twice": "wrong/serves",
        "passes-over-unknown-keys": "wrong/serves",
        "takes-port-0": "wrong/serves",
        "says-no-line": "wrong/line",
        "says-nothing": ("wrong/line", "wrong/words"),
        "status-0": "wrong/status",
    },
    "services.ex08-status": {
        "has-no-page": ("page/nodes", "page/status"),
        "counts-nothing": "page/counts",
        "says-all-is-well": "dead/told",
        "takes-any-method": "others/method",
        "takes-all-below": "others/below",
    },
    "services.ex08-keep": {
        "drops-last-byte-of-large": "large/bytes",
        "closes-each": "turns/client",
        "new-connection-each-time": "turns/nodes",
        "forgets-what-came-early": "pipeline/order",
        "buffers-answers": "stream/answer",
        "buffers-requests": "stream/request",
        "waits-for-absent-clients": "stream/left",
        "one-client-at-a-time": ("stream/request", "many"),
        "leaks-a-descriptor": ("many", "habits/descriptors", "habits/closes"),
    },
}
_MODULES = [str(file) for file in sorted((pathlib.Path(__file__).parent / "programs").glob("http_balancer_*.py"))]
_COMMAND = ["{config}{extended}", "{port}", *_MODULES]

MUTANTS = [
    Mutant(question, fault, caught_by, {"http-balancer": program("http_balancer.py", fault, *_COMMAND)})
    for question, faults in _FAULTS.items()
    for fault, caught_by in faults.items()
]
