"""Parts of a file (RFC 9110, 14)."""

import re

from faults import is_

ERROR = [()]


def send_ranges(reply, file, size, fields, tag):
    """The file, or the parts of it that are asked for."""
    parts = parts_of(reply, size, tag, fields["Last-Modified"])
    if parts is ERROR:
        reply.error(400 if is_("400-at-what-is-no-range") else 501)
    elif parts is None:
        reply.send(200, fields, count=size, file=file)
    elif not parts:
        reply.error(416, **({} if is_("416-without-the-size") else {"content-range": f"bytes */{size}"}))
    elif len(parts) == 1:
        [(first, last)] = parts
        if is_("range-has-no-end"):
            last = size - 1
        if is_("range-ends-one-early"):
            last -= 1
        told = f"bytes {first}-{last}/{'*' if is_('range-of-unknown-size') else size}"
        reply.send(206, {**fields, "Content-Range": told}, begin=first, count=last - first + 1, file=file)
    else:
        body = b""
        place = (lambda first, last: f"{first}-{last + 1}") if is_("parts-are-placed-one-late") else (lambda first, last: f"{first}-{last}")
        for first, last in parts:
            file.seek(first)
            body += f"--part\r\nContent-Type: {fields['Content-Type']}\r\nContent-Range: bytes {place(first, last)}/{size}\r\n\r\n".encode()
            body += file.read(last - first + (0 if is_("parts-end-one-early") else 1)) + b"\r\n"
        reply.send(206, {**fields, "Content-Type": "multipart/byteranges; boundary=part"}, body + b"--part--\r\n")


def parts_of(reply, size, tag, date_told):
    """First and last byte of each; None for the whole file; none where no range can be satisfied."""
    asked = reply.request.fields
    given = asked.get("range", "")
    if is_("400-at-what-is-no-range") and given and not re.fullmatch(r"bytes=(\d+-\d*|-\d+)(, ?(\d+-\d*|-\d+))*", given):
        return ERROR
    if is_("501-at-many-parts") and given.count(",") > 16:
        return ERROR
    if not re.fullmatch(r"bytes=[ ,0-9-]*\d[ ,0-9-]*", given) or (reply.head and not is_("head-has-parts")) or is_("knows-no-ranges"):
        return None
    if "if-range" in asked and asked["if-range"] not in (tag, date_told) and not is_("ignores-if-range"):
        return None
    if is_("if-range-wants-no-part") and "if-range" in asked:
        return [(1, 10)]
    if not size and is_("206-of-nothing"):
        return [(0, 0)]
    if is_("if-range-knows-no-dates") and asked.get("if-range") == date_told:
        return None
    found = []
    for one in (piece.strip() for piece in given[6:].split(",")):
        first, _, last = one.partition("-")
        if first and last and int(last) < int(first):
            return None
        if not first:
            begin, end = max(0, size - int(last)), size - 1
            if is_("suffix-is-a-prefix"):
                begin, end = 0, int(last)
        else:
            begin, end = int(first), min(int(last or size), size - 1)
            if is_("range-beyond-the-end") and last:
                end = int(last)
        if begin <= end and begin < size:
            found.append((begin, end))
    if is_("first-part-only"):
        return found[:1]
    if is_("beyond-is-the-whole") and not found:
        return None
    return None if len(found) > 16 and not is_("any-number-of-parts") else found
