"""What origins answer behind a proxy, by question: tables of kit/http.py's Origin, and what is to come of them."""

from __future__ import annotations

import random
from typing import Any

from scenarios.services.kit import http_server
from scenarios.services.kit.http import PORT, Steps, answer, chunked
from scenarios.services.kit.http_proxy import KEPT, ONE, PICTURE, TWO, asking, date, dated

_FILES = http_server.pages()
_HTML, _GONE = "Content-Type: text/html", b"<h1>There is nothing here</h1>\n"
NEVER = "Cache-Control: no-store"

# services.ex07
PAGES = {  # target → status, body, type
    "/index.html": (200, _FILES["index.html"], "text/html"),
    PICTURE: (200, _FILES["pictures/buoy.png"], "image/png"),
    "/all.bin?part=1&of=%20x": (200, _FILES["all.bin"], "application/octet-stream"),
    "/chunks.txt": (200, ONE, "text/plain"),
    "/gone.html": (404, _GONE, "text/html"),
    "/moved.html": (302, b"it is elsewhere\n", "text/html"),
    "/empty.txt": (200, b"", "text/plain"),
}
_AT_8001 = f"^host: h1:{PORT + 1}"
SITE: dict[str, Any] = {
    "/index.html": answer(PAGES["/index.html"][1], _HTML, NEVER),
    PICTURE: dated(PAGES[PICTURE][1], "Content-Type: image/png", KEPT),
    "/all.bin?part=1&of=%20x": answer(_FILES["all.bin"], "Content-Type: application/octet-stream", KEPT),
    "/chunks.txt": answer(chunked(ONE, 1, 100), "Content-Type: text/plain", NEVER, "Transfer-Encoding: chunked", length=None),
    "/gone.html": answer(_GONE, _HTML, NEVER, status="404 Not Found"),
    "/moved.html": answer(b"it is elsewhere\n", _HTML, NEVER, "Location: /index.html", status="302 Found"),
    "/empty.txt": answer(b"", "Content-Type: text/plain", NEVER),
    "/buoy?which=1": [[_AT_8001, dated(b"port 8001", KEPT)], ["", dated(b"first", KEPT)]],
    "/buoy?which=2": dated(b"second", KEPT),
    "/buoy": dated(b"none", KEPT),
    "/Buoy": dated(b"capital", KEPT),
    "/form": dated(TWO, KEPT),
    **{f"/news?{words}": [dated(ONE, f"Cache-Control: {words.replace('+', ', ')}"), dated(TWO, NEVER)] for words in ("no-cache+max-age=3600", "no-store+max-age=3600", "max-age=0")},
}
AT_H4: dict[str, Any] = {"/buoy?which=1": dated(b"at h4", KEPT)}
ALIKE = {  # authority and target → body; each comes twice
    **{(f"h1:{PORT}", target): body for target, body in {"/buoy?which=1": b"first", "/buoy?which=2": b"second", "/buoy": b"none", "/Buoy": b"capital"}.items()},
    (f"h1:{PORT + 1}", "/buoy?which=1"): b"port 8001",
    (f"h4:{PORT}", "/buoy?which=1"): b"at h4",
}
NEWS = [target for target in SITE if target.startswith("/news")]
FORM = asking("/form", "POST", content_length=len(ONE), body=ONE)


# services.ex07-fresh: what fields make of the first answer, when it is asked for again at once
def _rows(rows: dict[str, list[str]], status: str = "200 OK") -> dict[str, Any]:
    return {f"/{name}": [dated(ONE, *fields, status=status), dated(TWO, *fields, status=status)] for name, fields in rows.items()}


