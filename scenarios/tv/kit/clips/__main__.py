"""``python3 -m scenarios.tv.kit.clips``: makes the assets."""

from __future__ import annotations

import argparse
import sys

from scenarios.tv.kit.clips import RECIPES, AssetError, ensure
from scenarios.tv.kit.clips.build import FOLDER


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit status: 0 all there, 1 one could not be made; wrong usage exits with 2."""
    parser = argparse.ArgumentParser(
        prog="scenarios.tv.kit.clips",
        description="Makes the clip and its twins with ffmpeg; keeps those that are whole.",
        epilog="example: /usr/bin/python3 -m scenarios.tv.kit.clips --folder build/release/assets clip",
    )
    parser.add_argument("--folder", default=FOLDER, help="where they are kept (default: %(default)s)")
    parser.add_argument("name", nargs="*", help=f"make only these of {', '.join(RECIPES)}")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.name if name not in RECIPES]:
        parser.error(f"there is no asset {', '.join(unknown)}; there are {', '.join(RECIPES)}")
    try:
        for made in ensure(options.folder, options.name or None, progress=lambda line: print(line, flush=True)):
            size = made.path.stat().st_size
            print(f"{made.path.name}: {'made' if made.built else 'whole'}, {size} bytes, sha256 {made.sha256[:12]}")
            if made.note:
                print(made.note, file=sys.stderr)
    except AssetError as error:
        print(f"assets: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
