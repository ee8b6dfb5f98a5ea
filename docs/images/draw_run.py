"""Draws the README's picture from a run's evidence: what a person sees in a terminal when ./lab run has ended.

    /usr/bin/python3 docs/images/draw_run.py captures/latest docs/images/run.svg
"""

from __future__ import annotations

import io
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from rich.console import Console  # noqa: E402
from rich.terminal_theme import MONOKAI  # noqa: E402
from rich.text import Text  # noqa: E402

from harness.report.run import load_run  # noqa: E402
from harness.report.terminal import print_report  # noqa: E402

_WIDTH = 140
# rich's own frame asks a server for a font; this one takes whatever monospaced font the reader has.
_FRAME = """<svg viewBox="0 0 {terminal_width} {terminal_height}" xmlns="http://www.w3.org/2000/svg">
<style>.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px; line-height: {line_height}px; }} {styles}</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>{lines}</defs>
<rect width="{terminal_width}" height="{terminal_height}" rx="8" fill="#0c0c0c"/>
<g transform="translate(8, 4)" clip-path="url(#{unique_id}-clip-terminal)">{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g></g>
</svg>
"""


def draw(run_folder: pathlib.Path, picture: pathlib.Path) -> None:
    """Writes the picture of a run. Raises OSError where the run cannot be read."""
    run = load_run(run_folder)
    console = Console(file=io.StringIO(), record=True, force_terminal=True, width=_WIDTH, markup=False, highlight=False)
    console.print(Text.assemble(("$ ", "bold green"), str(run.info["command"])))
    print_report(run, console=console)
    console.print()
    picture.write_text(console.export_svg(theme=MONOKAI, code_format=_FRAME, unique_id="run"))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: draw_run.py RUN-FOLDER PICTURE.svg")
    draw(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
