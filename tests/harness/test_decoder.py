"""A capture that grows is decoded as it grows, and the table is the one that a whole decoding gives. Real tshark."""

from __future__ import annotations

import pathlib
import struct

import pytest

from harness.evidence.capture import decoder
from harness.evidence.capture.decoder import Decoder, most
from harness.evidence.capture.packets import FIELDS, DecodeError, Packets

_TREE = pathlib.Path(__file__).parent / "captures/hmtp.pcapng"  # with frames of our own protocol


def blocks(data: bytes) -> list[bytes]:
    """The blocks of a pcapng file."""
    found, place = [], 0
    while place < len(data):
        length = struct.unpack_from("=I", data, place + 4)[0]
        found.append(data[place : place + length])
        place += length
    return found


def table(packets: Packets) -> list[list[object]]:
    return [[packet[field] for field in FIELDS] + [packet.info] for packet in packets]


@pytest.fixture(autouse=True)
def none_left() -> object:
    yield
    while decoder._living:
        decoder._living[0].close()


def test_a_growing_capture_gives_the_same_table(tmp_path: pathlib.Path) -> None:
    parts = blocks(_TREE.read_bytes())
    file = tmp_path / "growing.pcapng"
    one = Decoder([file], "h1-eth0")
    processes = set()
    with file.open("wb", buffering=0) as growing:
        for number, part in enumerate(parts):
            growing.write(part[: len(part) // 2])
            if number % 9 == 5:  # half a block is not read
                assert len(one.packets()) == sum(block[:4] == b"\6\0\0\0" for block in parts[:number])
            growing.write(part[len(part) // 2 :])
            if number % 7 == 3:
                assert len(one.packets()) == sum(block[:4] == b"\6\0\0\0" for block in parts[: number + 1])
                assert one._process is not None
                processes.add(one._process.pid)
    whole = Packets.decode(_TREE)
    assert table(one.packets()) == table(whole) and len(whole) > 50
    assert table(one.packets().where("hmtp")) == table(whole.where("hmtp")), "fields of our own dissectors are there"
    assert len(processes) <= 2, "but for the dissector that was wanted later, one process reads it all"


def named(interface: bytes, name: str) -> bytes:
    """An interface description block whose interface has another name."""
    options, place = struct.pack("=HH8s", 2, len(name), name.encode()), 16
    while (option := struct.unpack_from("=HH", interface, place)) != (0, 0):
        whole = 4 + -(-option[1] // 4) * 4
        options += interface[place : place + whole] if option[0] != 2 else b""
        place += whole
    size = struct.pack("=I", 16 + len(options) + 8)
    return interface[:4] + size + interface[8:16] + options + bytes(4) + size


def of_three_interfaces(data: bytes) -> list[list[bytes]]:
    """The blocks of three captures with a third of the packets each."""
    section, interface, *packets = (part for part in blocks(data) if part[:4] in (b"\n\r\r\n", b"\1\0\0\0", b"\6\0\0\0"))
    return [[section, named(interface, f"h{number + 1}-eth0"), *packets[number::3]] for number in range(3)]


def test_growing_captures_are_one_table_in_the_order_of_time(tmp_path: pathlib.Path) -> None:
    captures = of_three_interfaces(_TREE.read_bytes())
    files = [tmp_path / f"{number}.pcapng" for number in range(len(captures))]
    for file in files:
        file.touch()
    one, processes = Decoder(files, "all hosts"), set()
    longest = max(map(len, captures))
    for number in range(longest):
        for file, capture in zip(files, captures):
            later = number - files.index(file)  # the last begins when the first has packets
            if 0 <= later < len(capture):
                with file.open("ab") as growing:
                    growing.write(capture[later])
        if number % 5 == 4:
            found = one.packets()
            assert len(found) == sum(max(0, min(number + 1 - late, len(capture)) - 2) for late, capture in enumerate(captures))
            assert one._process is not None
            processes.add(one._process.pid)
    for late, (file, capture) in enumerate(zip(files, captures)):
        file.write_bytes(b"".join(capture))
    expected, found = one._at_once(), one.packets()
    assert len(found) > 50
    without_numbers = [sorted(str(row[1:]) for row in table(packets)) for packets in (found, expected)]  # they come as they were fed
    assert without_numbers[0] == without_numbers[1]
    times = [packet["frame.time_epoch"] for packet in found]
    assert times == sorted(times)
    assert table(found.on(["h2-eth0"])) == [row for row in table(found) if "h2-eth0" in row] != []
    assert len(processes) <= 2, "but for the dissector that was wanted later, one process reads it all"


def test_few_processes_stay_and_who_gave_way_begins_anew(tmp_path: pathlib.Path) -> None:
    data = _TREE.read_bytes()
    some = []
    for number in range(decoder._most + 2):
        file = tmp_path / f"{number}.pcapng"
        file.write_bytes(data)
        some.append(Decoder([file], f"h{number}-eth0"))
    counts = [len(one.packets()) for one in some]
    assert len(set(counts)) == 1 and counts[0] > 50
    assert sum(one._process is not None for one in some) == decoder._most
    assert [len(one.packets()) for one in some] == counts
    assert len(decoder._living) == decoder._most


@pytest.mark.parametrize(("free", "wanted"), [(0, 1), (1 << 30, 1), (2500 << 20, 2), (7 << 30, 6), (16 << 30, 8)])
def test_how_many_fit_into_memory(free: int, wanted: int) -> None:
    assert most(free) == wanted


def test_what_is_no_capture_is_said(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "wrong.pcapng"
    file.write_bytes(struct.pack("=II", 6, 32) + bytes(24))
    with pytest.raises(DecodeError, match="tshark cannot read .*wrong.pcapng"):
        Decoder([file], "h1-eth0").packets()


def test_an_end_of_tshark_is_no_end(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "killed.pcapng"
    parts = blocks(_TREE.read_bytes())
    file.write_bytes(b"".join(parts[:20]))
    one = Decoder([file], "h1-eth0")
    before = len(one.packets())
    assert one._process is not None
    one._process.kill()
    one._process.wait()
    file.write_bytes(b"".join(parts))
    assert len(one.packets()) > before
