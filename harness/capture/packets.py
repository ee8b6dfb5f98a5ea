"""A capture as a typed table of packets, decoded once by tshark.

Times are seconds since the epoch, lengths are bytes on the wire without the frame check sequence.
"""

from __future__ import annotations

import pathlib
import subprocess
from typing import Any, Iterator

import numpy

from harness.capture.display_filter import evaluate
from harness.capture.rates import Rate

# The field and how to read it. Booleans of tshark's output are 0/1 or True/False.
_NUMBERS = [
    "frame.number", "frame.time_epoch", "frame.len", "eth.type", "arp.opcode",
    "ip.proto", "ip.ttl", "ip.id", "ip.len", "ip.flags.mf", "ip.frag_offset",
    "ipv6.nxt", "ipv6.hlim", "icmp.type", "icmp.code", "icmpv6.type", "icmpv6.code", "igmp.type",
    "udp.srcport", "udp.dstport", "udp.length",
    "tcp.stream", "tcp.srcport", "tcp.dstport", "tcp.flags", "tcp.len", "tcp.seq", "tcp.ack", "tcp.window_size",
]  # fmt: skip
_TEXTS = ["frame.protocols", "eth.src", "eth.dst", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "igmp.maddr"]
_PRESENCE = ["tcp.analysis.retransmission", "tcp.analysis.duplicate_ack", "tcp.analysis.zero_window"]
FIELDS = _NUMBERS + _TEXTS + _PRESENCE
_TCP_FLAGS = {"tcp.flags.fin": 1, "tcp.flags.syn": 2, "tcp.flags.reset": 4, "tcp.flags.push": 8, "tcp.flags.ack": 16}
_FLAG_NAMES = {"FIN": 1, "SYN": 2, "RST": 4, "PSH": 8, "ACK": 16}
MARKER_ETHERTYPE = 0x88B5  # IEEE 802 local experimental: frames by which the harness flushes captures


class DecodeError(RuntimeError):
    """tshark could not read the file; the message names it."""


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


