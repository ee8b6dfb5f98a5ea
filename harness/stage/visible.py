"""Which files a command names: those, and nothing beside them, are shown to the program in its sandbox."""

from __future__ import annotations

import os
import pathlib
import re
from collections.abc import Iterable, Iterator

_ALWAYS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/dev", "/proc", "/sys")  # the sandbox has its own


class NotForPrograms(ValueError):
    """A command names a folder that no program under judgement may see; the message says which, and what to do."""


def resolved(words: Iterable[str], folder: pathlib.Path) -> list[str]:
    """The words of a command that is still to be filled in, with the full name in place of a file's or folder's that is named from
    `folder`; the sandbox has another working folder."""
    return [_resolved(word, folder) for word in words]


def _resolved(word: str, folder: pathlib.Path) -> str:
    # A bare word such as "fork" or "2345" is only taken for a file where there is one, and no folder of that name.
    path = folder / word
    if not word or word.startswith(("-", "/")):
        return word
    try:
        if path.is_file() or (path.is_dir() and ("/" in word or word in (".", ".."))):
            # What is filled in later must not take a folder's braces for its own.
            return _braced(path.resolve()) if word in (".", "..") else os.path.normpath(f"{_braced(folder)}/{word}")
    except OSError:
        pass  # too long for a name: no file is meant
    return word


def named(words: Iterable[str]) -> list[pathlib.Path]:
    """The files and folders that the words name by full name, alone, behind "=" or between ":"."""
    found: dict[pathlib.Path, None] = {}
    for word in words:
        for part in _parts(word):
            path = pathlib.Path(part)
            if part.startswith("/") and len(path.parts) > 1 and not part.startswith(tuple(f"{one}/" for one in _ALWAYS)):
                if part not in _ALWAYS and _exists(path):
                    found[path] = None
    return list(found)


def check_links(words: Iterable[str], folder: pathlib.Path) -> None:
    """Raises NotForPrograms for a file or folder that is a link out of the folder in which it is named, or lies behind one below
    `folder`, where the command is given: a hand-in could show itself what belongs to others."""
    for path in named(words):
        around = folder if path.is_relative_to(folder) else path.parent
        target = path.resolve()
        if not target.is_relative_to(around.resolve()) and not str(target).startswith(tuple(f"{one}/" for one in _ALWAYS)):
            raise NotForPrograms(f"{path} is a link to {target}, outside of {around}; name {target} itself if it is meant")


def check(paths: Iterable[pathlib.Path], forbidden: Iterable[pathlib.Path]) -> None:
    """Raises NotForPrograms for a folder in which one of the forbidden ones lies."""
    for path in paths:
        for one in forbidden:
            if path.is_dir() and one.resolve().is_relative_to(path.resolve()):
                raise NotForPrograms(f"{path} holds {one}, which no program under judgement may see; put the hand-in into a folder of its own")


_NOT_FOUND = re.compile(r"ModuleNotFoundError|ImportError|ClassNotFoundException|NoClassDefFoundError|Cannot find module|No such file|can't open|Can't locate")
_READ_ONLY = re.compile(r"Read-only file system|EROFS")


def hint(said: str, hand_in: pathlib.Path | None) -> str:
    """What to add to the last words of a program that did not find something and was shown only the files that its command names, or that
    would write beside its own files."""
    if hand_in and _READ_ONLY.search(said):
        return f"\n    ({hand_in}, where it starts, is read-only; it may write below /tmp, where it starts without --hand-in)"
    if hand_in or not _NOT_FOUND.search(said):
        return ""
    return "\n    (a program sees the files that its command names; --hand-in FOLDER shows it all of a folder)"


def _braced(path: pathlib.Path) -> str:
    return str(path).replace("{", "{{").replace("}", "}}")


def _parts(word: str) -> Iterator[str]:
    yield word
    value = word.partition("=")[2]
    if value:
        yield value
    for text in (word, value):
        if ":" in text:
            yield from text.split(":")


def _exists(path: pathlib.Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False
