"""What ``./lab`` builds before a run: the programs that the chosen questions start, and no others."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable

from harness.judge.labs import labs
from harness.run.drive import EXIT_INCONCLUSIVE
from harness.run.runner import Item, first_words

_ALWAYS = {"sandbox-init", "wire"}
"""What every network and every program in a role stands on."""


def build_for(items: Iterable[Item]) -> None:
    """Ends this process when something cannot be built, which was told by then. Does nothing unless ``./lab`` is what was started."""
    if not (lab := os.environ.get("WIREPROOF_LAB")):
        return
    items = list(items)
    words = _ALWAYS.union(*map(first_words, items))
    if any((labs()[item.scenario.lab].part("kit") / "clips").is_dir() for item in items):
        words.add("clips")
    status = subprocess.run([lab, "build", *sorted(words)], check=False).returncode
    if status:
        sys.exit(EXIT_INCONCLUSIVE)