class Packets:
    """Packets in capture order, all or those a filter chose.

    interface, filter and file say where they come from, so that a failed expectation can point there.
    """

    def __init__(self, rows: list[list[str]], interface: str = "", file: pathlib.Path | None = None) -> None:
        self._rows = rows
        self._columns: dict[str, tuple[numpy.ndarray, numpy.ndarray, bool]] = {}
        self.interface, self.file, self.filter = interface, file, ""
        self.all = self

    @classmethod
    def decode(cls, file: pathlib.Path, interface: str = "") -> "Packets":
        """Reads a pcap or pcapng file. A file cut short by its writer's death is read up to the cut."""
        command = ["nice", "-n", "19", "tshark", "-n", "-r", str(file), "-T", "fields",
                   "-E", "occurrence=a", "-E", "aggregator=;", "-o", "gui.column.format:Info,%i"]  # fmt: skip
        command += ["-Y", f"!(eth.type == {MARKER_ETHERTYPE:#x})"]
        for field in [*FIELDS, "_ws.col.Info"]:
            command += ["-e", field]
        outcome = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        if outcome.returncode and "cut short" not in outcome.stderr:
            raise DecodeError(f"tshark cannot read {file}: {outcome.stderr.strip()[-300:]}")
        rows = [line.split("\t", len(FIELDS)) for line in outcome.stdout.split("\n") if line]
        return cls([row for row in rows if len(row) == len(FIELDS) + 1], interface, file)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Packet]:
        return (Packet(self, row) for row in range(len(self._rows)))

    def __getitem__(self, index: int) -> Packet:
        if not -len(self._rows) <= index < len(self._rows):
            raise IndexError(f"there are {len(self._rows)} packets {self.provenance}, not {index}")
        return Packet(self, index % len(self._rows))

    @property
    def provenance(self) -> str:
        """"on h1-eth0 matching 'filter'", for messages."""
        return f"on {self.interface or 'the capture'}" + (f" matching '{self.filter}'" if self.filter else "")

    def where(self, text: str) -> "Packets":
        """Those that satisfy a display filter (harness.capture.display_filter)."""
        mask = evaluate(text, self)
        chosen = Packets([row for row, taken in zip(self._rows, mask) if taken], self.interface, self.file)
        chosen.filter = f"({self.filter}) && ({text})" if self.filter else text
        chosen.all = self.all
        return chosen

    def between(self, start: float, end: float) -> "Packets":
        """Those captured at start ≤ time < end."""
        times = self.times
        chosen = Packets([row for row, time in zip(self._rows, times) if start <= time < end], self.interface, self.file)
        chosen.filter, chosen.all = self.filter, self.all
        return chosen

    @property
    def times(self) -> numpy.ndarray:
        return self.first("frame.time_epoch")[0]

    @property
    def bytes(self) -> int:
        """Sum of the frames' lengths."""
        return int(self.first("frame.len")[0].sum()) if self._rows else 0

    def total(self, field: str) -> int:
        """Sum of a numeric field's first values."""
        values, present, _ = self.first(field)
        return int(values[present].sum())

    def rate(self, window: float = 1.0, field: str = "frame.len", start: float | None = None, end: float | None = None) -> Rate:
        """Bits per second of `field` (bytes) over consecutive windows of `window` seconds."""
        values, present, _ = self.first(field)
        return Rate.of(self.times[present], values[present], window, start, end, self)

    def occurrences(self, field: str) -> list[list[Any]]:
        column, convert = self._column(field)
        return [[convert(text) for text in row[column].split(";")] if row[column] else [] for row in self._rows]

    def first(self, field: str) -> tuple[numpy.ndarray, numpy.ndarray, bool]:
        if field not in self._columns:
            self._columns[field] = self._make_column(field)
        return self._columns[field]

    def _column(self, field: str):
        if field in _NUMBERS:
            return _NUMBERS.index(field), _number
        if field in _TEXTS:
            return len(_NUMBERS) + _TEXTS.index(field), str.lower
        if field in _PRESENCE:
            return len(_NUMBERS) + len(_TEXTS) + _PRESENCE.index(field), str
        raise KeyError(field)

    def _make_column(self, field: str) -> tuple[numpy.ndarray, numpy.ndarray, bool]:
        if field in _TCP_FLAGS:
            flags, present, several = self.first("tcp.flags")
            return (flags.astype(numpy.int64) & _TCP_FLAGS[field] != 0).astype(numpy.int64), present, several
        if "." not in field:
            return self._protocol(field)
        column, convert = self._column(field)
        texts = [row[column] for row in self._rows]
        present = numpy.array([bool(text) for text in texts], dtype=bool)
        several = any(";" in text for text in texts)
        if several:
            texts = [text.split(";", 1)[0] for text in texts]
        if convert is _number:
            whole = field != "frame.time_epoch"
            values = numpy.array([convert(text) if text else 0 for text in texts], dtype=numpy.int64 if whole else numpy.float64)
        else:
            values = numpy.array([text.lower() for text in texts], dtype=object)
        return values, present, several

    def _protocol(self, name: str) -> tuple[numpy.ndarray, numpy.ndarray, bool]:
        column, _ = self._column("frame.protocols")
        present = numpy.array([name in row[column].split(":") for row in self._rows], dtype=bool)
        if not present.any() and not name.isidentifier():
            raise KeyError(name)
        return present.astype(numpy.int64), present, False

    def summary_of(self, row: int) -> str:
        packet = Packet(self, row)
        return f"{packet.source} → {packet.destination} {self._rows[row][-1]}"

    def info_of(self, row: int) -> str:
        """Wireshark's Info column."""
        return self._rows[row][-1]


def _number(text: str) -> float | int:
    if text in ("True", "False"):
        return int(text == "True")
    if "." in text:
        return float(text)
    return int(text, 16) if text.startswith("0x") else int(text)
