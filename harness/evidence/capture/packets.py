"""A capture as a typed table of packets, decoded once by tshark.

Times are seconds since the epoch, lengths are bytes on the wire without the frame check sequence.
"""

from __future__ import annotations

import functools
import pathlib
import subprocess
from typing import Any, Callable, Collection, Iterator

import numpy

from harness.evidence.capture import dissectors
from harness.evidence.capture.columns import Columns
from harness.evidence.capture.display_filter import evaluate
from harness.evidence.capture.rates import Rate
from harness.judge.exits import describe_status
from harness.judge.waiting import ProgramFault

# The field and how to read it. Booleans of tshark's output are 0/1 or True/False.
_NUMBERS = [
    "frame.number", "frame.time_epoch", "frame.len", "eth.type", "arp.opcode",
    "ip.proto", "ip.ttl", "ip.id", "ip.len", "ip.flags.mf", "ip.frag_offset",
    "ipv6.nxt", "ipv6.hlim", "icmp.type", "icmp.code", "icmpv6.type", "icmpv6.code", "igmp.type",
    "udp.srcport", "udp.dstport", "udp.length",
    "igmp.record_type", "icmpv6.mldr.mar.record_type",
    "tcp.stream", "tcp.srcport", "tcp.dstport", "tcp.flags", "tcp.len", "tcp.seq", "tcp.ack", "tcp.window_size",
]  # fmt: skip
_TEXTS = ["frame.protocols", "eth.src", "eth.dst", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "igmp.maddr"]
_TEXTS += ["frame.interface_name", "icmpv6.mld.multicast_address", "icmpv6.mldr.mar.multicast_address"]
_PRESENCE = ["tcp.analysis.retransmission", "tcp.analysis.duplicate_ack", "tcp.analysis.zero_window"]
FIELDS = _NUMBERS + _TEXTS + _PRESENCE
_INFO = "_ws.col.Info"
_NUMERIC = {*_NUMBERS, *(field for field, kind in dissectors.FIELDS.items() if kind == "number")}
_AGGREGATOR = b"\x1f"  # between the occurrences of a field: what no text of a protocol holds
_TCP_FLAGS = {"tcp.flags.fin": 1, "tcp.flags.syn": 2, "tcp.flags.reset": 4, "tcp.flags.push": 8, "tcp.flags.ack": 16}
_FLAG_NAMES = {"FIN": 1, "SYN": 2, "RST": 4, "PSH": 8, "ACK": 16}
_UDP_HEADER = 8  # bytes
MARKER_ETHERTYPE = 0x88B5  # IEEE 802 local experimental: frames by which the harness flushes captures


class DecodeError(RuntimeError):
    """tshark could not read the file; the message names it."""


def command(source: str, own: list[dissectors.Dissector]) -> tuple[list[str], list[str]]:
    """The fields that tshark is asked for, and its command line. source: a file, or - for standard input; own: dissectors to load."""
    fields = [*FIELDS, *(field for dissector in own for field in dissector.fields)]
    words = ["nice", "-n", "19", "tshark", "-n", "-r", source, "-T", "fields", *dissectors.options(own),
             "-E", "occurrence=a", "-E", f"aggregator={_AGGREGATOR.decode()}", "-o", "gui.column.format:Info,%i"]  # fmt: skip
    for field in [*fields, _INFO]:
        words += ["-e", field]
    return fields, words


class NoSuchPacket(ProgramFault, IndexError):
    """A packet is asked for that nobody sent."""


