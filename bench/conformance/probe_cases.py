"""Requests that RFC 9110 and 9112 have a rule for, and the answers that the rule allows.

A probe is bytes for a server whose /file.txt is FILE, or for who stands before one that answers so to any method, and how it may answer: statuses, or CLOSE for a connection that ends without an
answer, which a rule nowhere asks for and which is counted. hostile: what an intermediary must not hand on. Sources: the sections named.
"""

from __future__ import annotations

import dataclasses

FILE = b"0123456789" * 10
GET = b"GET /file.txt HTTP/1.1\r\n"
HOST = b"Host: h1\r\n"
LAST = b"Connection: close\r\n\r\n"
POST = b"POST /file.txt HTTP/1.1\r\nHost: h1\r\n"
OK = frozenset({200})
BAD = frozenset({400})
BODY = frozenset({200, 404, 405, 501})
"""Of a request with a body that is well: whoever takes no body says so."""


@dataclasses.dataclass(frozen=True)
class Probe:
    """bytes: all that is sent. answers: the statuses that come back, one set for each answer that must come. ends: whether the connection
    must be closed behind the last; body: what the last must hold, None for anything."""

    name: str
    section: str
    bytes: bytes
    answers: tuple[frozenset[int], ...]
    hostile: bool = False
    ends: bool = False
    body: bytes | None = None


def _bad(name: str, section: str, sent: bytes, *more: int) -> Probe:
    return Probe(name, section, sent, (BAD | set(more),), hostile=True)


def _good(name: str, section: str, sent: bytes, *answers: frozenset[int], ends: bool = False, body: bytes | None = None) -> Probe:
    return Probe(name, section, sent, answers or (OK,), ends=ends, body=body)


def _chunked(rest: bytes) -> bytes:
    return POST + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + rest


def _ranged(value: str, *fields: str) -> bytes:
    return GET + HOST + "".join(f"{line}\r\n" for line in (f"Range: {value}", *fields)).encode() + LAST


_TOO_MUCH = (413, 414, 431)
_WITHOUT_BODY = (404, 405, 501)
"""Of who refuses the method before it reads a body."""

