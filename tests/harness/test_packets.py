"""The typed table of packets: real traffic with everything in it, and a large capture in seconds."""

from __future__ import annotations

import pathlib
import struct
import time

import numpy
import pytest

from harness.evidence.capture import packets as module
from harness.evidence.capture.columns import Columns
from harness.evidence.capture.packets import DecodeError, Packets
from tests.harness.varied_capture import varied_capture

_LARGE = 300_000
_SECONDS_FOR_LARGE = 90.0  # about 7 s of processor time; the deadline leaves room for a busy machine


@pytest.fixture(scope="module")
def packets() -> Packets:
    return Packets.decode(varied_capture(), "h1-eth0")


def test_fields_have_types(packets: Packets) -> None:
    first = packets.where("icmp.type == 8")[0]
    assert (first["ip.src"], first["ip.ttl"], first["icmp.code"], first.length) == ("10.0.1.1", 64, 0, 98)
    assert first["tcp.len"] is None and first["arp.opcode"] is None
    assert isinstance(first.number, int) and isinstance(first.time, float)
    assert first.source == "10.0.1.1" and first.destination == "10.0.2.1"
    assert "Echo (ping) request" in first.info and first.summary.startswith("10.0.1.1 → 10.0.2.1 Echo")
    assert packets[-1].number == packets[len(packets) - 1].number
    with pytest.raises(IndexError, match="number 100001 was to be looked at"):
        packets[100000]


def test_what_tshark_is_not_asked_for_it_knows() -> None:
    assert module._USUAL_PROTOCOLS <= module._known_protocols()


def test_icmp_errors_quote_headers(packets: Packets) -> None:
    error = packets.where("icmp.type == 3 && icmp.code == 0")
    assert len(error) == 1
    assert error.occurrences("ip.src") == [["10.0.1.254", "10.0.1.1"]]
    assert error.occurrences("tcp.dstport") == [[81]] and error.occurrences("tcp.flags.syn") == [[1]]
    assert len(error.where("ip.src == 10.0.1.1")) == 1, "any header may satisfy a comparison"
    assert len(error.where("ip.src != 10.0.1.1")) == 0, "!= speaks of all of them"
    assert len(packets.where("udp && icmp")) >= 3, "quoted datagrams count as UDP, as in Wireshark"


def test_retransmissions_fragments_and_resets(packets: Packets) -> None:
    again = packets.where("tcp.analysis.retransmission")
    assert len(again) == 1 and again[0]["ip.dst"] == "172.17.0.1" and again[0]["tcp.flags.syn"] == 1
    request = packets.where("ip.src == 10.0.1.1 && ip.proto == 1 && (ip.flags.mf == 1 || ip.frag_offset > 0)")
    assert [row["ip.frag_offset"] for row in request] == [0, 185, 370], "in units of 8 bytes"
    assert len(packets.where("tcp.flags.reset == 1")) == 1
    assert [row["igmp.type"] for row in packets.where("igmp")][0] == 0x22


def test_parts_and_sums(packets: Packets) -> None:
    web = packets.where("tcp.srcport == 8000")
    assert web.total("tcp.len") > 12_000 and web.bytes == sum(row.length for row in web)
    assert web.filter == "tcp.srcport == 8000" and web.where("tcp.len > 0").filter == "(tcp.srcport == 8000) && (tcp.len > 0)"
    assert web.all is packets and len(web.where("udp")) == 0
    middle = web.times[len(web) // 2]
    assert len(web.between(0, middle)) + len(web.between(middle, numpy.inf)) == len(web)
    assert web.rate(10.0).values.sum() * 10 / 8 == web.bytes
    with pytest.raises(TypeError):
        web.total("ip.src")


def test_cut_file_is_read_up_to_the_cut(packets: Packets, tmp_path: pathlib.Path) -> None:
    cut = tmp_path / "cut.pcapng"
    cut.write_bytes(varied_capture().read_bytes()[:-3000])
    assert 0 < len(Packets.decode(cut)) < len(packets)


def test_unreadable_files_are_named(tmp_path: pathlib.Path) -> None:
    (tmp_path / "text.pcapng").write_text("no capture")
    for name in ("text.pcapng", "missing.pcapng"):
        with pytest.raises(DecodeError, match=name):
            Packets.decode(tmp_path / name)


def test_columns_survive_odd_lines() -> None:
    columns = Columns(b"1\t2\tthree\n\tx\tinfo\twith tab\ntoo few\n4\t5\t6\nunfinished\t1\t", 3)
    assert len(columns) == 3
    assert columns.cells(0) == [b"1", b"", b"4"] and columns.cells(2) == [b"three", b"info\twith tab", b"6"]
    assert columns.present(0).tolist() == [True, False, True] and columns.cell(1, 2) == "info\twith tab"
    for nothing in (b"", b"\n", b"no line"):
        assert len(Columns(nothing, 3)) == 0 and Columns(nothing, 3).cells(1) == []


def _write_large(file: pathlib.Path) -> int:
    """UDP and TCP in turn, 20 µs apart; gives the number of TCP payload bytes."""
    ethernet = bytes.fromhex("0000000000020000000000010800")
    payload, sequence, sent = bytes(1316), 1000, 0
    out = bytearray(struct.pack("<IHHIiII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1))
    for number in range(_LARGE):
        body = payload
        if number % 2:
            proto, header = 17, struct.pack(">HHHH", 5000, 5000, 8 + len(body), 0)
        else:
            proto, flags = 6, 0x18
            if number == 0:
                flags, body = 2, b""
            header = struct.pack(">HHIIBBHHH", 40000, 1234, sequence, 0 if number == 0 else 77, 0x50, flags, 65000, 0, 0)
            sequence, sent = (sequence + max(len(body), number == 0)) & 0xFFFFFFFF, sent + len(body)
        length = 20 + len(header) + len(body)
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, length, number & 0xFFFF, 0x4000, 64, proto, 0, b"\n\0\0\1", b"\n\0\0\2")
        stamp = 1_700_000_000_000_000_000 + number * 20_000
        out += struct.pack("<IIII", *divmod(stamp, 10**9), 14 + length, 14 + length) + ethernet + ip + header + body
    file.write_bytes(out)
    return sent


def test_large_capture_is_judged_in_seconds(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "large.pcap"
    sent = _write_large(file)
    began, own = time.monotonic(), time.process_time()
    packets = Packets.decode(file)
    assert len(packets) == _LARGE
    assert len(packets.where("udp.dstport == 5000 && frame.len > 100")) == _LARGE // 2
    assert packets.where("tcp").total("tcp.len") == sent
    assert len(packets.where("tcp.flags.syn == 1")) == 1 and len(packets.where("tcp.analysis.retransmission")) == 0
    rate = packets.where("ip.src == 10.0.0.1 and udp").rate(0.1)
    assert rate.mean == pytest.approx(1358 * 8 / 40e-6, rel=0.001)
    seconds, own = time.monotonic() - began, time.process_time() - own
    file.unlink()
    print(f"FIGURE {_LARGE:,} packets judged in {seconds:.1f} s ({own:.1f} s of them outside tshark)")
    assert seconds < _SECONDS_FOR_LARGE
