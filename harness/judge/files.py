"""Files of evidence: written at once or not at all."""

from __future__ import annotations

import os
import pathlib
import secrets


def write_text(path: pathlib.Path, content: str) -> None:
    """Writes a UTF-8 file so that no reader sees half of it; what stands at its place, were it a link to elsewhere, is replaced and
    not followed. Raises OSError, and leaves nothing half done then."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