_HOUR, _OLD = 3600, 7200
CLEAR = _rows({
    "max-age": ["Cache-Control: max-age=3600"],
    "public": ["Cache-Control: public, max-age=3600", "Content-Type: image/png"],
})  # fmt: skip
FRESH = _rows({
    "expires": [f"Expires: {date(_HOUR)}"],
    "s-maxage": ["Cache-Control: max-age=0, s-maxage=3600"],
    "max-age-beats-expires": ["Cache-Control: max-age=3600", f"Expires: {date(-_HOUR)}"],
    "in-its-prime": ["Cache-Control: max-age=3600", "Age: 600"],
    "dated-a-while-ago": ["Cache-Control: max-age=7200", f"Date: {date(-_HOUR)}"],
    "any-case": ["CACHE-CONTROL: MAX-AGE=3600"],
    "no-blanks": ["Cache-Control:max-age=3600,must-revalidate"],
    "unknown-words": ['Cache-Control: unheard-of="max-age=0, no-store", max-age=3600'],
    "two-fields": ["Cache-Control: public", "Cache-Control: max-age=3600"],
    "very-long": ["Cache-Control: max-age=99999999999999999999"],
}) | _rows({"gone-for-now": [KEPT]}, "404 Not Found") | _rows({"moved": [KEPT, "Location: /x"]}, "301 Moved Permanently")  # fmt: skip
STALE = _rows({
    "no-cache": ["Cache-Control: max-age=3600, no-cache"],
    "s-maxage-0": ["Cache-Control: s-maxage=0, max-age=3600"],
    "expires-0": ["Expires: 0"],
    "expired": [f"Expires: {date(-_HOUR)}", f"Last-Modified: {date(-_OLD)}"],
    "max-age-0-beats-expires": ["Cache-Control: max-age=0", f"Expires: {date(_HOUR)}"],
    "too-old": ["Cache-Control: max-age=3600", "Age: 3600"],
    "dated-long-ago": ["Cache-Control: max-age=3600", f"Date: {date(-_OLD)}"],
    "no-number": ["Cache-Control: max-age=soon"],
    "nothing-said": [],
}) | _rows({"error": []}, "500 Internal Server Error") | _rows({"gone": []}, "404 Not Found") | _rows({"moved-for-now": ["Location: /x"]}, "302 Found")  # fmt: skip
GUESSED = _rows({"guessed": [f"Last-Modified: {date(-8_640_000)}"]})
SHORT = {"/short": [dated(ONE, "Cache-Control: max-age=1"), dated(TWO, KEPT)]}
AGED = {"/aged": dated(ONE, "Cache-Control: max-age=3600", "Age: 600")}
FRESH_TABLE = {**CLEAR, **FRESH, **STALE, **GUESSED, **SHORT, **AGED}
UNWILLING = {  # a request's field → whether what is kept, 600 s old, may answer it
    "no-cache": False,
    "max-age=0": False,
    "max-age=60": False,
    "min-fresh=3500": False,
    "max-age=3000": True,
    "only-if-cached": True,
}


# services.ex07-validation
def _validated(validator: str, condition: str, *fields: str, later: str = "") -> list[Any]:
    """First the whole; then 304 to whom has that version, ever after."""
    whole = dated(ONE, validator, *fields)
    same = dated(b"", validator, later or fields[0], status="304 Not Modified")
    same = [{**same[0], "send": same[0]["send"].replace("Content-Length: 0\r\n", "")}]
    return [[condition, same], ["", whole]]


_CHECK, _TAG, _WEAK = "Cache-Control: no-cache, max-age=3600", 'ETag: "one"', 'ETag: W/"one"'
_BEFORE, _CHANGED = "Sat, 07 Mar 2026 10:00:00 GMT", "Sat, 07 Mar 2026 10:05:00 GMT"
VALIDATED: dict[str, Any] = {
    "/tag.txt": _validated(_TAG, '^if-none-match:.*"one"', _CHECK),
    "/weak.txt": _validated(_WEAK, '^if-none-match:.*W/"one"', _CHECK),
    "/dated.txt": _validated(f"Last-Modified: {_CHANGED}", f"^if-modified-since: *{_CHANGED}", _CHECK),
}
RENEWED = {"/renewed.txt": _validated(_TAG, '^if-none-match:.*"one"', "Cache-Control: max-age=3600", "Age: 4000", later="Cache-Control: max-age=7200")}
REPLACED = {"/replaced.txt": [dated(ONE, _CHECK, _TAG), dated(TWO, _CHECK, 'ETag: "two"')]}
FOR_CLIENTS = {"/fresh.txt": [dated(ONE, KEPT, _TAG, f"Last-Modified: {_CHANGED}"), dated(TWO, KEPT)]}
UNSAFE = {f"/{method.lower()}.txt": [dated(ONE, KEPT), dated(b"done\n", NEVER), dated(TWO, KEPT)] for method in ("POST", "PUT", "DELETE")}
VALIDATION_TABLE = {**VALIDATED, **RENEWED, **REPLACED, **FOR_CLIENTS, **UNSAFE, "/missed.txt": _validated(_TAG, '^if-none-match:.*"one"', KEPT)}
SAME = {  # a request's field → the status from what is kept
    ("if_none_match", '"one"'): 304,
    ("if_none_match", 'W/"one", "x"'): 304,
    ("if_none_match", "*"): 304,
    ("if_modified_since", _CHANGED): 304,
    ("if_none_match", '"other"'): 200,
    ("if_modified_since", _BEFORE): 200,
}

