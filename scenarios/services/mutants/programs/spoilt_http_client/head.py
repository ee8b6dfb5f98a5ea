"""The head of an answer: status and fields."""

import re

import log
from given import fault
from stream import LONGEST_HEAD
from wrong import Wrong, shown


def head_of(stream):
    """Status, status line and fields of a final answer, all in the log."""
    while True:
        first = stream.line().decode("latin-1")
        found = re.fullmatch(r"HTTP/1\.[01] (\d{3})(?: (.*))?", first)
        if not found and fault == "takes-any-status":
            found = re.fullmatch(r".*?()(.*)", first)
        if not found:
            raise Wrong(f"not HTTP, the status line is malformed: {shown(first[:40])}")
        fields, size = [], 0
        while line := stream.line().decode("latin-1"):
            size += len(line)
            if size > LONGEST_HEAD and fault != "reads-long-fields":
                raise Wrong("the head is too large")
            name, colon, value = line.partition(":")
            fields.append((name, value.removeprefix(" ") if fault == "minds-blanks" else value.strip()))
        lines = [] if fault == "logs-no-status" else [first]
        if fault != "logs-no-404" or found[1] != "404":
            log.write(lines + [f"{name}: {text}" for name, text in fields[: 1 if fault == "logs-one-field" else None]])
        status = int(found[1] or 200)
        if status >= 200 or fault == "takes-hints-for-all":
            return status, first, fields


def value(fields, name, last=None):
    same = str if fault == "minds-case" or (fault == "minds-the-case-of-location" and name == "Location") else str.lower
    return next((text for key, text in fields if same(key) == same(name)), last)
