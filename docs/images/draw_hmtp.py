"""Takes the sequence diagrams of docs/protocols/hmtp.md from a run's evidence, as they were drawn from its captures.

    ./lab run group.4-2-root group.4-2-join
    /usr/bin/python3 docs/images/draw_hmtp.py captures/latest
"""

from __future__ import annotations

import pathlib
import shutil
import sys

_FOLDER = pathlib.Path(__file__).resolve().parent
_PICTURES = {
    "hmtp-root.svg": "group.4-2-root/sequence-two-at-once.svg",
    "hmtp-join.svg": "group.4-2-join/sequence-walk.svg",
}


def take(run_folder: pathlib.Path) -> None:
    """Copies the drawings. Raises OSError where the run has none."""
    for picture, drawn in _PICTURES.items():
        shutil.copyfile(run_folder / drawn, _FOLDER / picture)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: draw_hmtp.py RUN-FOLDER")
    take(pathlib.Path(sys.argv[1]))
