"""How commands show their help."""

from __future__ import annotations

import click


class Help(click.Command):
    """A command whose examples keep their line breaks."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.epilog:
            formatter.write(f"\nExamples:\n{self.epilog}\n")


class Group(click.Group):
    """Commands with the examples of all of them."""

    command_class = Help
    format_epilog = Help.format_epilog
