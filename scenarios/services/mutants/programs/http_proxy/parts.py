"""What is kept, for clients that have it already, or want a part of it (RFC 9110, 13, 14)."""

import re

from faults import is_
from rules import moment


def conditional(entry, request):
    """Status, further fields, body."""
    tag, changed = entry.message.get("etag"), moment(entry.message.get("last-modified"))
    wanted = [one.strip().removeprefix("W/") for one in request.get("if-none-match").split(",") if one.strip()]
    if not is_("knows-no-conditions") and entry.status == 200:
        if wanted:
            if "*" in wanted or tag.removeprefix("W/") in wanted:
                return 304, [], b""
        elif changed and (since := moment(request.get("if-modified-since"))) and (changed <= since or is_("any-date-will-do")):
            return 304, [], b""
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", request.get("range"))
    condition = request.get("if-range")
    if not found or entry.status != 200 or is_("knows-no-ranges") or (condition and condition != tag and not is_("ignores-if-range")):
        return entry.status, [], entry.body
    size = len(entry.body)
    if found[1]:
        first, last = int(found[1]), min(int(found[2] or size), size - 1)
    else:
        first, last = max(0, size - int(found[2] or 0)), size - 1
        if is_("suffix-is-a-prefix"):
            first, last = 0, int(found[2]) - 1
    if is_("range-ends-one-early"):
        last -= 1
    if first > last or first >= size:
        return (200, [], entry.body) if is_("beyond-is-the-whole") else (416, [("Content-Range", f"bytes */{size}")], b"")
    return 206, [("Content-Range", f"bytes {first}-{last}/{size}")], entry.body[first : last + 1]
