"""The mount system call, and the private folders of a cell."""

from __future__ import annotations

import ctypes
import os
import pathlib

_MS_BIND = 4096
_libc = ctypes.CDLL(None, use_errno=True)


def mount(source: str, target: str, kind: str, flags: int = 0, options: str = "") -> None:
    """mount(2). Raises OSError that names the target."""
    if _libc.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode()) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"mount {kind or source} on {target}: {os.strerror(number)}")


def bind(source: str, target: str) -> None:
    """Shows a file or folder at another place too."""
    mount(source, target, "", _MS_BIND)


def hide(folders: list[str], keep: list[pathlib.Path]) -> None:
    """Covers each folder with an empty tmpfs, and shows the `keep` paths that lay inside at their old place again."""
    handles = []
    for path in keep:
        path = path.resolve()
        inside = any(path != pathlib.Path(folder) and path.is_relative_to(folder) for folder in folders)
        if inside and path.exists():
            handles.append((path, os.open(path, os.O_PATH | os.O_CLOEXEC), path.is_dir()))
    for folder in folders:
        if pathlib.Path(folder).is_dir():
            mount("tmpfs", folder, "tmpfs", 0, "mode=1777")
    # Shorter paths first: a kept folder may lie inside another one.
    for path, handle, is_folder in sorted(handles, key=lambda row: len(row[0].parts)):
        if not path.exists():
            if is_folder:
                path.mkdir(parents=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
            bind(f"/proc/self/fd/{handle}", str(path))
        os.close(handle)
