"""Whether a client has a copy that is still right: If-None-Match and its like (RFC 9110, 13)."""

import time

from faults import is_
from ranges import send_ranges


def conditional(reply, file, known, fields, tag):
    asked, changed = reply.request.fields, int(known.st_mtime)
    if not is_("knows-no-if-match"):
        if "if-match" in asked and asked["if-match"] != "*" and tag not in asked["if-match"]:
            reply.error(412)
            return
        if "if-unmodified-since" in asked and (since := date(asked["if-unmodified-since"])) is not None and changed > since:
            reply.error(412)
            return
    if is_same(asked, tag, changed, fields["Last-Modified"]):
        reply.send(304, fields)
    else:
        send_ranges(reply, file, min(known.st_size, 65536) if is_("reads-64-KiB") else known.st_size, fields, tag)


def is_same(asked, tag, changed, date_told):
    tags = {one.strip().removeprefix("W/") for one in asked.get("if-none-match", "").split(",")}
    if is_("compares-the-whole-list"):
        tags = {asked.get("if-none-match", "")}
    same = None
    if "if-none-match" in asked and not is_("knows-dates-only"):
        same = bool(tags & {tag, "*"})
    if "if-modified-since" in asked and (same is None or (is_("date-beats-tag") and not same)) and not is_("knows-tags-only"):
        since = date(asked["if-modified-since"])
        same = since is not None and changed <= since
        if is_("compares-dates-as-texts"):
            same = date_told == asked["if-modified-since"]
        if is_("any-date-will-do"):
            same = True
    return same


def date(text):
    """Seconds since 1970 of a date in any of the three forms; None for what is none."""
    for form in ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"):
        try:
            return int(time.mktime(time.strptime(text, form))) - time.timezone
        except ValueError:
            continue
    return None
