"""Delivered to members only: what the expectation accepts, and the wrong networks that it finds out."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import sys

import pytest

from harness.evidence.deliveries import Seen, filter_of, judge
from harness.judge import scenario
from harness.judge.labs import OWN
from harness.judge.result import Result, Verdict
from harness.run.runner import Item
from harness.stage.groups import GroupTableError, Membership, ip_maddr, netstat_groups
from tests.harness.network_cell import SWITCHES
from tests.quiet import judged, run_all

RIGHT = {"h1": Seen(30, 0), "h2": Seen(0, 30), "h3": Seen(0, 0), "h4": Seen(7, 30)}


def test_members_get_every_packet_once() -> None:
    assert judge({**RIGHT, "h2": Seen(0, 37), "h1": Seen(30, 0)}, ["h2", "h4"], 37).passed
    some = judge({**RIGHT, "h2": Seen(0, 37)}, ["h2", "h4"], None)
    assert some.passed and some.expected == "some packets at each of h2, h4, none at h1, h3"
    assert some.found == "37 sent by h1, h4; 30 came to h4, 37 came to h2"
    both = judge({"h1": Seen(30, 7), "h2": Seen(7, 30)}, ["h1", "h2"], 37)
    assert both.passed and both.expected == "37 packets at each of h1, h2"


@pytest.mark.parametrize(
    ("wrong", "found", "too_much"),
    [
        ({"h3": Seen(0, 37)}, "h3: 37, not 0", True),
        ({"h3": Seen(0, 1)}, "h3: 1, not 0", True),
        ({"h2": Seen(0, 36)}, "h2: 36, not 37", False),
        ({"h2": Seen(0, 0)}, "h2: 0, not 37", False),
        ({"h2": Seen(0, 74)}, "h2: 74, not 37", True),
        ({"h4": Seen(7, 37)}, "h4: 37, not 30", True),
        ({"h1": Seen(30, 7)}, "h1: 7, not 0", True),
        ({"h1": Seen(31, 0)}, "38 sent", True),
    ],
)
def test_anything_else_is_found(wrong: dict[str, Seen], found: str, too_much: bool) -> None:
    judgement = judge({**RIGHT, "h2": Seen(0, 37), **wrong}, ["h2", "h4"], 37)
    assert not judgement.passed and found in judgement.found and judgement.too_much == too_much
    assert judgement.culprits or "h1" in wrong


def test_nothing_sent_proves_nothing() -> None:
    assert not judge({"h1": Seen(0, 0), "h2": Seen(0, 0)}, ["h2"], None).passed


def test_many_names_are_cut_short() -> None:
    hosts = {f"h{number}": Seen(0, 0) for number in range(1, 41)} | {"h1": Seen(3, 0)}
    judgement = judge(hosts, [f"h{number}" for number in range(2, 41)], 3)
    assert "h12, h13 and 27 others" in judgement.expected and judgement.found.count(", not 3") == 12
    assert len(judgement.culprits) == 39


def test_filters() -> None:
    assert filter_of("224.1.1.1") == "(udp) and ip.dst == 224.1.1.1"
    assert filter_of("ff15::1", "udp.dstport == 5 or icmpv6") == "(udp.dstport == 5 or icmpv6) and ipv6.dst == ff15::1"


def test_tables_of_groups() -> None:
    text = "1:\tlo\n\tinet6 ff02::1\n2:\th1-eth0\n\tlink  01:00:5e:01:01:01\n\tinet  224.1.1.1 users 2\n\tlink  33:33:00:00:00:01 users 3 static\n"
    assert ip_maddr(text)[1:] == [
        Membership("h1-eth0", "link", "01:00:5e:01:01:01", 1), Membership("h1-eth0", "inet", "224.1.1.1", 2),
        Membership("h1-eth0", "link", "33:33:00:00:00:01", 3),
    ]  # fmt: skip
    with pytest.raises(GroupTableError, match="'nonsense'"):
        ip_maddr("nonsense\n")
    head = "IPv6/IPv4 Group Memberships\nInterface       RefCnt Group\n--------------- ------ ---------------------\n"
    assert netstat_groups(head + "h1-eth0         1      224.1.1.1\nh1-eth0         2      ff15::801:101\n") == [
        Membership("h1-eth0", "inet", "224.1.1.1", 1), Membership("h1-eth0", "inet6", "ff15::801:101", 2),
    ]  # fmt: skip
    for wrong in ("", "Active Internet connections\n", head + "h1-eth0 224.1.1.1\n"):
        with pytest.raises(GroupTableError):
            netstat_groups(wrong)


@dataclasses.dataclass(frozen=True)
class Run:
    """A run of one of the tests' scenarios."""

    id: str
    mode: str = "snooping+querier"
    tamper: str | None = None

    def name(self, switch: str) -> str:
        return "--".join(word for word in (self.id, self.mode, self.tamper, switch) if word)


RIGHT_RUNS = [
    Run("test.members_only"), Run("test.members_only", "snooping"), Run("test.scopes"), Run("test.scopes", "snooping"), Run("test.groups"),
]  # fmt: skip
WRONG_RUNS = {
    Run("test.members_only", "flood"): "h3: 37, not 0",
    Run("test.members_only", tamper="tamper_flooding_switches.py"): "h3: 37, not 0",
    Run("test.members_only", tamper="tamper_forgetful_switch.py"): "h4: 27, not 30",
    Run("test.members_only", tamper="tamper_duplicating_switch.py"): "h4: 60, not 30",
    Run("test.scopes", "flood"): "h4: 30, not 0",
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """All runs, side by side."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WIREPROOF_SCENARIOS", str(pathlib.Path(__file__).parent / "scenarios"))
        known = scenario.all_scenarios()
        items = []
        for one in (*RIGHT_RUNS, *WRONG_RUNS):
            for switch in SWITCHES:
                given = {"multicast": one.mode} if known[one.id].parameters else {}
                tamper = str(OWN / "group/mutants" / one.tamper) if one.tamper else None
                items.append(Item(known[one.id].at(given), one.name(switch), tamper=tamper, switch=switch, parameters=given))
        found = run_all(items, tmp_path_factory.mktemp("run"))
        for id in [id for id in scenario._registry if id.startswith("test.")]:
            del scenario._registry[id]
        for name in [name for name in sys.modules if name.startswith("scenarios.test.")]:
            del sys.modules[name]
        return found


@pytest.mark.parametrize("switch", SWITCHES)
@pytest.mark.parametrize("one", RIGHT_RUNS, ids=lambda one: one.name(""))
def test_right_networks(results: dict[str, Result], one: Run, switch: str) -> None:
    result = judged(results[one.name(switch)])
    assert result.verdict is Verdict.PASS, json.dumps(result.to_json(), indent=1)[:20000]


@pytest.mark.parametrize("switch", SWITCHES)
@pytest.mark.parametrize("one", WRONG_RUNS, ids=lambda one: one.name(""))
def test_wrong_networks(results: dict[str, Result], one: Run, switch: str) -> None:
    result = judged(results[one.name(switch)])
    assert result.verdict is Verdict.FAIL, f"{result.verdict.value}: {result.reasons}"
    wrong = [row for row in result.expectations if not row.passed]
    assert any(WRONG_RUNS[one] in row.found and row.packets and row.filter for row in wrong), [row.found for row in wrong]
    assert all("is a member of" in row.hint for row in wrong if row.filter), [row.hint for row in wrong]
