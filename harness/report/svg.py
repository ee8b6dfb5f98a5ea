"""Small helpers to write SVG by hand: escaped elements, and widths of text estimated without a font.

Drawings use ``currentColor`` and translucent tints, so they suit a light and a dark page without a style sheet of
their own. They carry no ids: several of them can stand in one page.
"""

from __future__ import annotations

import html
import unicodedata
from typing import Any

from harness.report.text import one_line

MONOSPACE = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
SANS = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"


def number(value: float) -> str:
    """A coordinate in pixels with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def element(name: str, content: str = "", **attributes: Any) -> str:
    """An SVG element; content is markup already. font_size becomes font-size, class_ becomes class."""
    parts = [name]
    for key, value in attributes.items():
        if value is None:
            continue
        value = number(value) if isinstance(value, float) else html.escape(one_line(value))
        parts.append(f'{key.rstrip("_").replace("_", "-")}="{value}"')
    head = " ".join(parts)
    return f"<{head}>{content}</{name}>" if content else f"<{head}/>"


def text(x: float, y: float, content: Any, **attributes: Any) -> str:
    """A line of text with its baseline at y."""
    return element("text", html.escape(one_line(content), quote=False), x=float(x), y=float(y), **attributes)


def title(content: Any) -> str:
    """The tooltip and spoken name of the element that holds it."""
    return f"<title>{html.escape(one_line(content), quote=False)}</title>"


def line(x1: float, y1: float, x2: float, y2: float, **attributes: Any) -> str:
    attributes.setdefault("stroke", "currentColor")
    return element("path", d=f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}", fill="none", **attributes)


def document(width: float, height: float, label: str, body: str, class_: str) -> str:
    """The outer <svg> at its natural size in pixels; label is what a screen reader says."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{class_}" width="{number(width)}" height="{number(height)}" '
        f'viewBox="0 0 {number(width)} {number(height)}" role="img" aria-label="{html.escape(one_line(label))}" '
        f'fill="currentColor" font-family="{SANS}">{body}</svg>'
    )


def standalone(document: str) -> str:
    """A drawing of document() as a file of its own: with a colour of its own for text, and a ground, for light and for dark."""
    style = "<style>svg{color:#1f2428;background:#fff}@media(prefers-color-scheme:dark){svg{color:#e6e9ec;background:#16191d}}</style>"
    head, body = document.split(">", 1)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}>{style}{body}\n'


def cells(content: str) -> int:
    """Character cells a text takes in a monospaced font: two for wide East Asian characters, none for marks."""
    if content.isascii():
        return len(content)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in content)


def width(content: Any, size: float, monospace: bool = True) -> float:
    """Estimated width in pixels, rather too wide than too narrow."""
    return cells(one_line(content)) * size * (0.61 if monospace else 0.58)


def fit(content: Any, room: float, size: float, monospace: bool = True) -> str:
    """The text, cut with an ellipsis so that it takes at most room pixels."""
    content = one_line(content)
    if width(content, size, monospace) <= room:
        return content
    while content and width(content + "…", size, monospace) > room:
        content = content[:-1]
    return content + "…"
