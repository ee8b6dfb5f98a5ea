"""Our display filters choose the same packets as Wireshark's, or refuse with a sentence."""

from __future__ import annotations

import pathlib
import re
import struct
import subprocess

import hypothesis
import hypothesis.strategies as st
import pytest

from harness.evidence.capture.display_filter import FilterError
from harness.evidence.capture.packets import MARKER_ETHERTYPE, Packets
from tests.harness.varied_capture import varied_capture

_NUMBERS = {
    "frame.len": [42, 60, 98, 1514], "eth.type": [0x800, 0x806, 0x86DD], "arp.opcode": [1, 2], "ip.proto": [1, 2, 6, 17],
    "ip.ttl": [1, 63, 64], "ip.id": [0, 1], "ip.len": [28, 60, 84, 1500], "ip.frag_offset": [0, 1480, 2960],
    "ipv6.hlim": [1, 64, 254], "icmp.type": [0, 3, 8, 11], "icmp.code": [0, 1, 3], "icmpv6.type": [128, 129, 135],
    "udp.srcport": [5000], "udp.dstport": [9, 5000], "udp.length": [8, 18], "udp.port": [9, 5000], "tcp.stream": [0, 2, 3],
    "tcp.srcport": [81, 8000], "tcp.dstport": [81, 8000], "tcp.port": [81, 8000], "tcp.flags": [2, 0x10, 0x18], "tcp.len": [0, 1448],
    "tcp.seq": [0, 1, 130], "tcp.ack": [0, 1, 130], "tcp.window_size": [0, 64240],
}  # fmt: skip
_FLAGS = ["tcp.flags.syn", "tcp.flags.fin", "tcp.flags.reset", "tcp.flags.push", "tcp.flags.ack", "ip.flags.mf"]
_ADDRESSES = {
    "ip.src": ["10.0.1.1", "10.0.2.1", "10.0.1.254"], "ip.dst": ["10.0.1.1", "172.16.0.1", "224.0.0.22"],
    "ip.addr": ["10.0.2.1", "10.0.1.254"], "ipv6.src": ["fe80::200:ff:fe00:101", "ff02::1"], "ipv6.addr": ["FF02:0::1"],
    "eth.src": ["00:00:00:00:01:01"], "eth.dst": ["ff:ff:ff:ff:ff:ff"], "eth.addr": ["00:00:00:00:01:FE"],
}  # fmt: skip
_PRESENT = ["arp", "ip", "ipv6", "icmp", "icmpv6", "igmp", "udp", "tcp", "http", "dns", "data", "frame", "tcp.analysis.retransmission",
            "tcp.analysis.zero_window", "igmp.maddr"]  # fmt: skip
_NO_MARKER = f"!(eth.type == {MARKER_ETHERTYPE:#x})"
_OPERATORS = ["==", "!=", "<", "<=", ">", ">=", "eq", "ne", "lt", "le", "gt", "ge"]


@st.composite
def _number_comparison(draw: st.DrawFn) -> str:
    field = draw(st.sampled_from(sorted(_NUMBERS)))
    value = draw(st.sampled_from(_NUMBERS[field])) + draw(st.sampled_from([0, 0, 0, 1]))
    written = draw(st.sampled_from([str, hex]))(value)
    bits = draw(st.sampled_from(["", "", "", " & 0x12", "&1"]))
    gap = draw(st.sampled_from([" ", "  "]))
    return f"{field}{bits}{gap}{draw(st.sampled_from(_OPERATORS))}{gap}{written}"


@st.composite
def _address_comparison(draw: st.DrawFn) -> str:
    field = draw(st.sampled_from(sorted(_ADDRESSES)))
    return f"{field} {draw(st.sampled_from(['==', '!=', 'eq', 'ne']))} {draw(st.sampled_from(_ADDRESSES[field]))}"


@st.composite
def _one_value_set(draw: st.DrawFn) -> str:
    field = draw(st.sampled_from(sorted(_NUMBERS)))
    low, high = sorted(draw(st.tuples(*[st.sampled_from(_NUMBERS[field])] * 2)))
    return f"{field} in {{{low}..{high}}}" if draw(st.booleans()) else f"{field} in {{{low}}}"


_ATOMS = st.one_of(
    _number_comparison(),
    _address_comparison(),
    _one_value_set(),
    st.sampled_from(_PRESENT),
    st.sampled_from(_FLAGS).flatmap(lambda flag: st.sampled_from([f"{flag} == 1", f"{flag} == 0", flag, f"{flag} == True"])),
)
_FILTERS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" and ", " or ", " && ", " || ", "||"]), inner).map("".join),
        st.tuples(st.sampled_from(["!", "not "]), inner).map(lambda pair: f"{pair[0]}({pair[1]})"),
        inner.map(lambda text: f"({text})"),
        st.tuples(st.sampled_from(["!", "not "]), _ATOMS).map("".join),
    ),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Packets:
    """The varied capture with one packet each second, so that tshark's statistics per second tell packets apart."""
    file = tmp_path_factory.mktemp("filters") / "varied.pcap"
    subprocess.run(["editcap", "-F", "pcap", varied_capture(), file], check=True)
    data = bytearray(file.read_bytes())
    position, count = 24, 0
    while position < len(data):
        size = struct.unpack_from("<I", data, position + 8)[0]
        struct.pack_into("<II", data, position, 1_700_000_000 + count, 500_000 if count else 0)
        position, count = position + 16 + size, count + 1
    file.write_bytes(data)
    decoded = Packets.decode(file)
    assert len(decoded) > 50
    return decoded


