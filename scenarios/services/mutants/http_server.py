"""Wrong HTTP servers (services.ex06 and its like)."""

from __future__ import annotations

from harness import Mutant, program

# Question → fault → the id of what must catch it.
_SERVER: dict[str, dict[str, str | tuple[str, ...]]] = {
    "services.ex06": {
        "counts-one-more": "found/length",
        "sends-the-first-part": ("found/body", "found/length"),
        "404-is-200": "missing/status",
        "404-is-500": "missing/status",
        "404-is-empty": "missing/page",
        "404-in-plain-words": "missing/page",
        "404-is-a-picture": "missing/type",
        "counts-characters-twice": "missing/length",
        "remembers-what-it-has-served": "again/status",
        "three-clients-in-all": "together/status",
        "serves-ten-clients": "together/status",
        "ends-lines-by-lf": "found/status",
        "ignores-ctrl-c": "interrupt",
        "leaks-a-descriptor": "habits/descriptors",
    },
    "services.ex06-browsers": {
        "404-is-empty": "starts/page",
        "stylesheets-are-text": "chromium-page/stylesheet",
        "cuts-pictures": "chromium-page/picture",
        "sends-empty-pages-to-browsers": ("chromium-missing/shown", "chromium-missing/page"),
    },
    "services.ex06-header": {
        "has-no-date": "fields/date",
        "tells-its-own-date": "fields/date",
        "has-no-length": "fields/length",
        "pictures-are-text": "types/type",
        "all-is-html": "types/type",
        "knows-small-letters-only": "types/type",
        "knows-no-escapes": "names/status",
        "knows-ascii-only": "names/status",
        "query-is-part-of-the-name": "query/status",
        "has-no-index": "index/status",
    },
    "services.ex06-methods": {
        "head-has-a-body": "head/body",
        "head-knows-no-length": "head/fields",
        "knows-no-options": "options/status",
        "405-without-allow": "refused/allow",
        "post-is-501": "refused/status",
        "any-method-is-get": "refused/status",
        "unknown-methods-are-400": "unknown/status",
        "takes-bodies-for-requests": "body/statuses",
        "looks-at-no-length": "body/statuses",
    },
    "services.ex06-bad": {
        "takes-any-line": "line/status",
        "takes-any-field": "fields/status",
        "knows-no-host": "fields/status",
        "looks-at-no-length": "lengths/status",
        "takes-any-version": "versions/status",
        "dies-at-a-bad-request": "line/status",
        "goes-on-after-a-bad-request": "line/status",
        "one-piece-a-request": "odd/status",
    },
    "services.ex06-keep": {
        "never-keeps": "turns/connections",
        "keeps-for-ever": ("close/once", "close/told"),
        "does-not-say-close": "close/told",
        "forgets-what-came-early": "pipeline/statuses",
        "head-has-a-body": "pipeline/statuses",
    },
    "services.ex06-ranges": {
        "knows-no-ranges": "part/status",
        "range-has-no-end": "part/bytes",
        "range-ends-one-early": "part/bytes",
        "range-beyond-the-end": "part/where",
        "suffix-is-a-prefix": "part/bytes",
        "range-of-unknown-size": "part/where",
        "beyond-is-the-whole": "beyond/status",
        "416-without-the-size": "beyond/size",
        "head-has-parts": "none/head",
        "first-part-only": "two/status",
        "any-number-of-parts": "many/body",
        "ignores-if-range": "if-range/served",
        "if-range-knows-no-dates": "if-range/status",
    },
    "services.ex06-validators": {
        "304-has-a-body": "tag/body",
        "tag-is-time-and-length": "changed/served",
        "remembers-tags": "changed/served",
        "compares-the-whole-list": "tag/status",
        "date-beats-tag": "tag/served",
        "knows-dates-only": "tag/status",
        "knows-tags-only": "date/status",
        "compares-dates-as-texts": "date/status",
        "any-date-will-do": "date/served",
        "knows-no-if-match": "match/status",
    },
    "services.ex06-compressed": {
        "does-not-tell-vary": "taken/vary",
        "tells-the-type-of-gzip": "taken/coding",
        "one-tag-for-both": "taken/tag",
        "does-not-weigh-codings": "not-taken/served",
        "always-gzip": "plain/body",
    },
    "services.ex06-log": {
        "keeps-no-log": "log/line",
        "logs-refused-ones-only": "log/line",
        "logs-whatever-it-is-told": "log/forged",
        "tells-the-port-it-was-told": "port/status",
        "does-not-tell-its-port": "port",
    },
    "services.ex06-root": {
        "follows-any-way": "up/leak",
        "looks-before-it-unescapes": "up/leak",
        "unescapes-twice": "up/leak",
        "backslash-is-a-slash": "up/leak",
        "absolute-paths": "up/leak",
        "follows-links": "links/leak",
        "cuts-at-nul": "nul/status",
        "redirects-elsewhere": "folders/elsewhere",
        "waits-for-the-fifo": "fifo/status",
        "dies-of-what-it-may-not-read": "fifo/status",
        "compares-beginnings": "beside/leak",
    },
    "services.ex06-slow": {
        "one-client-at-a-time": "half/status",
        "one-piece-a-request": "half/goes-on",
        "breaks-off-at-sigterm": "stop/whole",
        "keeps-its-door-open": "stop",
    },
    "services.ex06-timeout": {
        "waits-for-ever": "late/told",
        "leaves-without-a-word": "late/told",
        "waits-anew-for-each-byte": "drops/told",
    },
    "services.ex06-limits": {
        "silent-at-what-is-too-long": "long/status",
        "closes-with-words-unread": ("long/status", "habits/orderly"),
        "dies-at-a-bad-request": "long/status",
        "leaks-a-descriptor": ("leave/served", "habits/descriptors"),
        "reads-any-body": "bodies/status",
    },
}

MUTANTS = [
    Mutant(question, fault, caught_by, {"http-server": program("http_server.py", fault, "{root}", "{port}", "--log={log}", "--timeout={timeout}")})
    for question, faults in _SERVER.items()
    for fault, caught_by in faults.items()
]
