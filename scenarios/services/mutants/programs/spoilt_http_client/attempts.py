"""All attempts at a file: what is asked again, and what is taken up where it ended."""

import re
import sys
import time

from body import unpacked
from given import fault, tries
from head import value
from redirects import followed
from saving import saved, where
from wrong import Wrong, shown

LONGEST_WAIT = 5  # s


def fetched(url, user):
    """All attempts: the whole body."""
    begun, tag = b"", ""
    attempt = 0
    while True:
        attempt += 1
        part = [f"Range: bytes={len(begun)}-", f"If-Range: {tag}"] if begun and tag and fault != "begins-anew" else []
        if fault == "asks-without-a-version" and begun:
            part = [f"Range: bytes={len(begun)}-"]
        if fault == "asks-one-byte-late" and begun:
            part = [f"Range: bytes={len(begun) + 1}-", f"If-Range: {tag}"]
        if fault == "asks-with-weak-tags" and part:
            part = part[:1]
        wait = 0.25 * 2 ** min(attempt, 3)
        try:
            status, first, fields, data, lacks, where[0] = followed(url, user, part)
            if status >= 400 and fault == "saves-the-error-page":
                return data
            if status in (429, 503) or (fault == "asks-for-what-is-gone" and status == 404):
                wait = min(float(re.match(r"\d*", value(fields, "Retry-After", ""))[0] or wait), 1e6)
                if fault == "waits-till-tomorrow":
                    time.sleep(wait)
                if wait > LONGEST_WAIT:
                    raise Wrong(f"{status}: busy for {wait:.0f} s")
                raise Wrong(f"status {status}: {shown(first)}", again=True)
            if status >= 400 and fault != "is-content-with-404":
                raise Wrong(f"status {status}: {shown(first)}")
            if status >= 400 and fault == "is-content-with-404":
                print(f"status {status}", file=sys.stderr)
                sys.exit(0)
            if status == 206 and part:
                if value(fields, "ETag") != tag and fault not in ("splices-versions", "asks-without-a-version"):
                    begun, tag = b"", ""
                    raise Wrong("it has changed", again=True)
                data = begun + data
            elif status == 206 and fault != "takes-a-part-for-all":
                raise Wrong("unexpected part (206)")
            elif part and fault == "appends-whatever-comes":
                data = begun + data
            elif part and fault == "forgets-what-is-new":
                raise Wrong("it has changed")
            if lacks and fault == "chats-of-half-a-file":
                return data
            if not lacks or fault == "keeps-half" or (fault == "keeps-half-of-chunks" and value(fields, "Transfer-Encoding")):
                return unpacked(data, fields)
            begun, tag = data, value(fields, "ETag", "")
            if tag.startswith("W/") and fault != "asks-with-weak-tags":
                tag = ""
            raise Wrong(f"truncated: {lacks}", again=True)
        except Wrong as error:
            if fault == "saves-what-is-strange" and not error.again:
                saved(b"what came\n")
            if fault == "leaves-half" and begun:
                saved(begun)
            limit = 12 if fault == "tries-too-often" else 1 if fault == "tries-once" else tries
            if not error.again or attempt >= limit:
                raise
            time.sleep(0 if fault in ("asks-at-once", "tries-too-often") else wait)
