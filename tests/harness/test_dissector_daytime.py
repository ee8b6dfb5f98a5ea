"""captures/dissectors/daytime_zone.lua, held against the test vectors of docs/protocols/daytime.md."""

from __future__ import annotations

import pathlib
import re
import subprocess

import pytest

from tests.harness.test_dissector_rtt import write_capture

ROOT = pathlib.Path(__file__).resolve().parents[2]
_FIELDS = ("kind", "status", "id", "zone", "time", "utc_offset", "summer_time", "synchronised", "stratum", "offset", "abbreviation", "text")
_WANTED = {
    "question": ["1", "", "0123456789abcdef", "Asia/Kathmandu", "", "", "", "", "", "", "", ""],
    "answer": ["2", "0", "0123456789abcdef", "Asia/Kathmandu", "2026-11-30T17:45:00", "20700", "0", "1", "3", "1500000", "+0545", "Mon Nov 30 17:45:00 2026"],
    "moment": ["1", "", "0000000000000007", "Europe/Madrid", "", "", "", "", "", "", "", ""],
    "unknown": ["2", "1", "0000000000000007", "Mars/Phobos", "", "", "0", "0", "0", "0", "", ""],
}


def vectors() -> dict[str, bytes]:
    """Name → octets."""
    text = (ROOT / "docs/protocols/daytime.md").read_text(encoding="utf-8")
    found = {}
    for name, words in re.findall(r"```vector (\w+)\n(.*?)```", text, re.DOTALL):
        parts = [word.partition("*") for word in words.split()]
        found[name] = b"".join(bytes.fromhex(octets) * int(times or 1) for octets, _, times in parts)
    return found


def decode(capture: pathlib.Path, *fields: str) -> list[list[str]]:
    """The fields of each frame."""
    words = ["tshark", "-X", f"lua_script:{ROOT / 'captures/dissectors/daytime_zone.lua'}", "-r", str(capture), "-T", "fields"]
    for field in fields:
        words += ["-e", field]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True)
    assert "Lua Error" not in done.stdout + done.stderr
    return [line.split("\t") for line in done.stdout.splitlines()]


@pytest.mark.parametrize("port", [13, 1300])
def test_the_vectors_of_the_specification(tmp_path: pathlib.Path, port: int) -> None:
    octets = vectors()
    assert octets.keys() == _WANTED.keys() and {len(one) for one in octets.values()} == {192}
    rows = decode(write_capture(tmp_path / "vectors.pcap", list(octets.values()), port), *(f"daytime_zone.{name}" for name in _FIELDS))
    assert dict(zip(octets, rows, strict=True)) == _WANTED


def test_what_is_not_ours_is_rfc_867_s(tmp_path: pathlib.Path) -> None:
    question = vectors()["question"]
    datagrams = [b"x", question[:-1], b"XPDT" + question[4:], question, question[:4] + b"\2" + question[5:]]
    rows = decode(write_capture(tmp_path / "others.pcap", datagrams, 13), "_ws.col.Protocol", "_ws.expert.message")
    assert rows == [["DAYTIME", ""], ["DAYTIME", ""], ["DAYTIME", ""], ["DAYTIME-ZONE", ""], ["DAYTIME-ZONE", "Not of version 1"]]