class Packet:
    """One packet: ``packet["tcp.len"]`` is the field's first value, or None when it is absent."""

    def __init__(self, table: "Packets", row: int) -> None:
        self._table, self._row = table, row

    def __getitem__(self, field: str) -> Any:
        values, present, _ = self._table.first(field)
        if not present[self._row]:
            return None
        value = values[self._row]
        return value.item() if hasattr(value, "item") else value

    @property
    def number(self) -> int:
        """The frame's number in Wireshark."""
        return self["frame.number"]

    @property
    def time(self) -> float:
        return self["frame.time_epoch"]

    @property
    def length(self) -> int:
        return self["frame.len"]

    @property
    def summary(self) -> str:
        """Wireshark's Info column, with source and destination."""
        return self._table.summary_of(self._row)

    @property
    def info(self) -> str:
        """Wireshark's Info column alone."""
        return self._table.info_of(self._row)

    @property
    def flags(self) -> str:
        """TCP's flags as Wireshark writes them: "SYN, ACK"; empty for other packets."""
        bits = self["tcp.flags"] or 0
        return ", ".join(name for name, bit in _FLAG_NAMES.items() if bits & bit)

    @property
    def source(self) -> str:
        return self["ip.src"] or self["ipv6.src"] or self["eth.src"] or "?"

    @property
    def destination(self) -> str:
        return self["ip.dst"] or self["ipv6.dst"] or self["eth.dst"] or "?"


def _place(index: int) -> str:
    return f"number {index + 1}" if index >= 0 else "the last" if index == -1 else f"the last but {-index - 1}"


