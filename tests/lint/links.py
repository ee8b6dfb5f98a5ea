"""Relative links in Markdown files that lead nowhere: to no file, or to no headline of one."""

from __future__ import annotations

import pathlib
import re
import sys

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADLINE = re.compile(r"^#+ +(.*?) *#*$", re.MULTILINE)
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    """The names of a page's headlines, as web sites that show Markdown make them."""
    titles = [re.sub(r"[`*_]|\[|\]\([^)]*\)", "", title).lower() for title in _HEADLINE.findall(_FENCE.sub("", text))]
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def broken(file: pathlib.Path) -> list[str]:
    """A sentence for each link of a file that leads nowhere."""
    text = file.read_text(encoding="utf-8")
    found = []
    for match in _LINK.finditer(_FENCE.sub(lambda fence: "\n" * fence[0].count("\n"), text)):
        target, _, anchor = match[1].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        line = text.count("\n", 0, match.start()) + 1
        path = (file.parent / target).resolve() if target else file
        if not path.exists():
            found.append(f"{file}:{line}: there is no {target}")
        elif anchor and path.suffix == ".md" and anchor not in anchors(path.read_text(encoding="utf-8")):
            found.append(f"{file}:{line}: {target or file.name} has no headline #{anchor}")
    return found


def main() -> int:
    found = [problem for name in sys.argv[1:] for problem in broken(pathlib.Path(name))]
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
