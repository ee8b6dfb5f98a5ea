"""Reference tables: captures/reference/NAME.toml and LAB/reference/NAME.toml, golden exchanges as data."""

from __future__ import annotations

import dataclasses
import pathlib
import tomllib
from typing import Any

from harness.evidence.frames.frame import CLIENT, SERVER, Frame
from harness.judge.labs import ROOT, labs

FOLDER = ROOT / "captures" / "reference"
FLAGS = ["FIN", "SYN", "RST", "PSH", "ACK", "URG"]
_ROW = {"from", "kind", "flags", "payload", "length", "cause", "may_join", "remark"}
_TABLE = {"title", "source", "frames", "may_follow"}


class ReferenceTableError(ValueError):
    """The file is no frame table; the message names it and what is wrong."""


@dataclasses.dataclass(frozen=True)
class Reference:
    """A golden exchange. may_follow: how a connection may go on after the table's last frame; nothing else may."""

    name: str
    title: str
    frames: tuple[Frame, ...]
    may_follow: tuple[Frame, ...] = ()
    source: str = ""

    @property
    def kinds(self) -> set[str]:
        return {frame.kind for frame in self.frames + self.may_follow}


def names() -> list[str]:
    """All tables there are."""
    return sorted(path.stem for folder in _folders() for path in folder.glob("*.toml"))


def _folders() -> list[pathlib.Path]:
    return [FOLDER, *(lab.part("reference") for lab in labs().values())]


def load(name: str) -> Reference:
    """The table of this name."""
    path = next((file for folder in _folders() if (file := folder / f"{name}.toml").exists()), None)
    if path is None:
        raise ReferenceTableError(f"there is no frame table {name!r}; there are {', '.join(names())}")
    return parse(name, path.read_text(encoding="utf-8"))


def parse(name: str, text: str) -> Reference:
    """Reads a table's text. A key that is not known, a flag that is none or a negative length is refused."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReferenceTableError(f"frame table {name}: {error}") from None
    if unknown := set(data) - _TABLE:
        raise ReferenceTableError(f"frame table {name}: nobody knows {', '.join(sorted(unknown))}")
    frames = _frames(name, "frames", data.get("frames", []), 1)
    if not frames:
        raise ReferenceTableError(f"frame table {name}: it has no frames")
    more = _frames(name, "may_follow", data.get("may_follow", []), len(frames) + 1)
    return Reference(name, str(data.get("title", name)), frames, more, str(data.get("source", "")))


def _frames(name: str, key: str, rows: Any, first: int) -> tuple[Frame, ...]:
    if not isinstance(rows, list):
        raise ReferenceTableError(f"frame table {name}: {key} is no list of frames")
    return tuple(_frame(f"frame table {name}: {key}, row {i + 1}", row, first + i) for i, row in enumerate(rows))


def _frame(where: str, row: Any, number: int) -> Frame:
    if not isinstance(row, dict):
        raise ReferenceTableError(f"{where}: {row!r} is no frame")
    if unknown := set(row) - _ROW:
        raise ReferenceTableError(f"{where}: nobody knows {', '.join(sorted(unknown))}")
    side, kind = row.get("from"), row.get("kind", "TCP")
    if side not in (CLIENT, SERVER):
        raise ReferenceTableError(f"{where}: from is {side!r}, not {CLIENT!r} or {SERVER!r}")
    if kind not in ("TCP", "UDP", "ICMP", "IP"):
        raise ReferenceTableError(f"{where}: kind is {kind!r}, not TCP, UDP, ICMP or IP")
    flags = row.get("flags", "")
    if kind == "TCP":
        given = [flag.strip() for flag in str(flags).split(",")]
        if not set(given) <= set(FLAGS):
            raise ReferenceTableError(f"{where}: flags are {flags!r}; TCP knows {', '.join(FLAGS)}")
        flags = ", ".join(flag for flag in FLAGS if flag in given)
    sizes = {}
    for key in ("payload", "length"):
        sizes[key] = row.get(key, 0 if key == "payload" else None)
        if sizes[key] is not None and (type(sizes[key]) is not int or sizes[key] < 0):
            raise ReferenceTableError(f"{where}: {key} is {sizes[key]!r}, not a number of bytes")
    if type(row.get("may_join", False)) is not bool or (row.get("may_join") and "FIN" not in flags):
        raise ReferenceTableError(f"{where}: may_join is true or false, and only a FIN may join")
    return Frame(
        side, str(flags), kind=kind, cause=str(row.get("cause", "")), may_join=row.get("may_join", False),
        remark=str(row.get("remark", "")), number=number, **sizes,
    )  # fmt: skip