def _tshark_masks(file: pathlib.Path, filters: list[str]) -> list[list[int]]:
    """For each filter the numbers of the packets it chooses, by one run of tshark."""
    command = ["tshark", "-n", "-r", str(file), "-q", "-z", "io,stat,1," + ",".join(f"({text}) && {_NO_MARKER}" for text in filters)]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    assert shown.returncode == 0, f"{filters}: {shown.stderr}"
    chosen: list[list[int]] = [[] for _ in filters]
    for line in shown.stdout.splitlines():
        row = re.match(r"\|\s*(\d+) <>\s*(?:\d+|Dur)\s*\|(.*)\|$", line)
        if row:
            counts = row.group(2).split("|")[::2]
            assert len(counts) == len(filters), line
            for numbers, count in zip(chosen, counts):
                numbers += [int(row.group(1)) + 1] * int(count)
    return chosen


@hypothesis.settings(max_examples=12, deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
@hypothesis.given(st.lists(_FILTERS, min_size=20, max_size=20))
def test_agrees_with_tshark(table: Packets, filters: list[str]) -> None:
    assert table.file
    for text, expected in zip(filters, _tshark_masks(table.file, filters)):
        assert [packet.number for packet in table.where(text)] == expected, text


@pytest.mark.parametrize(
    "text",
    ["tcp.port in {81, 8000}", "icmp.type in {0,8,11}", "frame.len in {42, 60..100 , 1514}", "ip.addr in {10.0.1.254, 172.16.0.1}",
     "!tcp.port in {81, 82} && tcp", "tcp.dstport==81||udp.dstport==9", "udp and not udp.dstport == 5000 or icmp.type == 3",
     "not icmp and ip.proto == 1", 'frame.protocols == "eth:ethertype:arp"'],
)  # fmt: skip
def test_agrees_with_tshark_on(table: Packets, text: str) -> None:
    """Filters with commas, which tshark's statistics cannot take."""
    command = ["tshark", "-n", "-r", str(table.file), "-Y", f"({text}) && {_NO_MARKER}", "-T", "fields", "-e", "frame.number"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert [str(packet.number) for packet in table.where(text)] == shown.stdout.split()
    assert shown.stdout.split(), "a filter that chooses nothing shows nothing"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("tcp.len >", "it ends too early"),
        ("(tcp", "')' is missing"),
        ("tcp)", "')' is too much"),
        ("tcp tcp", "'tcp' is too much"),
        ("== 3", "a field name is missing before '=='"),
        ("tcp.len == ==", "a value is missing after 'tcp.len'"),
        ("tcp.lenght > 0", "the field 'tcp.lenght' is not decoded"),
        ("upd", "the field 'upd' is not decoded"),
        ("tcp.len == many", "tcp.len is a whole number, many is not"),
        ("tcp.len == 1.5", "tcp.len is a whole number, 1.5 is not"),
        ("tcp.dstport == 080", "tcp.dstport is a whole number, 080 is not"),
        ("ip.src == h1", "ip.src is an address, h1 is none"),
        ("ip.src == 10.0.0.0/8", "ip.src is an address, 10.0.0.0/8 is none"),
        ('ip.src == "10.0.0.1"', 'ip.src is an address, "10.0.0.1" is none'),
        ("frame.protocols == arp", "arp wants quotes"),
        ("ip.src > 10.0.0.1", "ip.src has no order"),
        ("ip.src in {10.0.0.1..10.0.0.9}", "ip.src has no order"),
        ("tcp.port in {}", "a value is missing"),
        ("tcp.port in {80 81}", "',' is missing"),
        ("tcp.port in 80", "'{' is missing"),
        ("tcp == 1", "'tcp' is a protocol"),
        ("tcp.analysis.retransmission == 1", "is there or not"),
        ("tcp[13] == 2", "cannot read 'tcp[13] == 2'"),
        ("http contains \"x\"", "'contains' is too much"),
    ],
)  # fmt: skip
def test_refuses_with_a_sentence(table: Packets, text: str, reason: str) -> None:
    with pytest.raises(FilterError) as caught:
        table.where(text)
    assert reason in str(caught.value) and text in str(caught.value)


def test_empty_filter_chooses_all(table: Packets) -> None:
    assert len(table.where("")) == len(table)
