"""Loss by rule: what a rule may say, what `wire` is told of it, and links that lose the packets it names."""

from __future__ import annotations

import json
import pathlib
import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.judge import scenario
from harness.judge.result import Verdict
from harness.run.runner import Item, Runner
from harness.world import machine
from harness.world.links import Link, LinkError, UnsupportedLink, rules
from harness.world.links.link import read
from harness.world.links.summary import summary
from harness.world.links.wire_config import change_config, config, describe
from harness.world.network import Network, probe
from harness.world.network.namespaces import visiting
from harness.world.outline import outline
from tests.harness.link_traffic import Pair, exchange, lost_by, pair
from tests.harness.network_cell import run
from topologies.single import Single

ROOT = pathlib.Path(__file__).resolve().parents[2]
WRONG = ROOT / "tests" / "harness" / "programs" / "wire_wrong.py"
SYN, SYN_ACK, PAYLOAD = 2, 18, 4


def told(text: str) -> dict:
    """What `wire` is told of a rule."""
    (rule,) = rules.read("lose", text)
    assert str(rule) == text
    return rule.config


@pytest.mark.parametrize(
    "text, expected",
    [
        ("first ACK", {"flags": "ACK", "first": 1}), ("ACK, first", {"flags": "ACK", "first": 1}), ("  ACK ,first  ", {"flags": "ACK", "first": 1}),
        ("first 3 SYN/ACK", {"flags": "SYN/ACK", "first": 3}), ("tcp and SYN, 2nd", {"protocol": "tcp", "flags": "SYN", "nth": 2}),
        ("udp and payload starts DATA, every 7th", {"protocol": "udp", "payload": "44415441", "every": 7}),
        ("1st data", {"data": True, "nth": 1}), ("111th data", {"data": True, "nth": 111}), ("every 22nd data", {"data": True, "every": 22}),
        ("all arp", {"protocol": "arp", "every": 1}), ("icmp, all", {"protocol": "icmp", "every": 1}),
        ("first 3 port 12800", {"port": 12800, "first": 3}), ("from port 0 and to port 65535, all", {"from_port": 0, "to_port": 65535, "every": 1}),
        ("FIN and data and port 5, 3rd", {"flags": "FIN", "data": True, "port": 5, "nth": 3}), ("all RST", {"flags": "RST", "every": 1}),
        ("""payload starts "it's, 1", all""", {"payload": "it's, 1".encode().hex(), "every": 1}), ("payload starts 'a\"b', all", {"payload": "612262", "every": 1}),
        ("payload starts 0x00fF and udp, all", {"payload": "00ff", "protocol": "udp", "every": 1}),
        ("payload starts '0x00', all", {"payload": "30783030", "every": 1}), ("payload starts žluť, all", {"payload": "žluť".encode().hex(), "every": 1}),
        ("payload starts and, all", {"payload": "616e64", "every": 1}),
    ],
)  # fmt: skip
def test_rule(text: str, expected: dict) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "it ends too early; there may stand tcp, udp, .*; first, first 3, 2nd"), ("first", "it ends too early; there may stand tcp"),
        ("ACX, first", "'ACX' is not understood; there may stand tcp, udp, icmp, arp, SYN, SYN/ACK, ACK, FIN, RST, data, port 80"),
        ("first ack", "'ack' is not understood"), ("udp", "it ends too early; there may stand 'and'; a comma, and behind it first"),
        ("udp, sometimes", "'sometimes' is not understood; there may stand first, first 3, 2nd, every 7th, all"), ("udp first", "'first' is not"),
        ("tcp SYN, all", "'SYN' is not understood; there may stand 'and'"), ("udp and", "it ends too early; there may stand tcp"),
        ("udp or tcp, all", "'or' is not understood; there may stand 'and'"), ("SYN-ACK, first", "'SYN-ACK' is not understood"),
        ("first udp, all", "',' is not understood; there may stand 'and', the end"), ("udp, all all", "'all' is not understood; there may stand the end"),
        ("udp,, all", "',' is not understood"), ("from 80, all", "'80' is not understood; there may stand 'port'"),
        ("port 65536, all", "'65536' is not understood; there may stand a port, 0 to 65535"), ("to port ssh, all", "'ssh' is not"), ("port, all", "',' is not"),
        ("payload DATA, all", "'DATA' is not understood; there may stand 'starts'"), ("payload starts, all", "',' is not understood; there may stand a word"),
        ("payload starts 0x0, all", "'0x0' is not understood; there may stand a word, .* 0x00ff"), ("payload starts 0xgg, all", "'0xgg' is not"),
        ("payload starts '', all", "is not understood"), ("payload starts '\x07', all", "for what cannot be printed"), (f"payload starts {'x' * 257}, all", "256 bytes"),
        ("payload starts 'x, all", "the quote before 'x, all' is not closed"),
        ("every 7 udp", "'7' is not understood; there may stand 2nd, 3rd, 7th"), ("2th SYN", "'2th' is not understood; there may stand 2nd"),
        ("11st SYN", "there may stand 11th"), ("0th SYN", "'0th' is not"), ("first 0 SYN", "'0' is not"), ("9999999999th SYN", "is not understood"),
        ("udp and udp, all", "'udp' stands there twice"), ("port 5 and port 6, all", "'port' stands there twice"),
        ("udp and SYN, all", "'SYN' cannot stand beside 'udp': no packet is both"), ("SYN and FIN, all", "'FIN' cannot stand beside 'SYN'"),
        ("first ACK and data", "'data' cannot stand beside 'ACK'"), ("first ACK and payload starts x", "'payload starts' cannot stand beside 'ACK'"),
        ("arp and port 5, all", "'port' cannot stand beside 'arp'"), ("payload starts x and icmp, all", "'icmp' cannot stand beside 'payload starts'"),
    ],
)  # fmt: skip
def test_mistake(text: str, words: str) -> None:
    """The rule is named, the word, and what may stand in its place; with the link, wherever rules are given."""
    with pytest.raises(LinkError, match=words) as caught:
        rules.read("lose", text)
    assert f"lose={text!r}: " in str(caught.value)
    for options in ({"lose": ["first SYN", text]}, {"backward": {"lose": text}}, {"schedule": [{"at": 3, "lose": text}]}):
        with pytest.raises(LinkError, match=f"^link h1-s1: .*{words}"):
            read("h1-s1", options)