PROBES = [
    # the request line
    _good("GET", "9112 3", GET + HOST + LAST, body=FILE),
    _good("an empty line before", "9112 2.2", b"\r\n" + GET + HOST + LAST, body=FILE),
    _good("bare LF at line ends", "9112 2.2", b"GET /file.txt HTTP/1.1\nHost: h1\nConnection: close\n\n", frozenset({200, 400})),
    _bad("a bare CR in the line", "9112 2.2", b"GET /file.txt\rX HTTP/1.1\r\n" + HOST + LAST),
    _bad("a word too many", "9112 3", b"GET /file.txt x HTTP/1.1\r\n" + HOST + LAST),
    _bad("no target", "9112 3", b"GET HTTP/1.1\r\n" + HOST + LAST),
    _bad("no version and fields", "9112 3", b"GET /file.txt\r\n" + HOST + LAST),
    _bad("two blanks", "9112 3", b"GET  /file.txt HTTP/1.1\r\n" + HOST + LAST),
    _bad("a tab for a blank", "9112 3", b"GET\t/file.txt\tHTTP/1.1\r\n" + HOST + LAST),
    _bad("a blank before the method", "9112 3", b" GET /file.txt HTTP/1.1\r\n" + HOST + LAST),
    _bad("a method with a bracket", "9110 5.6.2", b"GE(T /file.txt HTTP/1.1\r\n" + HOST + LAST, 501),
    _good("a lower-case method is another", "9110 9.1", b"get /file.txt HTTP/1.1\r\n" + HOST + LAST, frozenset({200, 400, 405, 501})),
    _good("a method that nobody knows", "9110 9.1", b"BREW /file.txt HTTP/1.1\r\n" + HOST + LAST, frozenset({200, 405, 501})),
    _bad("a method of 100,000 letters", "9112 3", b"G" * 100_000 + b" /file.txt HTTP/1.1\r\n" + HOST + LAST, 501, *_TOO_MUCH),
    _bad("a target of 100,000 letters", "9112 3", b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n" + HOST + LAST, *_TOO_MUCH),
    _good("a target of 4,000 letters", "9112 3", b"GET /file.txt?" + b"a" * 4_000 + b" HTTP/1.1\r\n" + HOST + LAST),
    _bad("a target without a slash", "9112 3.2.1", b"GET file.txt HTTP/1.1\r\n" + HOST + LAST),
    _bad("a fragment in the target", "9112 3.2", b"GET /file.txt#x HTTP/1.1\r\n" + HOST + LAST, 200),
    _bad("a NUL in the target", "9112 3.2", b"GET /file.txt\x00 HTTP/1.1\r\n" + HOST + LAST),
    _bad("bytes above 127 in the target", "9112 3.2", b"GET /f\xffile.txt HTTP/1.1\r\n" + HOST + LAST, 404),
    _good("absolute-form", "9112 3.2.2", b"GET http://h1/file.txt HTTP/1.1\r\n" + HOST + LAST, body=FILE),
    _good("absolute-form beside another Host", "9112 3.2.2", b"GET http://h1/file.txt HTTP/1.1\r\nHost: h2\r\n" + LAST, body=FILE),
    _good("asterisk-form of OPTIONS", "9112 3.2.4", b"OPTIONS * HTTP/1.1\r\n" + HOST + LAST, frozenset({200, 204, 405, 501})),
    _bad("asterisk-form of GET", "9112 3.2.4", b"GET * HTTP/1.1\r\n" + HOST + LAST),
    _good("CONNECT to a server", "9110 9.3.6", b"CONNECT h1:443 HTTP/1.1\r\n" + HOST + LAST, frozenset({400, 403, 405, 501})),
    _good("the query is no part of the name", "9110 4.2.3", b"GET /file.txt?a=b HTTP/1.1\r\n" + HOST + LAST, body=FILE),
    _good("escapes are the same name", "9110 4.2.3", b"GET /%66ile%2Etxt HTTP/1.1\r\n" + HOST + LAST, body=FILE),
    _good("what is not there", "9110 15.5.5", b"GET /nothing HTTP/1.1\r\n" + HOST + LAST, frozenset({404})),
    # the version
    _good("HTTP/1.0 without Host", "9112 3.2", b"GET /file.txt HTTP/1.0\r\n\r\n", ends=True, body=FILE),
    _good("HTTP/1.0 with keep-alive", "9112 9.3", b"GET /file.txt HTTP/1.0\r\nHost: h1\r\nConnection: keep-alive\r\n\r\n", body=FILE),
    _good("HTTP/1.2 is 1.1", "9110 2.5", b"GET /file.txt HTTP/1.2\r\n" + HOST + LAST, frozenset({200, 505})),
    _bad("HTTP/2.0", "9110 15.6.6", b"GET /file.txt HTTP/2.0\r\n" + HOST + LAST, 505),
    _bad("HTTP/0.9 with a version", "9110 15.6.6", b"GET /file.txt HTTP/0.9\r\n" + HOST + LAST, 505),
    _bad("a version of two digits", "9112 2.3", b"GET /file.txt HTTP/1.10\r\n" + HOST + LAST, 505),
    _bad("a version in lower case", "9112 2.3", b"GET /file.txt http/1.1\r\n" + HOST + LAST, 505),
    _bad("another protocol", "9112 2.3", b"GET /file.txt ICY/1.1\r\n" + HOST + LAST, 505),
    _bad("a sign in the version", "9112 2.3", b"GET /file.txt HTTP/+1.1\r\n" + HOST + LAST, 505),
    _bad("the preface of HTTP/2", "9113 3.4", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    # Host
    _bad("no Host", "9112 3.2", GET + LAST),
    _bad("two Hosts", "9112 3.2", GET + HOST + b"Host: h2\r\n" + LAST),
    _bad("two equal Hosts", "9112 3.2", GET + HOST + HOST + LAST),
    _bad("Hosts of a list", "9112 3.2", GET + b"Host: h1, h2\r\n" + LAST),
    _bad("a Host with a path", "9110 7.2", GET + b"Host: h1/x\r\n" + LAST),
    _bad("a Host with a blank", "9110 7.2", GET + b"Host: h 1\r\n" + LAST),
    _bad("a Host with an @", "9110 7.2", GET + b"Host: a@h1\r\n" + LAST),
    _bad("a port that is none", "9110 7.2", GET + b"Host: h1:x\r\n" + LAST),
    _good("a Host with a port", "9110 7.2", GET + b"Host: h1:8080\r\n" + LAST, body=FILE),
    _good("an address of IPv6", "9110 7.2", GET + b"Host: [::1]:8080\r\n" + LAST, body=FILE),
    _good("an empty Host", "9112 3.2", GET + b"Host:\r\n" + LAST, frozenset({200, 400})),
    # field lines
    _bad("a blank before the colon", "9112 5.1", GET + HOST + b"X-Name : a\r\n" + LAST),
    _bad("a tab before the colon", "9112 5.1", GET + HOST + b"X-Name\t: a\r\n" + LAST),
    _bad("a blank before the first name", "9112 2.2", GET + b" Host: h1\r\n" + LAST),
    _bad("a folded line", "9112 5.2", GET + HOST + b"X-Folded: a\r\n b\r\n" + LAST),
    _bad("a line folded by a tab", "9112 5.2", GET + HOST + b"X-Folded: a\r\n\tb\r\n" + LAST),
    _bad("no colon", "9112 5", GET + HOST + b"nonsense\r\n" + LAST),
    _bad("no name", "9112 5", GET + HOST + b": a\r\n" + LAST),
    _bad("a name with a bracket", "9110 5.6.2", GET + HOST + b"X(Y: a\r\n" + LAST),
    _bad("a name of bytes above 127", "9110 5.6.2", GET + HOST + b"X\xc3\xa9: a\r\n" + LAST),
    _bad("a NUL in a value", "9110 5.5", GET + HOST + b"X-Nul: a\x00b\r\n" + LAST),
    _bad("a bare CR in a value", "9110 5.5", GET + HOST + b"X-Bare: a\rb\r\n" + LAST),
    _bad("a bare CR at a line's end", "9112 2.2", GET + b"Host: h1\r" + LAST),
    _good("no blank behind the colon", "9112 5", GET + b"Host:h1\r\n" + LAST, body=FILE),
    _good("blanks around a value", "9112 5", GET + b"Host: \t h1 \t \r\n" + LAST, body=FILE),
    _good("names in upper case", "9110 5.1", GET + b"HOST: h1\r\nCONNECTION: close\r\n\r\n", ends=True, body=FILE),
    _good("an empty value", "9110 5.5", GET + HOST + b"X-Empty:\r\n" + LAST, body=FILE),
    _good("bytes above 127 in a value", "9110 5.5", GET + HOST + b"X-Text: caf\xc3\xa9\r\n" + LAST, body=FILE),
    _good("50 lines", "9112 5", GET + HOST + b"".join(b"X-%d: a\r\n" % number for number in range(50)) + LAST, body=FILE),
    _bad("20,000 lines", "9110 5.4", GET + HOST + b"".join(b"X-%d: a\r\n" % number for number in range(20_000)) + LAST, *_TOO_MUCH),
    _bad("a line of 300,000 letters", "9110 5.4", GET + HOST + b"X-Long: " + b"a" * 300_000 + b"\r\n" + LAST, *_TOO_MUCH),
    # lengths
    _good("a body", "9112 6.2", POST + b"Content-Length: 4\r\n" + LAST + b"abcd", BODY),
    _good("no body", "9112 6.2", POST + b"Content-Length: 0\r\n" + LAST, BODY),
    _good("a body of GET", "9110 9.3.1", GET + HOST + b"Content-Length: 4\r\n" + LAST + b"abcd", frozenset({200, 400, 413})),
    _bad("a length with a plus", "9112 6.3", POST + b"Content-Length: +4\r\n" + LAST + b"abcd"),
    _bad("a length below 0", "9112 6.3", POST + b"Content-Length: -4\r\n" + LAST + b"abcd"),
    _bad("a length in base 16", "9112 6.3", POST + b"Content-Length: 0x4\r\n" + LAST + b"abcd"),
    _bad("a length with a letter", "9112 6.3", POST + b"Content-Length: 4x\r\n" + LAST + b"abcd"),
    _bad("a length with a blank", "9112 6.3", POST + b"Content-Length: 1 4\r\n" + LAST + b"abcd"),
    _bad("a length with a point", "9112 6.3", POST + b"Content-Length: 4.0\r\n" + LAST + b"abcd"),
    _bad("an empty length", "9112 6.3", POST + b"Content-Length:\r\n" + LAST + b"abcd"),
    _bad("two lengths that differ", "9112 6.3", POST + b"Content-Length: 4\r\nContent-Length: 5\r\n" + LAST + b"abcde"),
    _bad("a list of lengths that differ", "9112 6.3", POST + b"Content-Length: 4, 5\r\n" + LAST + b"abcde"),
    _good("two equal lengths", "9112 6.3", POST + b"Content-Length: 4\r\nContent-Length: 4\r\n" + LAST + b"abcd", BODY | BAD),
    _bad("a length of 2^64 and more", "9112 6.3", POST + b"Content-Length: 18446744073709551620\r\n" + LAST + b"abcd", 413),
    _bad("a length of 10^30", "9112 6.3", POST + b"Content-Length: 1000000000000000000000000000000\r\n" + LAST + b"abcd", 413),
    # codings
    _good("chunks", "9112 7.1", _chunked(b"4\r\nabcd\r\n0\r\n\r\n"), BODY),
    _good("chunk sizes in upper case and with zeros", "9112 7.1", _chunked(b"000A\r\n0123456789\r\n0\r\n\r\n"), BODY),
    _good("a chunk extension", "9112 7.1.1", _chunked(b"4;a=b;c=\"d\"\r\nabcd\r\n0\r\n\r\n"), BODY | BAD),
    _good("a trailer", "9112 7.1.2", _chunked(b"4\r\nabcd\r\n0\r\nX-Sum: 5\r\n\r\n"), BODY),
    _bad("both lengths", "9112 6.3", POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n" + LAST + b"0\r\n\r\n"),
    _bad("both lengths, the other way", "9112 6.3", POST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n" + LAST + b"0\r\n\r\n"),
    _bad("chunked twice", "9112 6.1", POST + b"Transfer-Encoding: chunked, chunked\r\n" + LAST + b"0\r\n\r\n", 501),
    _bad("chunked is not the last", "9112 6.3", POST + b"Transfer-Encoding: chunked, gzip\r\n" + LAST + b"0\r\n\r\n", 501),
    _bad("a coding that nobody knows", "9112 6.1", POST + b"Transfer-Encoding: xchunked\r\n" + LAST + b"0\r\n\r\n", 501),
    _bad("identity", "9112 7", POST + b"Transfer-Encoding: identity\r\n" + LAST, 501),
    _bad("chunked in quotes", "9112 6.1", POST + b"Transfer-Encoding: \"chunked\"\r\n" + LAST + b"0\r\n\r\n", 501),
    _bad("a vertical tab before chunked", "9110 5.5", POST + b"Transfer-Encoding: \x0bchunked\r\n" + LAST + b"0\r\n\r\n", 501),
    _bad("a coding in HTTP/1.0", "9112 6.1", b"POST /file.txt HTTP/1.0\r\nHost: h1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501),
    _good("Chunked in upper case", "9112 7", POST + b"Transfer-Encoding: CHUNKED\r\n" + LAST + b"0\r\n\r\n", BODY),
    _bad("a size that is none", "9112 7.1", _chunked(b"xyz\r\nabcd\r\n0\r\n\r\n"), *_WITHOUT_BODY),
    _bad("a size with a sign", "9112 7.1", _chunked(b"+4\r\nabcd\r\n0\r\n\r\n"), *_WITHOUT_BODY),
    _bad("a size below 0", "9112 7.1", _chunked(b"-4\r\nabcd\r\n0\r\n\r\n"), *_WITHOUT_BODY),
    _bad("a size with 0x", "9112 7.1", _chunked(b"0x4\r\nabcd\r\n0\r\n\r\n"), *_WITHOUT_BODY),
    _bad("a size of 2^64 and more", "9112 7.1", _chunked(b"10000000000000004\r\nabcd\r\n0\r\n\r\n"), 413, *_WITHOUT_BODY),
    _bad("a blank before a size", "9112 7.1", _chunked(b" 4\r\nabcd\r\n0\r\n\r\n"), *_WITHOUT_BODY),
    _bad("no size", "9112 7.1", _chunked(b"\r\nabcd\r\n0\r\n\r\n"), *_WITHOUT_BODY),
    _bad("more than the size", "9112 7.1", _chunked(b"4\r\nabcdef\r\n0\r\n\r\n"), *_WITHOUT_BODY),
    _bad("a bare LF behind a size", "9112 7.1", _chunked(b"4\nabcd\r\n0\r\n\r\n"), 200, 404, 405, 501),
    _bad("a bare CR behind a size", "9112 7.1", _chunked(b"4\rabcd\r\n0\r\n\r\n"), *_WITHOUT_BODY),
    _bad("a NUL in an extension", "9112 7.1.1", _chunked(b"4;a=\x00\r\nabcd\r\n0\r\n\r\n"), *_WITHOUT_BODY),
    # connections
    _good("two at once", "9112 9.3.2", GET + HOST + b"\r\n" + GET + HOST + LAST, OK, OK, ends=True, body=FILE),
    _good("HEAD, then GET", "9110 9.3.2", b"HEAD /file.txt HTTP/1.1\r\n" + HOST + b"\r\n" + GET + HOST + LAST, OK, OK, ends=True, body=FILE),
    _good("close is obeyed", "9112 9.6", GET + HOST + LAST + GET + HOST + b"\r\n", OK, ends=True, body=FILE),
    _good("Close in a list", "9110 7.6.1", GET + HOST + b"Connection: x-a, Close\r\n\r\n", ends=True, body=FILE),
    _good("Expect: 100-continue", "9110 10.1.1", POST + b"Content-Length: 4\r\nExpect: 100-continue\r\n" + LAST + b"abcd", BODY | {417}),
    _good("an expectation that nobody knows", "9110 10.1.1", GET + HOST + b"Expect: wonders\r\n" + LAST, frozenset({200, 417})),
    _good("an upgrade that nobody knows", "9110 7.8", GET + HOST + b"Upgrade: wonders\r\nConnection: upgrade, close\r\n\r\n", body=FILE),
    # methods, ranges, conditions
    _good("OPTIONS", "9110 9.3.7", b"OPTIONS /file.txt HTTP/1.1\r\n" + HOST + LAST, frozenset({200, 204, 405, 501})),
    _good("TRACE tells nothing", "9110 9.3.8", b"TRACE /file.txt HTTP/1.1\r\n" + HOST + LAST, frozenset({200, 405, 501})),
    _good("the first bytes", "9110 14.2", _ranged("bytes=0-9"), frozenset({200, 206})),
    _good("the last bytes", "9110 14.1.2", _ranged("bytes=-10"), frozenset({200, 206})),
    _good("from a byte on", "9110 14.1.2", _ranged("bytes=90-"), frozenset({200, 206})),
    _good("behind the end", "9110 15.5.17", _ranged("bytes=1000-"), frozenset({200, 416})),
    _good("a range that is none", "9110 14.2", _ranged("bytes=9-0"), frozenset({200, 416}), body=None),
    _good("another unit", "9110 14.2", _ranged("lines=0-1"), body=FILE),
    _good("If-Range of another file", "9110 13.1.5", _ranged("bytes=0-9", 'If-Range: "no"'), body=FILE),
    _good("If-None-Match: *", "9110 13.1.2", GET + HOST + b"If-None-Match: *\r\n" + LAST, frozenset({200, 304})),
    _good("If-Modified-Since the future", "9110 13.1.3", GET + HOST + b"If-Modified-Since: Fri, 31 Dec 2100 00:00:00 GMT\r\n" + LAST, frozenset({200, 304})),
    _good("If-Modified-Since that is no date", "9110 13.1.3", GET + HOST + b"If-Modified-Since: yesterday\r\n" + LAST, body=FILE),
    _good("If-Match of another", "9110 13.1.1", GET + HOST + b'If-Match: "no"\r\n' + LAST, frozenset({200, 412})),
]  # fmt: skip
