"""Words that nobody knows, in a scenario of somebody's own: wrong usage, with file and word, before anything runs."""

from __future__ import annotations

import pathlib

import pytest

from harness.judge.scenario import all_scenarios
from harness.run import declared
from tests.harness.test_command_line import lab, sentence

_HEAD = """
from mininet.topo import Topo
from harness.judge.expect import equals
from harness.judge.parameters import Choice
from harness.judge.scenario import scenario
from topologies.single import Single


class Own(Topo):
    def build(self, **options):
        self.addLink(self.addHost("h1", **options), self.addSwitch("s1"))


"""


@pytest.mark.parametrize(
    ("declaration", "body", "said"),
    [
        ("topology=Single(), roles=['echo-sever']", "pass", "declares the role 'echo-sever', which there is not"),
        ("topology=Single(), roles=['netcat']", "lab.h1.start('netkat', '-l', 7)", "there is no role 'netkat'"),
        ("topology=Single(2, bandwidth=5)", "pass", "link h1-s1: there is no property 'bandwidth'; known are bw"),
        ("topology=Single(2, forward={'losses': '1%'})", "pass", "forward: there is no property 'losses'"),
        ("topology=Single(2, lose=['first SYN', '2nd ACX'])", "pass", "link h1-s1: lose='2nd ACX': 'ACX' is not understood; there may stand tcp"),
        ("topology=Own(cpu=0.1)", "pass", "host h1: there is no option 'cpu'; known are cls, defaultRoute"),
        ("topology=Own(ip='10.0.0.1/8', defaultRoute='via 10.0.0.2', ip6='2001:db8::1/64')", "pass", "there is no option 'ip6'"),
        ("topology=lambda p: Single(2, **{p.word: 5}), parameters={'word': Choice('bw', 'bandwidth')}", "pass", None),
        ("topology=Single(), colour='red'", "pass", "TypeError: scenario() got an unexpected keyword argument 'colour'"),
        ("topology=Single()", "pass pass", "SyntaxError: invalid syntax"),
        ("topology=Singel()", "pass", "NameError: name 'Singel' is not defined"),
    ],
)  # fmt: skip
def test_words(declaration: str, body: str, said: str | None, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "mine" / "mine.py"
    file.parent.mkdir()
    source = f"@scenario('mine.one', question='?', {declaration})\ndef one(lab):\n    '''It is shown.'''\n    {body}\n"
    file.write_text(f"{_HEAD}{source}    lab.expect(1, equals(1), 'so')\n")
    words = ["run", "mine.one", "--out", str(tmp_path / "out")]
    if said is None:  # only one of its values names what there is not
        assert "there is no property 'bandwidth'" in sentence(lab(*words, "--set", "word=bandwidth", WIREPROOF_SCENARIOS=str(tmp_path)), 2)
        return
    text = sentence(lab(*words, WIREPROOF_SCENARIOS=str(tmp_path)), 2)
    assert said in text and str(file) in text, text
    assert not (tmp_path / "out").exists() and "started" not in text, "nothing has run"


def test_what_is_declared_here_is_known() -> None:
    declared.check(all_scenarios().values())


def test_options_of_a_hosts_own_class() -> None:
    from topologies.scopes import Scopes

    kinds = {info["cls"] for name in Scopes(2).hosts() if "cls" in (info := Scopes(2).nodeInfo(name))}
    assert {"ip6", "gateway6", "boundary", "threshold"} <= set().union(*map(declared.host_words, kinds))