@pytest.mark.parametrize("value", [3, 0.01, True, {}, [], ["first SYN", 3], [["first SYN"]], ["first SYN"] * 65, b"first SYN"])
def test_what_is_no_rule(value: object) -> None:
    with pytest.raises(LinkError, match="^lose=.* is neither a rule such as 'first ACK'.* nor a list of 1 to 64 of them"):
        Link(lose=value)


PARTS = ["tcp", "udp", "icmp", "arp", "SYN", "SYN/ACK", "ACK", "FIN", "RST", "data", "port", "from", "to", "80", "payload", "starts", "DATA", "'a b'", "0x00",
         "and", ",", "first", "3", "2nd", "every", "7th", "all"]  # fmt: skip
ORDINALS = st.integers(1, 10**9 - 1).map(lambda n: f"{n}{'th' if n % 100 in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}")
PAYLOADS = st.one_of(
    st.binary(min_size=1, max_size=256).map(lambda data: (f"0x{data.hex()}", data)),
    st.text(st.characters(blacklist_categories=("C", "Z"), blacklist_characters="\"',"), min_size=1, max_size=60)
    .filter(lambda text: not text.startswith("0x")).map(lambda text: (text, text.encode())),
    st.text(st.characters(blacklist_categories=("C", "Zl", "Zp", "Zs"), blacklist_characters='"', whitelist_characters=" "), min_size=1, max_size=60)
    .map(lambda text: (f'"{text}"', text.encode())),
)  # fmt: skip


