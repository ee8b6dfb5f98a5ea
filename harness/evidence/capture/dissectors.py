"""The Wireshark dissectors of our own protocols, captures/dissectors/*.lua, and those of labs, LAB/dissectors/*.lua: loaded into tshark
by themselves.

A script is read for what it declares: Proto("name", …), ProtoField.kind("name.field", …), and, in a comment line of its own,
``wireproof: only for captures that contain "bytes"``. With such a line it costs other captures nothing: for each UDP datagram
that a script is asked about, tshark needs some 10 µs.
"""

from __future__ import annotations

import dataclasses
import mmap
import pathlib
import re

from harness.judge.labs import ROOT, labs

FOLDER = ROOT / "captures" / "dissectors"
_PROTOCOL = re.compile(r'\bProto(?:\.new)?\(\s*"([^"]+)"')
_FIELD = re.compile(r'\bProtoField\.(\w+)\(\s*"([^"]+)"')
_SIGNATURE = re.compile(r'^--+ wireproof: only for captures that contain "([^"]+)"$', re.MULTILINE)
_KINDS = {
    **dict.fromkeys(["uint8", "uint16", "uint24", "uint32", "int8", "int16", "int24", "int32", "framenum", "bool"], "number"),
    **dict.fromkeys(["string", "stringz"], "string"),
    **dict.fromkeys(["ipv4", "ipv6"], "address"),
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Dissector:
    """One script. fields: name → "number", "string" or "address"; fields of other kinds are for Wireshark alone."""

    file: pathlib.Path
    protocols: tuple[str, ...]
    fields: dict[str, str]
    signature: bytes | None

    @classmethod
    def read(cls, file: pathlib.Path) -> "Dissector":
        text = file.read_text()
        signature = _SIGNATURE.search(text)
        fields = {name: _KINDS[kind] for kind, name in _FIELD.findall(text) if kind in _KINDS}
        protocols = tuple(name.lower() for name in _PROTOCOL.findall(text))
        return cls(file, protocols, fields, signature.group(1).encode() if signature else None)

    def concerns_bytes(self, data: bytes) -> bool:
        """Whether a capture of these bytes may hold packets of the script's protocols."""
        return self.signature is None or self.signature in data

    def concerns(self, capture: pathlib.Path) -> bool:
        """Whether the capture may hold packets of the script's protocols."""
        if self.signature is None:
            return True
        try:
            with capture.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                return content.find(self.signature) >= 0
        except (OSError, ValueError):  # not there, or empty: tshark says so better
            return False


DISSECTORS = [Dissector.read(file) for folder in [FOLDER, *(lab.part("dissectors") for lab in labs().values())] for file in sorted(folder.glob("*.lua"))]
FIELDS = {name: kind for dissector in DISSECTORS for name, kind in dissector.fields.items()}
PROTOCOLS = frozenset(name for dissector in DISSECTORS for name in dissector.protocols)


def concerning(capture: pathlib.Path) -> list[Dissector]:
    """The dissectors to load for a capture file."""
    return [dissector for dissector in DISSECTORS if dissector.concerns(capture)]


def options(dissectors: list[Dissector]) -> list[str]:
    """tshark's options that load them; for every user, root too (Debian's init.lua allows it)."""
    return [word for dissector in dissectors for word in ("-X", f"lua_script:{dissector.file}")]
