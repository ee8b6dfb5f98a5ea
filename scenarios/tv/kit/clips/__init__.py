"""Files that the scenarios need and ffmpeg makes at build time: the clip and its twins. Never committed.

``ensure`` makes what is missing or damaged in a folder; ``path`` gives the file of an asset that has been made.
"""

from scenarios.tv.kit.clips.build import AssetError, Made, ensure, path
from scenarios.tv.kit.clips.recipes import RECIPES

__all__ = ["AssetError", "Made", "RECIPES", "ensure", "path"]