@st.composite
def written_rules(draw: Callable) -> tuple[str, dict]:
    """A rule that is right, and what `wire` is to be told."""
    port, (payload, data) = draw(st.integers(0, 65535)), draw(PAYLOADS)
    kind = draw(st.sampled_from(["tcp", "udp", "icmp", "arp", "", "flags"]))
    found: dict = {kind: {"protocol": kind}} if kind not in ("", "flags") else {}
    if kind in ("tcp", "flags"):
        flags = draw(st.sampled_from(["SYN", "SYN/ACK", "FIN", "RST"]))
        found |= {flags: {"flags": flags}} | ({"data": {"data": True}} if draw(st.booleans()) else {})
    more = {f"port {port}": {"port": port}, f"from port {port}": {"from_port": port}, f"to port {port}": {"to_port": port},
            f"payload starts {payload}": {"payload": data.hex()}}  # fmt: skip
    if kind not in ("icmp", "arp"):
        found |= {name: more[name] for name in draw(st.lists(st.sampled_from(sorted(more)), unique=True, min_size=0 if found else 1))}
    number, ordinal = draw(st.integers(1, 10**9 - 1)), draw(ORDINALS)
    which = draw(st.sampled_from([("first", {"first": 1}), (f"first {number}", {"first": number}), (ordinal, {"nth": int(ordinal[:-2])}),
                                  (f"every {ordinal}", {"every": int(ordinal[:-2])}), ("all", {"every": 1})]))  # fmt: skip
    conditions = " and ".join(draw(st.permutations(sorted(found))))
    text = draw(st.sampled_from([f"{which[0]} {conditions}", f"{conditions}, {which[0]}", f" {conditions}\n,\t{which[0]} "]))
    return text, {name: value for one in found.values() for name, value in one.items()} | which[1]


@settings(deadline=None)
@given(written_rules())
def test_what_is_written_is_what_wire_is_told(rule: tuple[str, dict]) -> None:
    assert told(rule[0]) == rule[1]


@settings(deadline=None, max_examples=400)
@given(st.one_of(st.lists(st.sampled_from(PARTS), max_size=12).map(" ".join), st.text(max_size=30)))
def test_a_text_is_a_rule_or_an_error(text: str) -> None:
    try:
        found = told(text)
    except LinkError as error:
        assert str(error).startswith(f"lose={text!r}: ")
    else:
        assert len(found) >= 2 and len({"first", "nth", "every"} & found.keys()) == 1


@settings(deadline=None, max_examples=20)
@given(st.lists(written_rules().map(lambda rule: rule[0]), min_size=1, max_size=64))
def test_wire_takes_every_rule(texts: list[str]) -> None:
    """A configuration that it does not take ends it with 2; this one names interfaces that there are not."""
    given = json.dumps({"lose": [rule.config for rule in rules.read("lose", texts)]})
    program = str(machine.programs_folder() / "wire")
    ended = subprocess.run([program, "nowhere-a", "nowhere-b", "--forward", given], capture_output=True, text=True, timeout=10, check=False)
    assert ended.returncode == 1 and "lose" not in ended.stderr, ended.stderr


def test_examples_of_the_documentation() -> None:
    """What stands there can be copied."""
    found = 0
    for name in ("links.md", "reference.md", "writing-a-scenario.md"):
        for lose in re.findall(r'lose"?[=:] ?(\[[^]]*\]|"[^"]*")', (ROOT / "docs" / name).read_text()):
            found += len(rules.read("lose", json.loads(lose)))
    assert found >= 10


def test_words_for_the_link() -> None:
    options = {"delay": 5, "lose": ["first SYN", "udp and payload starts DATA, every 7th"]}
    wish = read("h1-s1", options)
    assert describe(wish, wish.forward, 1) == "wire delay 5 ms, lose 'first SYN', lose 'udp and payload starts DATA, every 7th'"
    assert summary(wish.forward)["lose"] == options["lose"] and not wish.forward.random
    link = outline(Single(2, **options))["links"][0]
    assert "lose 'first SYN'" in link["shaper"] and link["lose"] == options["lose"]


