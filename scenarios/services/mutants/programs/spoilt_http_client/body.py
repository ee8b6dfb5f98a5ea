"""The body of an answer: its length, its chunks, what it is packed by."""

import re
import zlib

from given import fault
from head import value
from saving import saved
from wrong import Wrong, shown


def body_of(stream, status, fields):
    """The bytes, and whether they are all; still packed."""
    lengths = [text for key, text in fields if key.lower() == "content-length"]
    if status in (204, 304) and fault != "waits-for-no-body":
        return b"", True
    coding = (value(fields, "Transfer-Encoding") or "").lower()
    if coding == "chunked" and fault != "ignores-chunks" and not (lengths and fault == "believes-the-length"):
        return chunks(stream)
    if fault == "keep-alive-until-close" or not lengths:
        while stream.more():
            pass
        return stream.rest, True
    if fault != "takes-any-length":
        if len(set(lengths)) > 1:
            raise Wrong("two lengths that differ")
        if not re.fullmatch(r"[0-9]{1,18}", lengths[0]):
            raise Wrong(f"invalid length: {shown(lengths[0][:30])}")
    length = int(re.sub(r"\D", "", lengths[0]) or 0) % (1 << 62)
    if fault == "takes-what-comes-behind":
        while stream.more():
            pass
        return stream.rest, True
    data = stream.exactly(length)
    if fault == "counts-the-head":
        return data[:-41], True
    return (data[:-1], True) if fault == "drops-the-last-byte" else (data, len(data) == length)


def chunks(stream):
    body = b""
    while True:
        try:
            line = stream.line()
            size = line if fault == "knows-no-extensions" else line.partition(b";")[0].strip()
            if not re.fullmatch(rb"[0-9A-Fa-f]{1,15}", size) and fault != "takes-any-size":
                raise Wrong(f"invalid size of a chunk: {shown(line[:30].decode('latin-1'))}")
            count = int(re.sub(rb"[^0-9A-Fa-f]", b"", size)[-8:] or b"0", 10 if fault == "counts-in-tens" else 16)
        except Wrong as error:
            if error.again:
                return body, False
            raise
        if not count:
            break
        data = stream.exactly(count)
        body += data
        if len(data) < count:
            return body, False
        if stream.exactly(2) != b"\r\n" and fault != "takes-any-size":
            raise Wrong("a chunk has a wrong end")
    while stream.line():
        if fault == "knows-no-trailers":
            raise Wrong("the last chunk has a wrong end")
    return body, True


def unpacked(data, fields):
    coding = value(fields, "Content-Encoding")
    if not coding or fault == "saves-what-is-packed":
        return data
    if coding.lower() != "gzip":
        raise Wrong(f"unexpected coding {shown(coding)}")
    try:
        one = zlib.decompressobj(31)
        plain = one.decompress(data)
    except zlib.error as error:
        if fault == "takes-bad-gzip":
            return zlib.decompressobj(-15).decompress(data[10:])
        if fault == "saves-what-is-packed-badly":
            saved(data)
        raise Wrong(f"gzip data are damaged: {error}") from None
    if not one.eof and fault != "takes-bad-gzip":
        raise Wrong("gzip data are truncated")
    return plain
