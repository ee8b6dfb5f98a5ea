"""The command that does a run again: the same scenario with everything that was asked for."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from harness.judge.labs import VARIABLE
from harness.judge.parameters import shown_value
from harness.world.links import emulator

if TYPE_CHECKING:
    from harness.run.runner import Item


def again(item: "Item", seed: int) -> str:
    """What to type, from the folder that the run was started in."""
    words = ["./lab", "run", item.scenario.id, "--seed", str(seed)]
    for name, value in item.parameters.items():
        words += ["--set", f"{name}={shown_value(value)}"]
    for role, command in item.replacements.items():
        words += ["--with", f"{role}={command}"]
    options = {
        "--hand-in": item.hand_in, "--switch": item.switch, "--links": item.links or os.environ.get("WIREPROOF_LINKS"),
        "--tamper": item.tamper, "--hold": item.hold,
    }  # fmt: skip
    for option, given in options.items():
        words += [option, given] if given else []
    own = os.environ.get(VARIABLE)
    before = f"{VARIABLE}={shlex.quote(own)} " if own else ""
    return before + emulator.assignment() + shlex.join(words)
