"""Evidence made under sudo belongs to the user who asked for it."""

from __future__ import annotations

import contextlib
import os
import pathlib
import stat


def caller() -> tuple[int, int] | None:
    """(user, group) of whoever called sudo, where this is root by sudo."""
    if os.geteuid() != 0:
        return None
    try:
        user, group = int(os.environ["SUDO_UID"]), int(os.environ["SUDO_GID"])
    except (KeyError, ValueError):
        return None
    return (user, group) if user > 0 and group >= 0 else None


def give_to_caller(*paths: pathlib.Path) -> None:
    """Gives these, and folders with all that is in them, to the user who called sudo; does nothing for anybody else. Links are given
    and not followed, and a file with a second name is left alone, for that may be one of the machine's."""
    owner = caller()
    if owner is None:
        return
    for path in paths:
        _give(path, owner)
        if path.is_dir() and not path.is_symlink():
            for folder, folders, files in os.walk(path):
                for name in (*folders, *files):
                    _give(pathlib.Path(folder, name), owner)


def make_folder(path: pathlib.Path, exist_ok: bool = False) -> None:
    """Makes a folder and those above it that are missing, all of them the caller's. Raises OSError."""
    missing = [one for one in (path, *path.parents) if not one.exists()]
    path.mkdir(parents=True, exist_ok=exist_ok)
    owner = caller()
    if owner is None:
        return
    for one in missing:
        _give(one, owner)


def _give(path: pathlib.Path, owner: tuple[int, int]) -> None:
    with contextlib.suppress(OSError):  # it may be gone, or on a file system without owners
        facts = path.lstat()
        if stat.S_ISDIR(facts.st_mode) or facts.st_nlink == 1:
            os.chown(path, *owner, follow_symlinks=False)
