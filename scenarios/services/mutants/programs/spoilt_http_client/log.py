"""The file for requests and heads of answers."""

from given import fault, given

_files = [open(given["log"], "w", encoding="latin-1")] if given.get("log") else []


def write(lines):
    for file in _files:
        file.write("\n".join(lines) + "\n\n")
        file.flush()


def begin_hop(number):
    """A hop of a row of redirects begins, counted from 0."""
    if number and fault == "logs-the-first-hop":
        _files.clear()


def end_hop(number, redirects):
    if number == 0 and redirects and fault == "logs-the-last-hop":
        for file in _files:
            file.seek(0)
            file.truncate()
