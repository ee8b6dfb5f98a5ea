"""What goes to standard output for other programs."""

from __future__ import annotations

import pathlib
import sys

import click

from harness.drive import EXIT_FAILED, EXIT_INCONCLUSIVE


def print_json(file: pathlib.Path, status: int) -> int:
    """Prints a file of JSON. Gives the exit status: that of the run, unless the file could not be printed; then it says so, and a run
    without a FAIL does not end as if all were well."""
    try:
        if sys.stdout is None:
            raise OSError("standard output is closed")
        sys.stdout.write(file.read_text(encoding="utf-8"))
        sys.stdout.flush()
    except OSError as error:
        click.echo(f"lab: the JSON could not be printed: {error}; it is in {file}", err=True)
        return status if status == EXIT_FAILED else EXIT_INCONCLUSIVE
    return status
