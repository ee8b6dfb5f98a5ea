"""What growing captures have got since: whole blocks of pcapng, of one file as they stand there, of several as one section in which each file
is an interface."""

from __future__ import annotations

import dataclasses
import pathlib
import struct
from collections.abc import Sequence

from harness.evidence.capture.packets import MARKER_ETHERTYPE

_SECTION, _INTERFACE, _ENHANCED_PACKET, _SIMPLE_PACKET = 0x0A0D0D0A, 1, 6, 3  # types
_HEADER, _NUMBER = struct.Struct("=II"), struct.Struct("=I")
_WHICH = slice(8, 12)  # of an enhanced packet block: the number of its interface
_ETHERTYPE = slice(40, 42)  # of one whose packet is an Ethernet frame
_MARKER = MARKER_ETHERTYPE.to_bytes(2, "big")
_MAGIC = b"\n\r\r\n"  # how a file begins


class NoCapture(Exception):
    """A file is none of pcapng."""


@dataclasses.dataclass
class Part:
    """Some of it: its bytes, how many packets, and how many of these are the harness's markers."""

    data: bytes = b""
    packets: int = 0
    markers: int = 0

    def add(self, more: Part) -> None:
        """What comes behind it."""
        self.data += more.data
        self.packets += more.packets
        self.markers += more.markers


class Blocks:
    """Of these files, in which each packet is whole once its block is."""

    def __init__(self, files: Sequence[pathlib.Path]) -> None:
        self._files = files
        self._places = [0] * len(files)  # up to where each was taken
        self._numbers: dict[int, int] = {}  # of its interface in the section, by the file's place among the files
        self._begun = False  # the section

    def take(self) -> Part:
        """What the files have got since the last call, up to the end of their last whole blocks. Raises NoCapture."""
        found, parts = Part(), []
        for number, file in enumerate(self._files):
            data = self._read(number, file)
            place = 0
            while place + _HEADER.size <= len(data):
                kind, length = _HEADER.unpack_from(data, place)
                if length < _HEADER.size or place + length > len(data):
                    break
                block = data[place : place + length]
                place += length
                found.packets += kind in (_ENHANCED_PACKET, _SIMPLE_PACKET)
                found.markers += kind == _ENHANCED_PACKET and block[_ETHERTYPE] == _MARKER
                parts.append(block if len(self._files) == 1 else self._joint(number, kind, block))
            self._places[number] += place
        found.data = b"".join(parts)
        return found

    def _read(self, number: int, path: pathlib.Path) -> bytes:
        """What stands behind what was taken."""
        with path.open("rb") as file:
            file.seek(self._places[number])
            data = file.read()
        empty_yet = not data and len(self._files) > 1
        if not self._places[number] and data[: len(_MAGIC)] != _MAGIC and not empty_yet:
            raise NoCapture(path)
        return data

    def _joint(self, number: int, kind: int, block: bytes) -> bytes:
        """A block as it stands in the one section: interfaces are numbered as they come. Empty for what tells nothing of packets."""
        if kind == _SECTION:
            first, self._begun = not self._begun, True
            return block if first else b""
        if kind == _INTERFACE:
            self._numbers[number] = len(self._numbers)
            return block
        if kind == _ENHANCED_PACKET:
            return block[: _WHICH.start] + _NUMBER.pack(self._numbers[number]) + block[_WHICH.stop :]
        return b""
