"""Where the evidence of a scenario goes, and that of earlier attempts, of which none is thrown away: attempt-1/, attempt-2/ in the folder
of the last one."""

from __future__ import annotations

import pathlib
import shutil

from harness.judge.result import Attempt, Result
from harness.run.owner import make_folder

NAME = "attempt-{}"


def new_folder(folder: pathlib.Path, attempt: int) -> pathlib.Path:
    """The folder, empty but for what earlier attempts left; at the first attempt nothing stays of what was there. Raises OSError."""
    if attempt == 1:
        shutil.rmtree(folder, ignore_errors=True)
        make_folder(folder)
        return folder
    aside = folder.with_name(f".{folder.name}.earlier")
    folder.rename(aside)
    folder.mkdir()
    for number in range(1, attempt - 1):
        (aside / NAME.format(number)).rename(folder / NAME.format(number))
    aside.rename(folder / NAME.format(attempt - 1))
    return folder


def attempt_of(result: Result) -> Attempt:
    """What a later result says of this one."""
    name = NAME.format(result.attempt)
    return Attempt(result.attempt, name, result.verdict, result.reasons, result.started, result.seconds)
