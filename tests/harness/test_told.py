"""What is told of a failure beside what was found: where bytes differ, which datagrams are missing, what there was instead."""

from __future__ import annotations

import random
import re

import pytest

from harness.judge.expect import equals, same_bytes
from harness.judge.octets import against_size
from harness.judge.waiting import DeadlinePassed
from scenarios.tv.kit.datagrams import Passed, passed
from tests.harness.judged_lab import PYTHON, judged_lab, start
from tests.harness.network_cell import run

DATA = random.Random(1).randbytes(4000)


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (DATA, "the same"),
        (DATA[:3000], "3,000 bytes: the first ones of them, and nothing behind"),
        (DATA[:100] + b"!" + DATA[101:], f"4,000 bytes, of which byte 100 is the first wrong one: 21 {DATA[101:104].hex(' ')} in place of {DATA[100:104].hex(' ')}"),
        (DATA + b"\n", "4,001 bytes, of which byte 4,000 is the first wrong one: 0x0a (line feed), where nothing more should be"),
        (DATA[:1000] + DATA[2000:], "in place of .*; there stands what belongs to byte 2,000$"),
        (DATA[:1000] + DATA[500:], "in place of .*; there stands what belongs to byte 500, and was there already"),
    ],
)
def test_bytes_tell_where_they_begin_to_differ(found: bytes, told: str) -> None:
    matcher = same_bytes(DATA)
    assert matcher.shown and matcher.accepts(found) == (told == "the same")
    assert matcher.shown(found) == told or re.search(told, matcher.shown(found))


@pytest.mark.parametrize(
    ("wanted", "found", "told"),
    [
        (b"Message received", b"Message received\n", "b'Message received\\n': 1 byte more at the end: 0x0a (line feed)"),
        (b"Message received", b"Message received\0", "b'Message received\\x00': 1 byte more at the end: 0x00 (NUL)"),
        (b"Message received", b"", "nothing"),
        ("hi\n", "hi", "'hi': the end is missing: 0x0a (line feed)"),
        ("hi", "> hi", "'> hi': 2 bytes more before it: 0x3e 0x20 ('>', space)"),
        ("hi", "ho", "ho"),
        ("hi", "Welcome!\nhi", "'Welcome!\\nhi': 9 bytes more before it: b'Welcome!\\n'"),
        ("none", "sendto(" + 90 * "x" + ")", "sendto(" + 90 * "x" + ")"),
    ],
)
def test_one_byte_too_many_or_too_few_is_named(wanted: str | bytes, found: str | bytes, told: str) -> None:
    assert equals(wanted).told(found)[1] == told


def test_lines_in_another_order_and_text_are_told_as_such() -> None:
    matcher = same_bytes(b"one\ntwo\nthree\n")
    assert matcher.told(b"three\ntwo\none\n")[1] == "the same 3 lines in another order: line 1 is what should be line 3"
    assert "byte 4 is the first wrong one: 'Two\\nthree\\n' in place of 'two\\nthree\\n'" in matcher.told(b"one\nTwo\nthree\n")[1]


def test_what_a_frame_carries_is_told_against_its_size() -> None:
    assert against_size(b"Message received\n", 16) == "b'Message received', and behind it 1 byte more: 0x0a (line feed)"
    assert against_size(b"hi\r\n", 2) == "b'hi', and behind it 2 bytes more: 0x0d 0x0a (carriage return, line feed)"
    assert against_size(b"hi\n", 0) == "b'hi\\n', which ends in 0x0a (line feed)" and against_size(b"hi", 4) == "b'hi'"


SIZE = 40
CLIP = random.Random(2).randbytes(10 * SIZE) + bytes(5 * SIZE) + random.Random(3).randbytes(5 * SIZE)
ALL = [CLIP[at : at + 30] for at in range(0, len(CLIP), SIZE)]


@pytest.mark.parametrize(
    ("order", "told"),
    [
        (range(20), "up to no. 20 of the clip all passed once, in their turn"),
        ([*range(3), *range(5, 20)], "up to no. 20 of the clip 2 missing (no. 4, 5)"),
        ([0, 0, 1, 1, *range(2, 20)], "up to no. 20 of the clip 2 doubled (no. 1, 2)"),
        ([*range(6), 8, 7, 6, *range(9, 20)], "up to no. 20 of the clip 2 out of turn (no. 8, 7)"),
        ([*range(10), *range(13, 20)], "up to no. 20 of the clip 3 missing (no. 13, 14, 15)"),
        ([*range(12), 11, *range(12, 20)], "up to no. 20 of the clip 1 doubled (no. 11)"),
        ([*range(8), 4, *range(8, 12)], "up to no. 10 of the clip 1 doubled (no. 5)"),
        (range(5, 9), "up to no. 9 of the clip all passed once, in their turn"),
        ([*range(0, 10, 2), 15], "up to no. 16 of the clip 10 missing (no. 2, 4, 6, 8, 10 to 15)"),
    ],
)
def test_datagrams_are_told_by_number(order: range, told: str) -> None:
    assert str(passed(CLIP, [ALL[number] for number in order], SIZE)) == told


