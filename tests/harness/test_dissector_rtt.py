"""captures/dissectors/rtt.lua, held against the test vectors of docs/protocols/rtt.md, as datagrams and in a TCP stream."""

from __future__ import annotations

import pathlib
import socket
import struct
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
_LUA = ROOT / "captures/dissectors/rtt.lua"
_TYPES = {"PROBE": "1", "REPLY": "2", "REPEAT": "3"}
_PORT = 2681


def vectors() -> list[tuple[bytes, str]]:
    """Octets, and what they are."""
    block = (ROOT / "docs/protocols/rtt.md").read_text(encoding="utf-8").split("```vectors\n")[1].split("```")[0]
    rows = [row for row in block.split("\n") if row]
    return [(_octets(octets), meaning) for octets, meaning in zip(rows[::2], rows[1::2])]


def _octets(text: str) -> bytes:
    return b"".join(bytes(int(word[:-2])) if word.endswith("..") else bytes.fromhex(word) for word in text.split())


def decode(capture: pathlib.Path, *fields: str) -> list[tuple[str, ...]]:
    """The fields of each frame; what stands more than once is joined by |."""
    words = ["tshark", "-X", f"lua_script:{_LUA}", "-r", str(capture), "-T", "fields", "-E", "aggregator=|"]
    for field in fields:
        words += ["-e", field]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True)
    assert "Lua Error" not in done.stdout + done.stderr
    return [tuple(line.split("\t")) for line in done.stdout.splitlines()]


def write_capture(path: pathlib.Path, payloads: list[bytes], port: int = _PORT, tcp: bool = False) -> pathlib.Path:
    """A pcap file of raw IPv4 (link type 228), one datagram, or one segment of one connection, for each payload."""
    frames, sequence = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 228)], 1
    for number, payload in enumerate(payloads):
        if tcp:
            segment = struct.pack("!HHIIBBHHH", 40000, port, sequence, 1, 0x50, 0x18, 65535, 0, 0) + payload
            sequence += len(payload)
        else:
            segment = struct.pack("!HHHH", 40000, port, 8 + len(payload), 0) + payload
        addresses = socket.inet_aton("10.0.0.1") + socket.inet_aton("10.0.0.2")
        packet = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(segment), number, 0, 64, 6 if tcp else 17, 0) + addresses + segment
        frames.append(struct.pack("<IIII", number, 0, len(packet), len(packet)) + packet)
    path.write_bytes(b"".join(frames))
    return path


@pytest.mark.parametrize("port", [_PORT, 7, 7000])
def test_the_vectors_of_the_specification(tmp_path: pathlib.Path, port: int) -> None:
    known = [(octets, meaning) for octets, meaning in vectors() if "not ours" not in meaning]
    names = ("type", "length", "session", "sequence", "received", "since", "memory", "arrived", "answered")
    rows = decode(write_capture(tmp_path / "vectors.pcap", [octets for octets, _ in known], port), *(f"rtt.{name}" for name in names), "_ws.expert.message")
    assert len(rows) == len(known) == 9
    for row, (_, meaning) in zip(rows, known):
        *fields, expert = row
        kind, *values = meaning.split()
        if kind not in _TYPES:
            assert expert.lower() == meaning.removeprefix("of ").removeprefix("an ").removeprefix("a ")
            continue
        wanted = {"type": _TYPES[kind], **dict(value.split("=") for value in values)}
        found = {name: str(int(field, 0)) for name, field in zip(names, fields) if field}
        assert found == wanted


def test_what_is_not_ours_is_left_alone(tmp_path: pathlib.Path) -> None:
    strange = [octets for octets, meaning in vectors() if meaning == "not ours"] + [b"", b"RTT", b"echo me"]
    assert {row for row in decode(write_capture(tmp_path / "strange.pcap", strange), "rtt.type")} == {("",)}


def test_other_words_to_an_echo_service_are_echo_s(tmp_path: pathlib.Path) -> None:
    rows = decode(write_capture(tmp_path / "echo.pcap", [b"hola mundo", vectors()[0][0]], 7), "rtt.type", "_ws.col.Protocol")
    assert rows == [("", "ECHO"), ("1", "RTT")]


def test_messages_in_a_stream_are_found_however_it_is_cut(tmp_path: pathlib.Path) -> None:
    stream = b"".join(octets for octets, meaning in vectors() if meaning.split()[0] in _TYPES)
    pieces = [stream[:5], stream[5:60], stream[60:61], stream[61:]]
    rows = decode(write_capture(tmp_path / "stream.pcap", pieces, tcp=True), "rtt.type")
    assert "|".join(kind for (kind,) in rows if kind) == "1|1|2|3"


def test_the_responders_own_time_in_microseconds(tmp_path: pathlib.Path) -> None:
    reply = bytearray(vectors()[2][0])
    reply[32:48] = struct.pack(">QQ", 10_000_000, 10_123_456)
    backwards = bytes(reply[:32]) + struct.pack(">QQ", 10, 9)
    rows = decode(write_capture(tmp_path / "own.pcap", [bytes(reply), backwards]), "rtt.own_time", "_ws.expert.message")
    assert rows == [("123", ""), ("", "Answered before it arrived")]
