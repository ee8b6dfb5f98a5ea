"""What goes to standard output for other programs."""

from __future__ import annotations

import errno
import pathlib
import sys

import click

from harness.cli import streams
from harness.run.drive import EXIT_FAILED, EXIT_INCONCLUSIVE


def print_json(file: pathlib.Path) -> None:
    """Prints a file of JSON."""
    sys.stdout.write(file.read_text(encoding="utf-8"))
    if streams.problem():
        click.echo(f"lab: it is in {file}", err=True)


def status_with_output(status: int) -> int:
    """The exit status of a command that has come to its end with this one. Where what it printed did not arrive, it says so, and does not
    end as if all were well, nor as if something had failed that did not."""
    problem = streams.problem()
    if problem is None:
        return status
    if problem.errno != errno.EPIPE:  # a reader that has gone knows it
        why = "standard output is closed" if problem.errno == errno.EBADF else f"standard output cannot be written: {problem.strerror}"
        click.echo(f"lab: {why}", err=True)
    return status if status == EXIT_FAILED else EXIT_INCONCLUSIVE
