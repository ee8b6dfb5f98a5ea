"""captures/dissectors/hmtp.lua, held against a capture of the real programs and against frames that nobody should send."""

from __future__ import annotations

import pathlib
import socket
import struct
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
_LUA = ROOT / "captures/dissectors/hmtp.lua"
_CAPTURE = pathlib.Path(__file__).parent / "captures/hmtp.pcapng"


def decode(capture: pathlib.Path, *fields: str, only: str = "hmtp", preferences: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The fields of each frame that `only` lets through; what stands more than once is joined by |."""
    words = ["tshark", "-X", f"lua_script:{_LUA}", "-r", str(capture), "-Y", only, "-T", "fields", "-E", "aggregator=|"]
    for preference in preferences:
        words += ["-o", preference]
    for field in fields:
        words += ["-e", field]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True)
    assert "Lua Error" not in done.stdout + done.stderr
    return [tuple(line.split("\t")) for line in done.stdout.splitlines()]


def write_capture(path: pathlib.Path, payloads: list[bytes], port: int = 10000) -> pathlib.Path:
    """A pcap file of raw IPv4 (link type 228), one datagram for each payload."""
    frames = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 228)]
    for number, payload in enumerate(payloads):
        udp = struct.pack("!HHHH", port, port, 8 + len(payload), 0) + payload
        addresses = socket.inet_aton("10.0.0.1") + socket.inet_aton("10.0.0.2")
        packet = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), number, 0, 64, 17, 0) + addresses + udp
        frames.append(struct.pack("<IIII", number, 0, len(packet), len(packet)) + packet)
    path.write_bytes(b"".join(frames))
    return path


def test_the_first_node_becomes_root_and_the_second_joins_it() -> None:
    rows = decode(_CAPTURE, "ip.src", "ip.dst", "hmtp.type", "hmtp.root")
    assert rows[:8] == [
        ("127.0.0.1", "127.0.0.100", "ROOT", ""),
        ("127.0.0.100", "127.0.0.1", "TOOR", ""),
        ("127.0.0.1", "127.0.0.100", "RREG", ""),
        ("127.0.0.100", "127.0.0.1", "YREG", ""),
        ("127.0.0.2", "127.0.0.100", "ROOT", ""),
        ("127.0.0.100", "127.0.0.2", "TOOR", "127.0.0.1 10000"),
        ("127.0.0.2", "127.0.0.1", "RJOI", ""),
        ("127.0.0.1", "127.0.0.2", "YJOI", ""),
    ]


def test_filters_on_types_and_endpoints() -> None:
    assert decode(_CAPTURE, "hmtp.root.address", "hmtp.root.port", only='hmtp.root == "127.0.0.3 10000"')[0] == ("127.0.0.3", "10000")
    children, addresses, ports = decode(_CAPTURE, "hmtp.child", "hmtp.child.address", "hmtp.child.port", only='hmtp.type == "NJOI"')[0]
    assert children == "127.0.0.2 10000|127.0.0.3 10000|127.0.0.4 10000"
    assert addresses == "127.0.0.2|127.0.0.3|127.0.0.4"
    assert ports == "10000|10000|10000"


def test_a_message_goes_to_the_root_and_down_to_each_node_once() -> None:
    rows = decode(_CAPTURE, "ip.src", "ip.dst", "hmtp.origin", "hmtp.sequence", "hmtp.payload", "hmtp.payload_length", only="hmtp.sequence")
    assert rows[0][:2] == ("127.0.0.5", "127.0.0.1")
    assert sorted(row[1] for row in rows[1:]) == [f"127.0.0.{host}" for host in range(2, 7)]
    assert {row[2:] for row in rows} == {(rows[0][2], "1", b"hello\n".hex(), "6")}


def test_fields_of_the_extension_fit_together() -> None:
    (request,) = decode(_CAPTURE, "hmtp.node", "hmtp.turn", "hmtp.order", only='hmtp.type == "RJOI" && ip.src == 127.0.0.2')
    (answer,) = decode(_CAPTURE, "hmtp.node", "hmtp.turn", "hmtp.order", "hmtp.seat", only='hmtp.type == "YJOI" && ip.dst == 127.0.0.2')
    assert len(request[0]) == len(answer[0]) == len(answer[3]) == 16
    assert request[1:] == ("1", "")
    assert answer[1] == "1" and answer[2].endswith(".0")
    missed = decode(_CAPTURE, "hmtp.age", "hmtp.have", "hmtp.seat", only='hmtp.type == "MISS"')[0]
    assert int(missed[0]) > 0 and missed[1].endswith(".1") and missed[2] == answer[3]
    assert decode(_CAPTURE, "hmtp.node", only='hmtp.type == "RJOI" && ip.src == 127.0.0.6') == [("",), ("",)]


def test_what_is_no_message_is_marked() -> None:
    marked = decode(_CAPTURE, "hmtp.type", only="hmtp.malformed")
    assert marked == [("",), ("NJOI",)]
    assert decode(_CAPTURE, "_ws.col.Info", only='hmtp.type == "WHAT"') == [("WHAT of no known type",)]


# Payload, and whether it is no message. An empty datagram never reaches a dissector.
_PAYLOADS = [
    (b"ROOT", False),
    (b"ROOT\nanything", False),
    (b"ROO", True),
    (b"", False),
    (b"root\n", True),
    (b"TOOR\n", False),
    (b"TOOR\n10.0.0.1 10000\n", False),
    (b"TOOR\n2001:db8::1 10000", False),
    (b"TOOR\n\n", True),
    (b"TOOR\n10.0.0.1", True),
    (b"TOOR\n10.0.0.1 70000", True),
    (b"NJOI\n", False),
    (b"NJOI\n10.0.0.1 1\n\n10.0.0.2 1\n", True),
    (b"RJOI\nhello", False),
    (b"RJOI\nnode=\xff\xfe\n=\n", False),
    (b"DATA\n0123456789abcdef 1\n", False),
    (b"DATA\n0123456789abcdef 0\n", True),
    (b"DATA\n0123456789abcde 1\nx", True),
    (b"DATA\n", True),
    (b"DATA", True),
]


def test_hostile_payloads(tmp_path: pathlib.Path) -> None:
    capture = write_capture(tmp_path / "hostile.pcap", [payload for payload, _ in _PAYLOADS])
    shown = {int(number) for (number,) in decode(capture, "frame.number")}
    assert shown == {number for number, (payload, _) in enumerate(_PAYLOADS, 1) if payload}
    marked = {int(number) for (number,) in decode(capture, "frame.number", only="hmtp.malformed")}
    assert marked == {number for number, (_, malformed) in enumerate(_PAYLOADS, 1) if malformed}


def test_sequence_numbers_keep_all_their_bits(tmp_path: pathlib.Path) -> None:
    capture = write_capture(tmp_path / "one.pcap", [b"DATA\n0123456789abcdef 18446744073709551615\n\0\1"])
    assert decode(capture, "hmtp.sequence", "hmtp.payload") == [("18446744073709551615", "0001")]


def test_other_ports_by_preference(tmp_path: pathlib.Path) -> None:
    capture = write_capture(tmp_path / "one.pcap", [b"ROOT\n"], port=12345)
    assert decode(capture, "hmtp.type") == []
    assert decode(capture, "hmtp.type", preferences=("hmtp.ports:12345",)) == [("ROOT",)]
