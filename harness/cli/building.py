"""What ``./lab`` sees to before a run: the programs and packages that the chosen questions need, and no others."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable

from harness.judge.labs import labs
from harness.run.drive import EXIT_INCONCLUSIVE
from harness.judge.scenario import Scenario
from harness.run.runner import Item, first_words
from harness.world.tools_needed import PACKAGES

_ALWAYS = {"sandbox-init", "wire"}
"""What every network and every program in a role stands on."""


def offer_packages(chosen: Iterable[Scenario]) -> None:
    """Has ``./lab``, where that is what was started, ask for the packages of tools that the questions declare and this machine lacks, all at
    once. Without them a question is INCONCLUSIVE, and says which; the others are judged."""
    names = {PACKAGES[tool] for one in chosen for tool in one.tools if tool in PACKAGES}
    if names and (lab := os.environ.get("WIREPROOF_LAB")):
        subprocess.run([lab, "packages", *sorted(names)], check=False)


def build_for(items: Iterable[Item]) -> None:
    """Ends this process when something cannot be built, which was told by then. Does nothing unless ``./lab`` is what was started."""
    if not (lab := os.environ.get("WIREPROOF_LAB")):
        return
    items = list(items)
    offer_packages(item.scenario for item in items)
    words = _ALWAYS.union(*map(first_words, items))
    if any((labs()[item.scenario.lab].part("kit") / "clips").is_dir() for item in items):
        words.add("clips")
    status = subprocess.run([lab, "build", *sorted(words)], check=False).returncode
    if status:
        sys.exit(EXIT_INCONCLUSIVE)
