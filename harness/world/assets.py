"""Files that scenarios send, made at build time: whoever makes one leaves a record beside it, NAME.json with its size in "bytes"."""

from __future__ import annotations

import json
import pathlib

from harness.judge.failures import MachineFailure


class AssetMissing(MachineFailure):
    """An asset has not been made, or was cut short since."""

    source = "assets"
    lasting = True


def asset(name: str, folder: pathlib.Path) -> pathlib.Path:
    """The file of this name in the folder of assets. Raises AssetMissing."""
    file = folder / name
    advice = "'./lab setup' makes it"
    try:
        size = file.stat().st_size
        recorded = int(json.loads(file.with_name(f"{name}.json").read_text())["bytes"])
    except (OSError, ValueError, KeyError, TypeError):
        raise AssetMissing(f"the asset {name} has not been made in {folder}; {advice}") from None
    if size != recorded:
        raise AssetMissing(f"the asset {file} has {size} bytes instead of {recorded}; {advice}")
    return file
