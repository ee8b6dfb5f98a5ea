"""What a program's output would do to the terminal that shows it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.stage.program import Program


def dangers(program: Program) -> list[str]:
    """Characters of its output, standard error included, that move a terminal, or are no UTF-8; each once, as an escape, sorted."""
    found: set[str] = set()
    for path in (program.stdout_path, program.stderr_path):
        text = path.read_bytes().decode("utf-8", "surrogateescape")
        found |= {letter for letter in text if unicodedata.category(letter) in ("Cc", "Cs") and letter != "\n"}
    return sorted(map(ascii, found))
