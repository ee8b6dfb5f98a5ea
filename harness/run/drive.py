"""Runs a runner under a person's eyes: Ctrl+C, errors in words, exit statuses."""

from __future__ import annotations

import errno
import pathlib
import signal
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext

import click

from harness.run.runner import Runner
from harness.world.cell import CellError

EXIT_FAILED, EXIT_USAGE, EXIT_INCONCLUSIVE, EXIT_INTERRUPTED = 1, 2, 3, 130


def exit_status(verdicts: Iterable[str]) -> int:
    """1 when something failed, 3 when nothing failed but something could not be judged."""
    verdicts = set(verdicts)
    if "FAIL" in verdicts:
        return EXIT_FAILED
    return EXIT_INCONCLUSIVE if "INCONCLUSIVE" in verdicts else 0


def drive(runner: Runner, folder: pathlib.Path, live: AbstractContextManager | None, what: str = "run") -> int | None:
    """Runs everything. None when it came to its end or was interrupted; else the exit status, and the reason has been said."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup(1) is to last
            signal.signal(number, lambda *_: runner.interrupt())
    try:
        with live or nullcontext():
            runner.run()
    except CellError as error:
        click.echo(f"lab: {error}", err=True)
        return EXIT_INCONCLUSIVE
    except OSError as error:
        remedies = {errno.EMFILE: "; raise the limit: ulimit -n 4096", errno.ENOSPC: f"; make room, or name another folder than {folder} with --out"}
        click.echo(f"lab: the {what} cannot go on: {error}{remedies.get(error.errno or 0, '')}", err=True)
        return EXIT_INCONCLUSIVE
    return None