class Packets:
    """A table of packets, or a part of one: ``len``, iteration, ``[index]``, ``where(filter)``."""

    def __init__(self, store: "_Store", rows: numpy.ndarray, interface: str, file: pathlib.Path | None) -> None:
        self._store, self._rows = store, rows
        self._columns: dict[str, tuple[numpy.ndarray, numpy.ndarray, bool]] = {}
        self.interface, self.file, self.filter = interface, file, ""
        self.all = self

    @classmethod
    def decode(cls, file: pathlib.Path, interface: str = "") -> "Packets":
        """Reads a pcap or pcapng file. A file cut short by its writer's death is read up to the cut."""
        fields, words = command(str(file), dissectors.concerning(file))
        outcome = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        errors = outcome.stderr.decode("utf-8", "replace")
        if outcome.returncode and "cut short" not in errors:
            raise DecodeError(f"tshark cannot read {file}: {errors.strip()[-300:] or describe_status(outcome.returncode)}")
        return cls.of(Columns(outcome.stdout, len(fields) + 1), fields, interface, file, without=MARKER_ETHERTYPE)

    @classmethod
    def of(cls, columns: Columns, fields: list[str], interface: str, file: pathlib.Path | None, without: int, sort: bool = False) -> "Packets":
        """What tshark printed, a row for each packet, those of the EtherType `without` left out. sort: by time; else as they came."""
        store = _Store(columns, fields)
        kinds, present, _ = store.column("eth.type")
        rows = numpy.flatnonzero(~present | (kinds != without))
        if sort:
            rows = rows[numpy.argsort(store.column("frame.time_epoch")[0][rows], kind="stable")]
        return cls(store, rows, interface, file)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Packet]:
        return (Packet(self, row) for row in range(len(self._rows)))

    def __getitem__(self, index: int) -> Packet:
        if not -len(self._rows) <= index < len(self._rows):
            raise NoSuchPacket(f"{len(self._rows) or 'no'} packets {self.provenance}, of which {_place(index)} was to be looked at")
        return Packet(self, index % len(self._rows))

    @property
    def provenance(self) -> str:
        """"on h1-eth0 matching 'filter'", for messages."""
        return f"on {self.interface or 'the capture'}" + (f" matching '{self.filter}'" if self.filter else "")

    def _part(self, mask: numpy.ndarray, filter: str) -> "Packets":
        chosen = Packets(self._store, self._rows[mask], self.interface, self.file)
        chosen.filter, chosen.all = filter, self.all
        return chosen

    def on(self, names: Collection[str]) -> "Packets":
        """Those of these interfaces, where the capture is of several."""
        seen, present, _ = self.first("frame.interface_name")
        return self._part(present & numpy.isin(seen, list(names)), self.filter)

    def where(self, text: str) -> "Packets":
        """Those that satisfy a display filter (harness.evidence.capture.display_filter)."""
        return self._part(evaluate(text, self), f"({self.filter}) && ({text})" if self.filter else text)

    def between(self, start: float, end: float) -> "Packets":
        """Those captured at start ≤ time < end."""
        times = self.times
        return self._part((times >= start) & (times < end), self.filter)

    @property
    def times(self) -> numpy.ndarray:
        return self.first("frame.time_epoch")[0]

    @property
    def bytes(self) -> int:
        """Sum of the frames' lengths."""
        return int(self.first("frame.len")[0].sum()) if len(self._rows) else 0

    def total(self, field: str) -> int:
        """Sum of a numeric field's first values."""
        values, present, _ = self.first(field)
        if values.dtype == object:
            raise TypeError(f"{field} is no number, so it has no sum")
        return int(values[present].sum())

    def values(self, field: str) -> list[Any]:
        """The field's value in each packet; None where one has none."""
        return [packet[field] for packet in self]

    @property
    def sources(self) -> list[tuple[str, int | None]]:
        """Address and port (of TCP or UDP) that each comes from."""
        return [(packet.source, packet["tcp.srcport"] or packet["udp.srcport"]) for packet in self]

    @property
    def destinations(self) -> list[tuple[str, int | None]]:
        """Address and port (of TCP or UDP) that each goes to."""
        return [(packet.destination, packet["tcp.dstport"] or packet["udp.dstport"]) for packet in self]

    @property
    def payloads(self) -> list[int]:
        """How many bytes each carries above TCP or UDP; 0 where it is neither."""
        return [(packet["tcp.len"] or 0) + max(0, (packet["udp.length"] or 0) - _UDP_HEADER) for packet in self]

    def rate(self, window: float = 1.0, field: str = "frame.len", start: float | None = None, end: float | None = None) -> Rate:
        """Bits per second of `field` (bytes) over consecutive windows of `window` seconds."""
        values, present, _ = self.first(field)
        return Rate.of(self.times[present], values[present], window, start, end, self)

    def occurrences(self, field: str) -> list[list[Any]]:
        """For each packet all values of the field, outermost header first; [] when it is absent."""
        every = self._store.occurrences(field)
        return [every[row] for row in self._rows]

    def first(self, field: str) -> tuple[numpy.ndarray, numpy.ndarray, bool]:
        """(first value per packet, present mask, True when some packet of the capture has several values)."""
        if field not in self._columns:
            values, present, several = self._store.column(field)
            self._columns[field] = values[self._rows], present[self._rows], several
        return self._columns[field]

    def summary_of(self, row: int) -> str:
        packet = Packet(self, row)
        return f"{packet.source} → {packet.destination} {self.info_of(row)}"

    def info_of(self, row: int) -> str:
        """Wireshark's Info column."""
        return self._store.cells.cell(int(self._rows[row]), len(self._store.index))