def test_what_wire_is_told() -> None:
    """Rules hold when the scenario has begun; set again, they are told again."""
    wish = read("h1-s1", {"loss": 1, "backward": {"lose": "all arp"}, "schedule": [{"at": 3, "lose": "all arp", "direction": "backward"}]})
    arp = [{"protocol": "arp", "every": 1}]
    begun = config(wish, 7, True)
    assert "lose" not in begun["forward"] and begun["backward"]["lose"] == arp
    assert begun["schedule"] == [{"at": 3.0, "direction": "backward", "lose": arp}]
    assert "lose" not in config(wish, 7, False)["backward"]
    ruled = wish.backward
    assert change_config(ruled, ruled.changed({"delay": 5}), {"delay": 5}) == {"delay": 0.005}
    assert change_config(ruled, ruled.changed({"lose": "all arp"}), {"lose": "all arp"}) == {"lose": arp}
    assert change_config(ruled, ruled.changed({"lose": None}), {"lose": None}) == {"lose": None}


@contextmanager
def segments_at(host) -> Iterator[Callable[[], list[tuple[bool, int, int]]]]:
    """Gives what h1's or h2's interface has carried of TCP over IPv4 so far: (sent by it, flags, bytes of payload)."""
    with visiting(host.pid):
        ear = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    found: list[tuple[bool, int, int]] = []

    def heard() -> list[tuple[bool, int, int]]:
        while True:
            try:
                frame, (_, _, kind, _, _) = ear.recvfrom(2000, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return found
            if frame[12:14] == b"\x08\x00" and frame[23] == 6:
                flags, payload = frame[47], int.from_bytes(frame[16:18], "big") - 20 - (frame[46] >> 4) * 4
                found.append((kind == socket.PACKET_OUTGOING, flags, payload))

    with ear:
        ear.bind((host.defaultIntf().name, 0))
        yield heard


@contextmanager
def connection(network: Network) -> Iterator[tuple[socket.socket, socket.socket]]:
    """From h1 to h2, port 80."""
    client_host, server_host = network.net.hosts
    with visiting(server_host.pid):
        listener = socket.create_server((server_host.IP(), 80))
    with visiting(client_host.pid):
        client = socket.socket()
    with listener, client:
        client.settimeout(10)
        client.connect((server_host.IP(), 80))
        server, _ = listener.accept()
        with server:
            server.settimeout(10)
            yield client, server


def first_syn() -> None:
    """Exactly one SYN more, and the connection works."""
    with pair(forward={"lose": "first SYN"}) as (network, link):
        assert network.describe()["links"][0]["shaper"].startswith("h1-eth0: wire lose 'first SYN'")
        with segments_at(network.net["h1"]) as near, segments_at(network.net["h2"]) as far, connection(network) as (client, server):
            client.sendall(b"hello")
            assert server.recv(5) == b"hello"
            assert [flags & SYN_ACK for sent, flags, _ in near() if sent and flags & SYN] == [SYN, SYN]
            assert [flags & SYN_ACK for sent, flags, _ in far() if not sent and flags & SYN] == [SYN]
        (drop,) = link.drops()
        assert (drop.cause, drop.direction, drop.index) == ("rule", "forward", 0) and drop.flow.endswith(">10.0.0.2:80/tcp")
        assert link.counters()["forward"].dropped == {"rule": 1}
        assert not network.end_links()


def datagrams() -> None:
    """Of 40 that begin with DATA, numbers 7, 14, 21, 28 and 35; of the others none."""
    with pair(lose="udp and payload starts DATA, every 7th") as (network, link):
        hosts = network.net.hosts
        ends = []
        for host in hosts:
            with visiting(host.pid):
                ends.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            ends[-1].bind((host.IP(), 5000))
            ends[-1].settimeout(10)
        sender, receiver = ends
        with sender, receiver:
            for number in range(1, 41):
                sender.sendto(f"DATA {number}".encode(), (hosts[1].IP(), 5000))
                sender.sendto(f"REST {number}".encode(), (hosts[1].IP(), 5000))
            heard = {receiver.recv(100).decode() for _ in range(75)}
        rest = {f"REST {number}" for number in range(1, 41)}
        assert rest <= heard
        assert {f"DATA {number}" for number in range(1, 41)} - heard == {f"DATA {number}" for number in (7, 14, 21, 28, 35)}
        assert lost_by(link, "rule") == [2 * (number - 1) for number in (7, 14, 21, 28, 35)]
        assert not network.end_links()


def in_flight() -> None:
    """Set, set again, taken away; each direction for itself; a word that is not understood changes nothing."""
    told: list[str] = []
    with pair(means="wire") as (network, _):
        link = network.link("h1", "h2", tell=told.append)
        assert not exchange(network, 10).missing
        link.set(lose="2nd udp")
        assert exchange(network, 10).missing == [1] and exchange(network, 10, turned=True).missing == [1]
        assert not exchange(network, 10).missing, "it was the 2nd, and there is no other"
        link.set("forward", lose="2nd udp")
        assert exchange(network, 10).missing == [1] and not exchange(network, 10, turned=True).missing
        link.set(delay=1)
        assert not exchange(network, 10).missing, "what is set beside it lets it count on"
        network.link("h2", "h1").set("forward", lose=["first udp", "udp, every 4th"])
        assert exchange(network, 10, turned=True).missing == [0, 3, 7]
        with pytest.raises(LinkError, match="^link h1-h2: lose='third udp': 'third' is not understood"):
            link.set(lose="third udp")
        link.set(lose=None)
        assert not exchange(network, 10).missing and not exchange(network, 10, turned=True).missing
        assert told[0] == "link h1-h2: lose 2nd udp" and told[1] == "link h1-h2: lose 2nd udp (forward)", told
        assert link.counters()["forward"].dropped == {"rule": 2} and link.counters()["backward"].dropped == {"rule": 4}
    with pair(bw=5) as (_, link), pytest.raises(UnsupportedLink, match="loses by rule. Declare it with means='wire'"):
        link.set(lose="first udp")


def from_the_beginning() -> None:
    """Rules spare what introduces the hosts and tries the links, and do not count it; beside chance, both do what they do alone."""
    with Network(Pair(lose=["all udp", "first SYN", "first SYN/ACK", "all arp"])) as network:
        assert [row.ok for row in probe(network)] == [True]
    with pair(loss="10%") as (network, link):
        by_chance = set(exchange(network, 200).missing)
    with pair(loss="10%", lose="every 5th udp") as (network, link):
        missing, every_fifth = set(exchange(network, 200).missing), set(range(4, 200, 5))
        assert missing == by_chance | every_fifth and set(lost_by(link, "loss")) == by_chance - every_fifth
        assert not network.end_links()


def not_declared() -> None:
    """An emulator that loses by a rule of its own is found out."""
    with pair(wire=["/usr/bin/python3", str(WRONG), "loses-by-rule"], delay=1, means="wire") as (network, _):
        exchange(network, 50)
        assert any("forward: 5 frames were lost by rule, declared none" in problem for problem in network.end_links())


@pytest.mark.parametrize("function", [first_syn, datagrams, in_flight, from_the_beginning, not_declared])
def test_link(function: Callable[[], None]) -> None:
    run(function)


@pytest.mark.usefixtures("tests_scenarios")
def test_scenario(tmp_path: pathlib.Path) -> None:
    """A retransmission in every run, told in the evidence."""
    ((_, result),) = Runner([Item(scenario.all_scenarios()["test.by_rule"], "test.by_rule")], tmp_path, attempts=1).run()
    assert result.verdict is Verdict.PASS, result.reasons
    assert "wire lose 'first SYN'" in result.topology["links"][0]["shaper"]
    assert any("link h1-s1: lose first payload starts again (forward)" in entry.text for entry in result.transcript)
    drops = [json.loads(line) for line in (tmp_path / "test.by_rule" / "link-h1-s1.drops.jsonl").read_text().splitlines()]
    assert [drop["cause"] for drop in drops] == ["rule", "rule"]
