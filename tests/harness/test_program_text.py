"""Names of files may be any bytes: they move no terminal, and leave JSON valid."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
from collections.abc import Sequence

import pytest

from harness.world import machine

NAME = b"caf\xe9 \xe2\x80\xaeevil\xe2\x80\xa8\x1b[2J\x7f"
SHOWN = r"caf\xe9 \u{202e}evil\u{2028}\x1b[2J\x7f"


def run(words: Sequence[str | bytes]) -> subprocess.CompletedProcess[bytes]:
    program = os.fsencode(machine.programs_folder() / os.fsdecode(words[0]))
    return subprocess.run([program, *words[1:]], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)


CASES: list[list[str | bytes]] = [
    ["echo-client", "127.0.0.1", "1", "--file", NAME],
    ["echo-client", NAME, "1"],
    ["tcp-client", NAME],
    ["udp-client", NAME],
    ["eliza-server", "0", "--script", NAME],
    ["mcast-chat", "--room", "239.255.7.9", "--name", "ana", "--interface", NAME],
    ["mcast-node", "--rdv-point", NAME],
    ["mcast-node", "--status", NAME],
    ["mcast-node", "--rdv-point", "127.0.0.1", "--port", "0", "--data-port", "0", "--status-socket", b"/nowhere/" + NAME],
    ["rdv-point", "--address", NAME],
    ["tv-sender", "127.0.0.1", "1", "--file", NAME],
    ["tv-probe", "--file", NAME],
    ["http-client", "127.0.0.1:1/", "--output", b"/nowhere/" + NAME],
    ["http-proxy", "--port", "0", "--cache", b"/nowhere/" + NAME],
    ["http-proxy", "--port", "0", "--origin", NAME],
    ["http-balancer", "--config", b"/nowhere/" + NAME],
    ["hmtp-simulation", "--runs", "1", "--quiet", "--json", b"/nowhere/" + NAME],
    ["hmtp-simulation", NAME],
]


@pytest.mark.parametrize("words", CASES, ids=lambda words: "-".join(word for word in words[:2] if isinstance(word, str)))
def test_what_is_said_of_it_moves_no_terminal(words: Sequence[str | bytes], tmp_path: pathlib.Path) -> None:
    said = run(words)
    assert said.returncode in (1, 2)
    assert SHOWN in said.stderr.decode(), said.stderr


def test_it_leaves_json_valid(tmp_path: pathlib.Path) -> None:
    clip = os.fsencode(tmp_path) + b"/" + NAME
    pathlib.Path(os.fsdecode(clip)).write_bytes((b"\x47\x1f\xff\x10" + bytes(184)) * 7)
    sent = run(["tv-sender", "127.0.0.1", "9", "--file", clip, "--rate", "50M", "--json", "-"])
    assert sent.returncode == 0, sent.stderr
    assert json.loads(sent.stdout)["file"] == f"{tmp_path}/" + NAME.decode(errors="backslashreplace")
    assert b"\x7f" not in sent.stdout and "\u202e" not in sent.stdout.decode()