# services.ex07-vary: for every target and field a body of its own
SPOKEN = {"es": b"hola\n" * 20, "en": b"hello\n" * 20, "": b"?\n" * 20}


def _spoken(field: str, *vary: str) -> list[Any]:
    said = {word: dated(body, KEPT, *vary) for word, body in SPOKEN.items() if word}
    return [*([f"^{field}:.*{word}", steps] for word, steps in said.items()), ["", dated(SPOKEN[""], KEPT, *vary)]]


VARIED = {  # target → the field by which it varies
    "/language": "accept_language",
    "/cookie": "cookie",
    "/two": "x_second",
    "/case": "accept_language",
    "/star": "x_star",
}
VARY_TABLE: dict[str, Any] = {
    "/language": _spoken("accept-language", "Vary: Accept-Language"),
    "/cookie": _spoken("cookie", "Vary: Cookie"),
    "/two": _spoken("x-second", "Vary: X-First", "Vary: Accept-Encoding, X-Second"),
    "/case": _spoken("accept-language", "Vary: ACCEPT-LANGUAGE"),
    "/star": _spoken("x-star", "Vary: *"),
    "/packed": [["^accept-encoding:.*gzip", dated(b"\x1f\x8b packed", KEPT, "Content-Encoding: gzip", "Vary: Accept-Encoding")], ["", dated(ONE, KEPT, "Vary: Accept-Encoding")]],
}

# services.ex07-private: each has something of its own for the first who asks and for the second
PRIVATE: dict[str, list[str]] = {
    "/private": ["Cache-Control: private, max-age=3600"],
    "/private-field": ['Cache-Control: private="X-Own", max-age=3600', "X-Own: ana's"],
    "/no-store": ["Cache-Control: no-store, max-age=3600"],
    "/no-store-in-two-fields": ["Cache-Control: max-age=3600", "Cache-Control: no-store"],
    "/private-cookie": ["Set-Cookie: name=ana", "Cache-Control: private"],
}
CAPITALS = {"/in-capitals": ["Cache-Control: max-age=3600, NO-STORE"], "/in-one-capital": ["cache-control: Max-Age=3600, Private"]}
COOKIE = {"/cookie": ["Set-Cookie: name=ana", f"Last-Modified: {date(-8_640_000)}"]}
AUTHORISED = {"/authorised": ["Cache-Control: max-age=3600"], "/authorised-expires": [f"Expires: {date(_HOUR)}"]}
SHARED = {"/authorised-public": ["Cache-Control: public, max-age=3600"], "/authorised-s-maxage": ["Cache-Control: s-maxage=3600"]}
PRIVATE_TABLE = {
    target: [dated(ONE, *fields), dated(TWO, *(field.replace("ana", "bo") for field in fields))] for target, fields in {**PRIVATE, **CAPITALS, **COOKIE, **AUTHORISED, **SHARED}.items()
}
PRIVATE_TABLE["/asked-not-to"] = [dated(ONE, KEPT), dated(TWO, KEPT)]

