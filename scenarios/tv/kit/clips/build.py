"""Makes assets in a folder, once, atomically, under a lock; proves what it finds there before it is used."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator

from harness.world import assets, machine
from scenarios.tv.kit import decode, ts
from scenarios.tv.kit.clips import verify
from scenarios.tv.kit.clips.recipes import RECIPES, Recipe

FOLDER = machine.assets_folder()
# A null packet: sync byte, PID 0x1fff, payload only; then stuffing that no receiver reads.
_NULL_PACKET = bytes([ts.SYNC, 0x1F, 0xFF, 0x10]) + b"\xff" * (ts.PACKET - 4)
_DEADLINE = 300.0
_SCRATCH = ".making-"


class AssetError(Exception):
    """An asset is missing or cannot be made; the message says which, why, and what to do."""


@dataclasses.dataclass(frozen=True)
class Made:
    """An asset ready for use. built: made by this call. note: empty, or how it differs from the recorded hash."""

    name: str
    path: pathlib.Path
    sha256: str
    built: bool
    note: str = ""


def path(name: str, folder: str | os.PathLike[str] = FOLDER) -> pathlib.Path:
    """The file of a made asset. Raises AssetError when it has not been made or was cut short since."""
    try:
        return assets.asset(_recipe(name).file, pathlib.Path(folder))
    except assets.AssetMissing as error:
        raise AssetError(str(error)) from None


def ensure(
    folder: str | os.PathLike[str] = FOLDER,
    names: list[str] | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> list[Made]:
    """Makes every asset (or those named, and what they are made from) that is missing or damaged in folder.

    Two callers at once wait for each other. progress is called with one line before each asset is made. Raises
    AssetError.
    """
    wanted = list(RECIPES) if names is None else names
    order: list[Recipe] = []
    for name in wanted:
        recipe = _recipe(name)
        needed = [RECIPES[recipe.made_from], recipe] if recipe.made_from else [recipe]
        order += [each for each in needed if each not in order]
    folder = pathlib.Path(folder)
    try:
        # What is whole needs no lock, so that someone who may only read the folder can use it.
        whole = [_whole(folder, recipe) for recipe in order]
        if None not in whole:
            return [made for made in whole if made]
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder):
            for abandoned in folder.glob(f"{_SCRATCH}*"):
                shutil.rmtree(abandoned)
            return [_ensure_one(folder, recipe, progress) for recipe in order]
    except OSError as error:
        raise AssetError(f"cannot make assets in {folder}: {error.strerror or error} ({error.filename})") from error


def _recipe(name: str) -> Recipe:
    if name not in RECIPES:
        raise AssetError(f"there is no asset {name}; there are {', '.join(RECIPES)}")
    return RECIPES[name]


def _record_of(file: pathlib.Path) -> pathlib.Path:
    return file.with_name(file.name + ".json")


@contextlib.contextmanager
def _locked(folder: pathlib.Path) -> Iterator[None]:
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _digest(file: pathlib.Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _recipe_digest(recipe: Recipe) -> str:
    """Changes when the way to make the asset, or what it is made from, changes."""
    steps = [recipe.runs, recipe.pad_to, RECIPES[recipe.made_from].runs if recipe.made_from else None]
    return hashlib.sha256(json.dumps(steps).encode()).hexdigest()


def _note(recipe: Recipe, digest: str) -> str:
    if digest == recipe.sha256:
        return ""
    hashes = f"sha256 {digest[:12]}, recorded {recipe.sha256[:12]}"
    return f"{recipe.file}: this ffmpeg makes other bytes ({hashes}); verified"


def _ensure_one(folder: pathlib.Path, recipe: Recipe, progress: Callable[[str], None]) -> Made:
    if whole := _whole(folder, recipe):
        return whole
    file = folder / recipe.file
    progress(f"{recipe.file}: making it with ffmpeg")
    with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=folder) as scratch:
        fresh = pathlib.Path(scratch) / recipe.file
        _make(recipe, folder, fresh)
        digest = _digest(fresh)
        note = _note(recipe, digest)
        if note:
            try:
                verify.verify(fresh, recipe, folder / RECIPES[recipe.made_from].file if recipe.made_from else None)
            except (verify.Unfit, decode.DecodeError) as error:
                raise AssetError(f"{recipe.file}: what this ffmpeg made cannot be used: {error}") from error
        record = {"sha256": digest, "bytes": fresh.stat().st_size, "recipe": _recipe_digest(recipe)}
        note_file = fresh.with_name("record.json")
        note_file.write_text(json.dumps(record) + "\n")
        # The record goes first: a file without its true record is made again, one with it is whole.
        os.replace(note_file, _record_of(file))
        os.replace(fresh, file)
    return Made(recipe.name, file, digest, built=True, note=note)


def _whole(folder: pathlib.Path, recipe: Recipe) -> Made | None:
    """The asset if the file stands as this recipe once made it, else None."""
    file = folder / recipe.file
    try:
        record = json.loads(_record_of(file).read_text())
        if record["recipe"] != _recipe_digest(recipe) or record["bytes"] != file.stat().st_size:
            return None
        digest = _digest(file)
        same = record["sha256"] == digest
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return None
    return Made(recipe.name, file, digest, built=False, note=_note(recipe, digest)) if same else None


def _make(recipe: Recipe, folder: pathlib.Path, fresh: pathlib.Path) -> None:
    names = {name: str(folder / other.file) for name, other in RECIPES.items()}
    names |= {"out": str(fresh), "log": str(fresh.with_name("pass"))}
    for run in recipe.runs:
        _ffmpeg(recipe, [names[word[1:-1]] if word[1:-1] in names and word[0] == "{" else word for word in run])
    if recipe.pad_to is not None:
        missing = recipe.pad_to - fresh.stat().st_size
        if missing < 0 or missing % ts.PACKET:
            made = recipe.pad_to - missing
            wanted = f"{recipe.pad_to} bytes, with null packets or without"
            raise AssetError(f"{recipe.file}: ffmpeg made {made} bytes, not {wanted}")
        with fresh.open("ab") as stream:
            stream.write(_NULL_PACKET * (missing // ts.PACKET))


def _ffmpeg(recipe: Recipe, arguments: list[str]) -> None:
    command = ["ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error", "-y", *arguments]
    try:
        run = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=_DEADLINE
        )
    except FileNotFoundError:
        raise AssetError(f"{recipe.file}: ffmpeg is not installed; install it with: apt-get install ffmpeg") from None
    except subprocess.TimeoutExpired:
        raise AssetError(f"{recipe.file}: ffmpeg was not done after {_DEADLINE:.0f} s") from None
    # Some builds print a failed write and end with status 0 all the same.
    if run.returncode != 0 or "No space left" in run.stderr:
        last = "\n  ".join(run.stderr.strip().splitlines()[-5:]) or "(it said nothing)"
        raise AssetError(f"{recipe.file}: ffmpeg failed with status {run.returncode}:\n  {last}")
