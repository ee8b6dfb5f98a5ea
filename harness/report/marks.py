"""Pages of docs/ of which a command writes a part, between two marks."""

from __future__ import annotations


def rewrite(page: str, begin: str, end: str, text: str) -> str:
    """The page with what stands between the marks replaced; raises ValueError where it has none."""
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"it has no lines {begin!r} and {end!r} to write between")
    return f"{before}{begin}\n\n{text}\n{end}{after}"