class _Store:
    """All packets of a capture; every column is converted when it is first asked for, and kept."""

    def __init__(self, cells: Columns, fields: list[str]) -> None:
        self.cells = cells
        self.index = {field: index for index, field in enumerate(fields)}
        self._columns: dict[str, tuple[numpy.ndarray, numpy.ndarray, bool]] = {}
        self._occurrences: dict[str, list[list[Any]]] = {}

    def column(self, field: str) -> tuple[numpy.ndarray, numpy.ndarray, bool]:
        if field not in self._columns:
            self._columns[field] = self._convert(field)
        return self._columns[field]

    def occurrences(self, field: str) -> list[list[Any]]:
        if field not in self._occurrences:
            self._occurrences[field] = self._all_values(field)
        return self._occurrences[field]

    def _all_values(self, field: str) -> list[list[Any]]:
        if field in _TCP_FLAGS:
            return [[int(value & _TCP_FLAGS[field] != 0) for value in row] for row in self.occurrences("tcp.flags")]
        if field not in self.index:
            values, present, _ = self.column(field)
            return [[value] if there else [] for value, there in zip(values.tolist(), present.tolist())]
        convert = _number if field in _NUMERIC else _reader(field)
        cells = self.cells.cells(self.index[field])
        return [[convert(part) for part in cell.split(_AGGREGATOR)] if cell else [] for cell in cells]

    def _convert(self, field: str) -> tuple[numpy.ndarray, numpy.ndarray, bool]:
        if field in _TCP_FLAGS:
            flags, present, several = self.column("tcp.flags")
            return (flags & _TCP_FLAGS[field] != 0).astype(numpy.int64), present, several
        if field not in self.index:
            return self._absent(field) if field in dissectors.FIELDS else self._protocol(field)
        index = self.index[field]
        present = self.cells.present(index)
        cells = self.cells.cells(index)
        several = _AGGREGATOR in b"".join(cells)
        if several:
            cells = [cell.split(_AGGREGATOR, 1)[0] for cell in cells]
        if field in _NUMERIC:
            return _numbers(cells, numpy.float64 if field == "frame.time_epoch" else numpy.int64), present, several
        read = _reader(field)
        texts = {cell: read(cell) for cell in set(cells)}
        return numpy.array([texts[cell] for cell in cells] or [], dtype=object), present, several

    def _absent(self, field: str) -> tuple[numpy.ndarray, numpy.ndarray, bool]:
        """A field of a dissector that was not loaded, since the capture has nothing for it."""
        count = len(self.cells)
        values = numpy.zeros(count, dtype=numpy.int64) if field in _NUMERIC else numpy.full(count, "", dtype=object)
        return values, numpy.zeros(count, dtype=bool), False

    def _protocol(self, name: str) -> tuple[numpy.ndarray, numpy.ndarray, bool]:
        """Presence of a protocol, as a filter names it."""
        cells = self.cells.cells(self.index["frame.protocols"])
        having = {cell: name == "frame" or name.encode() in cell.split(b":") for cell in set(cells)}
        if not any(having.values()) and name not in _USUAL_PROTOCOLS and name not in dissectors.PROTOCOLS and name not in _known_protocols():
            raise KeyError(name)
        present = numpy.array([having[cell] for cell in cells], dtype=bool)
        return present.astype(numpy.int64), present, False


_USUAL_PROTOCOLS = frozenset(("arp", "data", "eth", "icmp", "icmpv6", "igmp", "ip", "ipv6", "mp2t", "tcp", "udp"))
"""Those that every tshark knows: it is not asked, which takes it a third of a second."""


@functools.cache
def _known_protocols() -> frozenset[str]:
    """The names of all protocols that this tshark can find."""
    listing = subprocess.run(["tshark", "-G", "protocols"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return frozenset(line.split("\t")[2] for line in listing.stdout.splitlines() if line.count("\t") >= 2)


def _reader(field: str) -> Callable[[bytes], str]:
    return _string if dissectors.FIELDS.get(field) == "string" else _text


def _string(cell: bytes) -> str:
    return cell.decode("utf-8", "replace")


def _text(cell: bytes) -> str:
    return _string(cell).lower()


def _numbers(cells: list[bytes], kind: type) -> numpy.ndarray:
    """One number per cell, 0 for an empty one."""
    try:
        values = [float(cell or 0) for cell in cells] if kind is numpy.float64 else [int(cell or 0) for cell in cells]
    except ValueError:  # hexadecimal, or a truth value
        known = {cell: _number(cell) if cell else 0 for cell in set(cells)}
        values = [known[cell] for cell in cells]
    return numpy.array(values, dtype=kind)


def _number(cell: bytes) -> float | int:
    try:
        return int(cell)
    except ValueError:
        if cell.startswith(b"0x"):
            return int(cell, 16)
        return int(cell == b"True") if cell in (b"True", b"False") else float(cell)
