"""Where and how a body is saved."""

import os
import re
import sys
import urllib.parse

from given import fault, given

where = [given["url"]]  # whence the body came


def saved(data):
    if not data and fault == "saves-no-empty-file":
        return
    path = urllib.parse.urlsplit(where[0] if fault == "is-led-to-names" else given["url"]).path
    name = given.get("output") or re.sub(r"[^A-Za-z0-9._%-]", "_", path.rpartition("/")[2]) or "index.html"
    if not given.get("output") and fault == "decodes-names":
        name = urllib.parse.unquote(path, "latin-1").replace("\0", "_").lstrip("/")
    if not given.get("output") and fault == "keeps-controls":
        name = urllib.parse.unquote(path, "latin-1").replace("\0", "_").replace("/", "_")
    if fault == "writes-as-text":
        data = data.decode("utf-8", "replace").encode()
    if fault == "chats-of-half-a-file":
        print(f"saved {len(data)} bytes", file=sys.stderr)
    with open(f"{name}.part", "wb") as file:
        file.write(data)
    os.replace(f"{name}.part", name)