# services.ex07-size
LARGE = 3_000_000  # bytes, more than the bound
OBJECT = 100_000
OBJECTS = {f"/object-{number}": random.Random(number).randbytes(OBJECT) for number in range(24)}
FAVOURITE = "/object-0"
SIZE_TABLE = {**{target: dated(body, KEPT) for target, body in OBJECTS.items()}, "/large": dated(random.Random(99).randbytes(LARGE), KEPT)}
LARGE_BODY = random.Random(99).randbytes(LARGE)


# services.ex07-stale
_SEE = "Cache-Control: max-age=10, "
_PAST = "Age: 20"


def _later(directives: str, *after: Steps) -> list[Any]:
    return [dated(ONE, _SEE + directives, _PAST), *after]


BROKEN = {
    "/error-503": _later("stale-if-error=600", dated(TWO, NEVER, status="503 Service Unavailable")),
    "/error-500": _later("stale-if-error=600", dated(TWO, NEVER, status="500 Internal Server Error")),
    "/error-closed": _later("stale-if-error=600", [{"end": "close"}]),
}
NOT_STALE = {
    "/must-503": _later("must-revalidate", dated(TWO, NEVER, status="503 Service Unavailable")),
    "/must-closed": _later("must-revalidate", [{"end": "close"}]),
    "/proxy-closed": _later("proxy-revalidate", [{"end": "close"}]),
    "/shared-closed": [dated(ONE, "Cache-Control: s-maxage=10", _PAST), [{"end": "close"}]],
    "/no-cache-closed": [dated(ONE, "Cache-Control: no-cache"), [{"end": "close"}]],
}
STALE_TABLE = {
    **BROKEN, **NOT_STALE,
    "/error-too-late": [dated(ONE, "Cache-Control: max-age=10, stale-if-error=5", _PAST), dated(TWO, NEVER, status="503 Service Unavailable")],
    "/while-too-late": [dated(ONE, "Cache-Control: max-age=10, stale-while-revalidate=5", _PAST), dated(TWO, KEPT)],
}  # fmt: skip
WHILE = "/while"
AHEAD = [dated(ONE, _SEE + "stale-while-revalidate=600", _PAST)]

# services.ex07-ranges
WHOLE = random.Random(7).randbytes(50_000)
PARTS = {  # Range → status and part of what is kept
    "bytes=0-99": (206, slice(0, 100)),
    "bytes=100-": (206, slice(100, None)),
    "bytes=-100": (206, slice(-100, None)),
    "bytes=49999-60000": (206, slice(49_999, None)),
}
_STRONG = 'ETag: "whole"'
RANGES_TABLE: dict[str, Any] = {
    "/kept.bin": dated(WHOLE, KEPT, _STRONG, "Accept-Ranges: bytes"),
    "/missed.bin": [["^range: *bytes=0-99", dated(WHOLE[:100], KEPT, _STRONG, "Content-Range: bytes 0-99/50000", status="206 Partial Content")], ["", dated(WHOLE, KEPT, _STRONG)]],
    "/deaf.bin": dated(WHOLE, NEVER),
}

# services.ex07-via: fields of one hop, of answers and of requests
HOP = ["Connection: X-Hop, keep-alive", "X-Hop: 1", "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive"]
HOPPING = {"connection": "close, X-Hop", "x_hop": "1", "keep_alive": "timeout=5", "proxy_connection": "keep-alive", "te": "gzip", "upgrade": "h2c"}

# services.ex07-browsers, services.ex07-clients; colours of pages/style.css and pages/pictures/buoy.png
GROUND, BUOY = (0x10, 0x3C, 0x58), (0xE8, 0x5D, 0x04)
VISITED = {
    "/index.html": dated(_FILES["index.html"], _HTML, "Cache-Control: no-store"),
    "/style.css": dated(_FILES["style.css"], "Content-Type: text/css", KEPT),
    PICTURE: dated(_FILES["pictures/buoy.png"], "Content-Type: image/png", KEPT),
    "/all.bin": dated(_FILES["all.bin"], KEPT),
    "/gone.html": dated(_GONE, _HTML, NEVER, status="404 Not Found"),
}
PICTURE_BYTES, ALL_BYTES = _FILES["pictures/buoy.png"], _FILES["all.bin"]