def test_many_datagrams_are_told_by_their_rule() -> None:
    assert str(Passed(missing=[*range(50, 500, 50)], last=500)) == "up to no. 500 of the clip 9 missing (no. 50 to 450, one in 50)"
    assert str(Passed(doubled=[*range(2, 262), 300], last=500)) == "up to no. 500 of the clip 261 doubled (no. 2 to 261, 300)"


def test_datagrams_of_another_content() -> None:
    assert str(passed(CLIP, [ALL[0], b"x" * 30, ALL[1]], SIZE)) == "up to no. 2 of the clip 1 with what the clip has not"


_SILENT = """
import socket, sys, time
listening = socket.create_server(("", 1234))
client, _ = listening.accept()
print("here", flush=True)
time.sleep(60)
"""
_BRIEF = """
import socket, sys
client, _ = socket.create_server(("", 1235)).accept()
try:
    while client.recv(10): pass
except ConnectionResetError:
    sys.exit(print("bye") or 3)
"""
_RESETS = """
import socket, struct, sys
connection = socket.create_connection((sys.argv[1], 1235))
connection.sendall(b"one")
connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
"""
_CLIENT = """
import signal, socket, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
connection = socket.create_connection((sys.argv[1], 1234))
print("ready", flush=True)
for line in sys.stdin: connection.sendall(line.encode())
signal.pause()
"""


def instead() -> None:
    with judged_lab() as lab:
        asked = []
        lab.expect(1, equals(1), "holds", hint=lambda: asked.append(1) or "never")
        assert not asked and lab.expectations[-1].hint == ""
        lab.expect(1, equals(2), "fails", hint=lambda: "two were sent")
        lab.expect_soon(lambda: 1, equals(2), "fails", deadline=0.01, hint=lambda: "two were sent")
        assert [row.hint for row in lab.expectations[-2:]] == ["two were sent"] * 2
        lab.expect(b"ab", same_bytes(b"abc"), "bytes")
        assert lab.expectations[-1].found == "2 bytes: the first ones of them, and nothing behind"
        with pytest.raises(DeadlinePassed, match="^waited 0.1 s in vain for rain: the sun shines$"):
            lab.until(lambda: False, "rain", 0.1, details=lambda: "the sun shines")
        for host in (lab.h1, lab.h2):
            lab.record(host.node.defaultIntf(), 0)
        start(lab.h1, PYTHON, "-c", _SILENT).wait_listening(1234)
        client = start(lab.h2, PYTHON, "-c", _CLIENT, str(lab.h1))
        client.wait_for_text("ready")
        own = r"\n    . ready\n    h2-netcat on h2 runs.*; its connections: ESTABLISHED with h1 port 1234(; was typed 'x\\n')?; got nothing; sent "
        server = r"h1-netcat on h1 runs, and waits in \w+; listens on tcp 0\.0\.0\.0 port 1234; its connections: ESTABLISHED with h2 port \d+"
        with pytest.raises(DeadlinePassed, match=f"to print /rain/{own}nothing\n    {server}; got nothing; sent nothing; printed last 'here'$"):
            client.wait_for_text("rain", 0.1)
        sent = rf"2 bytes to h1 port 1234, at \d+\.\d+ s, b'x\\n'\n    {server}, 2 bytes of it not received yet; got 2 bytes from h2 port \d+, at .*'; sent nothing"
        with pytest.raises(DeadlinePassed, match=f"to answer 'x': it runs, and printed nothing; nobody answers{own}{sent}"):
            client.ask("x", deadline=0.1, details=lambda: "nobody answers")
        with pytest.raises(DeadlinePassed, match=f"(?s)in vain for rain\n.*{server}"):
            lab.until(lambda: False, "rain", 0.1)
        client.interrupt()
        with pytest.raises(DeadlinePassed, match=f"to end: it still runs after Ctrl.C{own}"):
            client.wait(0.1)
        assert lab.h1.kept_back() == ""
        lab.h1.run("nft", "add table ip t; add chain ip t c { type filter hook input priority 0; }; add rule ip t c udp dport 5 drop")
        assert lab.h1.kept_back() == "h1's packet filter: udp dport 5 drop"
        with pytest.raises(DeadlinePassed, match="h1's packet filter: udp dport 5 drop"):
            lab.until(lambda: False, "rain", 0.1)
        brief = start(lab.h1, PYTHON, "-c", _BRIEF).wait_listening(1235)
        gone = start(lab.h2, PYTHON, "-c", _RESETS, str(lab.h1))
        gone.wait()
        assert "; sent 3 bytes to h1 port 1235" in gone.state(), "of what its host sent while it ran"
        brief.wait()
        ended = rf"{brief} ended with status 3, seen at \d+\.\d+ s; got 3 bytes from h2 .*; a reset came from h2 at \d+\.\d+ s\n    \| bye"
        with pytest.raises(DeadlinePassed, match=f"to end: it still runs after Ctrl.C(?s:.*){ended}"):
            client.wait(0.1)
        lab.expect(brief.wait(), equals(0), "its status")
        assert lab.expectations[-1].hint.endswith("; printed last 'bye'")
        other = start(lab.h1, PYTHON, "-c", "import socket; socket.create_server(('', 1234))")
        with pytest.raises(DeadlinePassed, match=r"(?s); sockets of h1 with this port: 1 in state LISTEN, 1 in state ESTABLISHED.*Address already in use"):
            other.wait_listening(1234)


def test_what_there_was_instead() -> None:
    run(instead)
