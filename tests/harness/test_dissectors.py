"""The dissectors of captures/dissectors/: loaded by themselves where they are needed, for every user, and right."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

from harness.evidence.capture import dissectors
from harness.evidence.capture.display_filter import FilterError
from harness.evidence.capture.dissectors import DISSECTORS, Dissector
from harness.evidence.capture.packets import FIELDS, Packets

CHAT = pathlib.Path(__file__).resolve().parent / "captures" / "mcast_chat.pcap"
_WIRESHARK_TYPES = {
    "number": {"FT_UINT8", "FT_UINT16", "FT_UINT24", "FT_UINT32", "FT_INT8", "FT_INT16", "FT_INT24", "FT_INT32", "FT_FRAMENUM", "FT_BOOLEAN"},
    "string": {"FT_STRING", "FT_STRINGZ"},
    "address": {"FT_IPv4", "FT_IPv6"},
}  # fmt: skip


@pytest.fixture(scope="module")
def chat() -> Packets:
    return Packets.decode(CHAT, "h1-eth0")


def _tshark(*words: object, under: tuple[str, ...] = ()) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*under, "tshark", *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


@pytest.fixture()
def students_home(tmp_path: pathlib.Path) -> pathlib.Path:
    """A home folder with the scripts where docs/dissectors.md has students put them."""
    folder = tmp_path / ".local" / "lib" / "wireshark" / "plugins"
    folder.mkdir(parents=True)
    for dissector in DISSECTORS:
        shutil.copy(dissector.file, folder)
    return tmp_path


@pytest.mark.parametrize("dissector", DISSECTORS, ids=lambda dissector: dissector.file.name)
def test_what_a_script_declares_is_what_tshark_knows(dissector: Dissector, students_home: pathlib.Path) -> None:
    """The harness reads declarations from the script's text; here Wireshark's Lua has run it."""
    listing = _tshark("-G", "fields", under=("env", f"HOME={students_home}"))
    assert listing.returncode == 0 and "lua" not in listing.stderr.lower(), listing.stderr
    rows = [line.split("\t") for line in listing.stdout.splitlines()]
    assert {row[2] for row in rows if row[0] == "P"} >= set(dissector.protocols) != set()
    known = {row[2]: row[3] for row in rows if row[0] == "F"}
    assert dissector.fields and dissector.fields.keys() <= known.keys()
    for field, kind in dissector.fields.items():
        assert known[field] in _WIRESHARK_TYPES[kind], field
    readable = set().union(*_WIRESHARK_TYPES.values())
    own = {field for field, type in known.items() if field.split(".")[0] in dissector.protocols and type in readable}
    assert own <= dissector.fields.keys(), "a field that Wireshark knows and the harness does not"
    assert not dissector.fields.keys() & set(FIELDS)


def test_messages_of_the_chat(chat: Packets) -> None:
    rows = [
        tuple(packet[f"mcast_chat.{field}"] for field in ("type", "name", "text", "interval"))
        for packet in chat.where('mcast_chat.version == "1"')
        if packet.number <= 11
    ]
    assert rows == [
        ("JOIN", "ana", None, None),
        ("TEXT", "ana", "hello; all", None),
        ("TEXT", "ana", 'wörld "q" \\ x\\tt', None),
        ("LEAVE", "ana", None, None),
        ("JOIN", "zoë", None, 10),
        ("TEXT", "zoë", "hi", None),
        ("LEAVE", "zoë", None, None),
        ("JOIN", "leo", None, 1),
        ("TEXT", "leo", "elsewhere", None),
        ("ALIVE", "leo", None, 1),
        ("LEAVE", "leo", None, None),
    ]


@pytest.mark.parametrize(
    ("filter", "numbers"),
    [
        ('mcast_chat.type == "JOIN" && frame.number <= 11', [1, 5, 8]),
        ('mcast_chat.type in {"JOIN", "LEAVE"} && mcast_chat.name == "leo"', [8, 11]),
        ('mcast_chat.text == "hello; all"', [2]),
        ('mcast_chat.text == "wörld \\"q\\" \\\\ x\\tt"', None),
        ('mcast_chat.name == "zoë" && ipv6', [5, 6, 7]),
        ('mcast_chat.name == "ZOË"', []),
        ("mcast_chat.interval >= 2", [5]),
        ("mcast_chat && udp.dstport == 6000", [8, 9, 10, 11]),
        ("udp && !mcast_chat", [12, 24, 25]),
        ('mcast_chat.type != "TEXT" && frame.number < 9', [1, 4, 5, 7, 8]),
        ('mcast_chat.version == "2"', [15]),
    ],
)
def test_filters_choose_what_wireshark_chooses(chat: Packets, filter: str, numbers: list[int] | None) -> None:
    shown = _tshark(*dissectors.options(DISSECTORS), "-n", "-r", CHAT, "-Y", filter, "-T", "fields", "-e", "frame.number")
    if numbers is None:  # a tab, which our table has as \\t
        assert shown.stdout.split() == ["3"]
        return
    assert [int(word) for word in shown.stdout.split()] == numbers, shown.stderr
    assert [packet.number for packet in chat.where(filter)] == numbers


@pytest.mark.parametrize(
    ("filter", "reason"),
    [
        ("mcast_chat.type == JOIN", "mcast_chat.type is a text, so JOIN wants quotes"),
        ('mcast_chat.type > "JOIN"', "has no order"),
        ("mcast_chat.typ", "the field 'mcast_chat.typ' is not decoded"),
        ('mcast_chat.interval == "10"', "whole number"),
    ],
)
def test_wrong_filters_are_refused(chat: Packets, filter: str, reason: str) -> None:
    with pytest.raises(FilterError, match=reason):
        chat.where(filter)


def test_bad_datagrams_are_marked() -> None:
    shown = _tshark(*dissectors.options(DISSECTORS), "-n", "-r", CHAT, "-Y", "_ws.expert", "-T", "fields", "-e", "frame.number", "-e", "_ws.expert.message")
    marks = dict(line.split("\t") for line in shown.stdout.splitlines())
    assert {int(number) for number in marks} == {13, 14, 15, 16, 18, 19, 20, 21, 23}
    assert marks["23"] == "Longer than 1024 bytes" and marks["15"] == "Another version" and marks["14"] == "Unknown type"


def test_the_info_column_is_for_people(chat: Packets) -> None:
    assert [packet.info for packet in chat][:6] == ["ana joins", "ana: hello; all", 'ana: wörld "q" \\ x\\tt', "ana leaves", "zoë joins", "zoë: hi"]
    assert chat[12].info == "malformed: no name"


def test_captures_without_the_protocol_do_not_pay(tmp_path: pathlib.Path) -> None:
    other = tmp_path / "other.pcap"
    subprocess.run(["editcap", "-F", "pcap", "-r", CHAT, other, "12", "25"], check=True)
    chat = next(dissector for dissector in DISSECTORS if dissector.file.stem == "mcast_chat")
    assert not chat.concerns(other) and chat.concerns(CHAT) and not chat.concerns(tmp_path / "missing.pcap")
    packets = Packets.decode(other)
    assert len(packets) == 2
    assert len(packets.where('mcast_chat.type == "JOIN"')) == len(packets.where("mcast_chat.interval > 0")) == len(packets.where("mcast_chat")) == 0
    assert packets[0]["mcast_chat.type"] is None and packets.occurrences("mcast_chat.name") == [[], []]


def test_a_copy_in_the_users_own_folder_does_no_harm(students_home: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(students_home))
    assert len(Packets.decode(CHAT).where('mcast_chat.type == "LEAVE"')) == 4


def test_a_script_without_a_signature_is_for_all_captures(tmp_path: pathlib.Path) -> None:
    script = tmp_path / "a.lua"
    script.write_text('local p = Proto("a_b", "A")\nf = ProtoField.uint8("a_b.n", "N")\ng = ProtoField.bytes ("a_b.x")\nh = ProtoField.ipv4( "a_b.at")\n')
    dissector = Dissector.read(script)
    assert dissector.protocols == ("a_b",) and dissector.fields == {"a_b.n": "number", "a_b.at": "address"}
    assert dissector.concerns(tmp_path / "missing.pcap")


@pytest.mark.parametrize("user", ["root", "ordinary"])
def test_scripts_are_loaded_for_every_user(user: str) -> None:
    """Wireshark can be told to refuse Lua to root; and an ordinary user's tshark reads the same files."""
    is_root = os.geteuid() == 0
    if user == "root":
        under = () if is_root else ("unshare", "--user", "--map-root-user")
    else:
        under = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups") if is_root else ()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        for file in (CHAT, *(dissector.file for dissector in DISSECTORS)):
            shutil.copy(file, folder)
        scripts = [word for file in sorted(folder.glob("*.lua")) for word in ("-X", f"lua_script:{file}")]
        under = ("env", f"HOME={folder}", *under)
        shown = _tshark(*scripts, "-r", folder / CHAT.name, "-Y", 'mcast_chat.type == "ALIVE"', "-T", "fields", "-e", "mcast_chat.name", under=under)
    assert shown.stdout.split() == ["leo", "ana"], shown.stderr
