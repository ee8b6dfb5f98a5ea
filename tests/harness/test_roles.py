"""Roles are contracts: what scenarios pass and wait for stands in them, and anything else is refused."""

from __future__ import annotations

import ast
import pathlib
import re
import signal
from collections.abc import Callable, Iterator

import click.testing
import pytest

import harness.cli.commands
from harness.judge import claims, scenario
from harness.judge.mutant import all_mutants
from harness.judge.result import Verdict
from harness.judge.roles import ROLES, Role, RoleError, lacking, placeholders
from harness.judge.roles.role import MIB
from harness.judge.scenario import Scenario, all_scenarios
from harness.run import calls
from harness.stage import ends
from harness.stage.lab import Lab

SCENARIOS = list(all_scenarios().values())


# contracts


@pytest.mark.parametrize("role", ROLES.values(), ids=lambda role: role.name)
def test_contract_agrees_with_itself(role: Role) -> None:
    words = [word for part in role.template for word in ([part] if isinstance(part, str) else part)]
    assert {name for word in words for name in placeholders(word)} == set(role.parameters), "each parameter has a place in the command"
    assert role.switches.keys() <= role.parameters.keys()
    assert role.reads | role.writes <= {*role.parameters, *role.operands, *role.options}
    assert not calls.host_options() & role.parameters.keys(), "names that Host.start() takes for itself"
    assert role.does and all(role.parameters.values()) and all(role.says.values())


def test_limits_are_declared() -> None:
    usual = ROLES["echo-server"]
    limits = (usual.descriptors, usual.processes, usual.data, usual.scratch, usual.output, usual.raw_sockets)
    assert limits == (256, 256, 2560 * MIB, 64 * MIB, 16 * MIB, False)
    assert ROLES["tcp-server"].descriptors > 1060 + 10, "the clients of transport.3-select"
    assert {name for role in ROLES.values() for name in role.writes} == {
        "json", "save", "timeline", "counters", "state", "status_socket", "log", "output",
    }  # fmt: skip


@pytest.mark.parametrize("role", ROLES.values(), ids=lambda role: role.name)
def test_contract_is_shown_whole(role: Role) -> None:
    shown = role.contract()
    flat = " ".join(shown.split())
    for name, meaning in role.parameters.items():
        assert f"{{{name}}}" in shown and meaning in flat
    for word, meaning in {**role.options, **role.operands, **role.says}.items():
        assert word in shown and meaning in flat
    assert f"limits: {role.descriptors} descriptors, 256 processes, 2560 MiB of data for each process" in flat
    assert all(f"{{{name}}}" in flat.partition("files: it ")[2] for name in role.writes)
    assert "exit status 127" in shown and "LAB_QUESTION" in shown
    assert max(map(len, shown.splitlines())) <= 120 and "\N{NO-BREAK SPACE}" not in shown


@pytest.mark.parametrize(
    ("role", "parameters", "arguments", "refused"),
    [
        ("udp-client", ["host", "connected", "no_wait", "interval"], [], None),
        ("udp-client", ["conected"], [], "role udp-client has no parameter 'conected'; did you mean connected?"),
        ("echo-client", ["colour"], [], "it has host, port, data, file"),
        ("udp-client", [], ["--connected"], "does not take the argument '--connected'"),
        ("echo-server", [], ["fork"], "what may be appended is nothing: what can be told is a parameter"),
        ("netcat", ["port"], [], "role netcat has no parameter 'port'; it has none"),
        ("netcat", [], ["-u", "-q", "0", "10.0.0.1", "1234"], None),
        ("netcat", [], ["-u", "-q0", "10.0.0.1", "1234"], None),
        ("netcat", [], ["-l", "1234"], None),
        ("netcat", [], [None, None, "1234"], None),
        ("netcat", [], ["-k", "-l", "1234"], "does not take the argument '-k'; what may be appended is -l, -u, -N, -C, -v, -q SECONDS, "),
        ("netcat", [], ["10.0.0.1", "1234", "5"], "does not take the argument '5'"),
        ("cat", [], ["a", "b", "c"], None),
        ("cat", [], ["-n", "a"], "does not take the argument '-n'"),
        ("ffmpeg", [], ["-nostdin", "-threads", "1", "-i", "clip.ts", "-f", "framemd5", "-"], None),
    ],
)
def test_what_a_contract_takes(role: str, parameters: list[str], arguments: list[str], refused: str | None) -> None:
    if refused is None:
        ROLES[role].check(parameters, arguments)
        return
    with pytest.raises(RoleError, match=re.escape(refused)):
        ROLES[role].check(parameters, arguments)


def test_a_switch_is_its_word_or_nothing(tmp_path: pathlib.Path) -> None:
    role, given = ROLES["udp-client"], {"host": "10.0.0.1", "port": 12800}
    assert role.default_command({**given, "connected": True}, tmp_path) == ["udp-client", "10.0.0.1", "12800", "--connected"]
    for off in ({}, {"connected": False}, {"connected": None}):
        assert role.default_command({**given, **off}, tmp_path) == ["udp-client", "10.0.0.1", "12800"]
    mine = "python3 mine.py {host} {connected} --quick={no_wait}"
    assert role.replaced_command(mine, {**given, "connected": True}) == ["python3", "mine.py", "10.0.0.1", "--connected", "--quick="]
    assert role.replaced_command(mine, {**given, "connected": False}) == ["python3", "mine.py", "10.0.0.1", "--quick="]


@pytest.mark.parametrize(
    ("command", "bare", "full"),
    [
        ("x [{host}] [{port}] [--file {file}] [--rate={rate}]", ["x", "h", "5"], ["x", "h", "5", "--file", "/f", "--rate=3"]),
        ("test [ -f {file} ] [a-z] {host}", ["test", "[a-z]", "h"], ["test", "-f", "/f", "[a-z]", "h"]),
        ("""sh -c '[ -n "$1" ]' sh {port}""", ["sh", "-c", '[ -n "$1" ]', "sh", "5"], ["sh", "-c", '[ -n "$1" ]', "sh", "5"]),
    ],
)
def test_brackets_make_parameters_optional(command: str, bare: list[str], full: list[str]) -> None:
    role, given = ROLES["tv-sender"], {"host": "h", "port": 5}
    assert role.replaced_command(command, given) == bare
    assert role.replaced_command(command, {**given, "file": "/f", "rate": 3}) == full


# scenarios


@pytest.mark.parametrize("one", SCENARIOS, ids=lambda one: one.id)
def test_scenario_asks_for_what_contracts_name(one: Scenario) -> None:
    assert list(calls.mistakes(one)) == []


def test_uses_are_seen() -> None:
    files = {pathlib.Path(file) for one in SCENARIOS for file in claims.read(one).files}
    seen = [use for file in files for use in calls.uses(file)]
    assert len(seen) > 80
    assert any(use.role == "netcat" and use.arguments[:2] == ("-v", "-N") for use in seen)
    assert any(use.role == "udp-client" and "connected" in use.parameters for use in seen), "by a function of a kit"
    assert any(use.role == "tv-sender" and "host" in use.parameters and not use.arguments for use in seen)
    in_a_line = [use.role for use in calls.uses(scenario.ROOT / "scenarios" / "tv" / "kit" / "streams.py")]
    assert in_a_line.count("tv-sender") >= 1, "Host.start_line"
    every = {word for use in seen for word in use.parameters}
    assert not every & calls.host_options(), "what Host.start() takes for itself is no parameter of a role"


_SCENARIO = '''"""A scenario with a mistake."""
from harness.judge.expect import equals
from harness.judge.scenario import scenario
from topologies.single import Single


@scenario("wrong.{name}", question="Is it wrong?", topology=Single(), {declared}, seconds=2)
def wrong(lab):
    {body}
    lab.expect(1, equals(1), "all is well")
'''
_DECLARED = 'roles=["echo-server", "netcat", "tv-sender"]'
_MISTAKES = {
    "parameter": (_DECLARED, 'lab.h1.start("echo-server", port=1, mdoe="fork")', "echo-server has no parameter 'mdoe'; did you mean mode?"),
    "argument": (_DECLARED, 'lab.h1.start("echo-server", "--mode", port=1)', "role echo-server does not take the argument '--mode'"),
    "option": (_DECLARED, 'lab.h1.start("netcat", "-k", "-l", 1234)', "role netcat does not take the argument '-k'"),
    "command": (_DECLARED, 'lab.command_of("tv-sender", {"hots": 1})', "role tv-sender has no parameter 'hots'; did you mean host?"),
    "line": (_DECLARED, 'one = ("tv-sender", {"hots": 1}); lab.h1.start_line("a", a=one)', "tv-sender has no parameter 'hots'"),
    "name": (_DECLARED, 'lab.h1.start("netkat", 1234)', "there is no role 'netkat'; roles are cat, "),
    "role": ('roles=["netkat"]', "pass", "scenario wrong.role declares the role 'netkat', which there is not"),
    "mandatory": (_DECLARED, 'lab.h1.start("echo-server", mode="fork")', "role echo-server needs port: its command has it outside of inner lists"),
    "needs": (_DECLARED + ', needs={"echo-server": ["greeting"]}', "pass", "role echo-server has no parameter 'greeting'"),
    "nobody": (_DECLARED + ', needs={"cat": []}', "pass", "scenario wrong.nobody needs parameters of 'cat', which is none of its roles"),
}
# What only a run can tell, and that says so at the call.
_LATE = {
    "later": (_DECLARED, 'options = {"mdoe": "fork"}; lab.h1.start("echo-server", port=1234, **options)', "has no parameter 'mdoe'"),
    "undeclared": ('roles=["netcat"]', 'lab.h1.start("echo-server", port=1)', "does not declare the role 'echo-server'; it declares netcat"),
}


@pytest.fixture()
def wrong(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
    """Gives a scenario with a mistake a file, and its id; it is forgotten afterwards."""
    monkeypatch.setenv("WIREPROOF_SCENARIOS", str(tmp_path))
    known = dict(scenario._registry)

    def write(name: str) -> str:
        declared, body, _ = {**_MISTAKES, **_LATE}[name]
        folder = tmp_path / "wrong"
        folder.mkdir()
        (folder / f"{name}.py").write_text(_SCENARIO.format(name=name, declared=declared, body=body))
        return f"wrong.{name}"

    yield write
    for id in scenario._registry.keys() - known.keys():
        del scenario._registry[id]


def _lab(*words: str) -> tuple[int, str]:
    outcome = click.testing.CliRunner(mix_stderr=False).invoke(harness.cli.commands.lab, list(words), prog_name="lab")
    return outcome.exit_code, outcome.stderr


@pytest.mark.parametrize("name", _MISTAKES)
def test_a_mistake_is_told_before_anything_runs(name: str, wrong: Callable[[str], str], tmp_path: pathlib.Path) -> None:
    id = wrong(name)
    status, said = _lab("run", id, "--out", str(tmp_path / "out"))
    assert status == 2 and _MISTAKES[name][2] in said and "Traceback" not in said
    assert (f"{name}.py:9" in said) == (name in ("parameter", "argument", "option", "command", "line", "name", "mandatory")), "where it is"
    assert not (tmp_path / "out").exists(), "nothing ran"


@pytest.mark.parametrize("name", _LATE)
def test_a_mistake_that_only_a_run_can_see_is_told_at_the_call(name: str, wrong: Callable[[str], str], tmp_path: pathlib.Path) -> None:
    id = wrong(name)
    one = all_scenarios()[id]
    assert list(calls.mistakes(one)) == []
    with pytest.raises(RoleError, match=_LATE[name][2]):
        one.function(_nowhere(tmp_path, one.roles))


class _Node:
    """A host of no network, where a program that passes the contract cannot be started."""

    name, pid = "h1", 0
    params: dict[str, str] = {}

    def IP(self) -> str:  # noqa: N802 - Mininet's
        return "10.0.0.1"


def _nowhere(folder: pathlib.Path, roles: tuple[str, ...], replacements: dict[str, str] | None = None) -> Lab:
    """A lab without a network."""

    class Nothing:
        class net:
            hosts = [_Node()]

    return Lab(Nothing(), folder, replacements or {}, folder, folder, folder, roles, 1, question="test.nowhere")


def test_command_of_a_role(tmp_path: pathlib.Path) -> None:
    lab = _nowhere(tmp_path, ("netcat", "udp-client"), {"udp-client": "mine.py {host} {connected}"})
    assert lab.command_of("netcat", {}, ["-l", 1234]) == ["nc", "-l", "1234"]
    assert lab.command_of("udp-client", {"host": "h1", "connected": True, "no_wait": True}) == ["mine.py", "h1", "--connected"]
    assert lab.roles["udp-client"] == {"command": "mine.py h1 --connected", "replaced": True}


def test_one_file_or_the_other(tmp_path: pathlib.Path) -> None:
    """A balancer is given its file by one of two parameters; a command that knows both forms names both in one word."""
    mine = _nowhere(tmp_path, ("http-balancer",), {"http-balancer": "mine.py --config={config}{extended} {port}"})
    own = _nowhere(tmp_path, ("http-balancer",))
    for name in ("config", "extended"):
        assert mine.command_of("http-balancer", {name: "/f.ini", "port": 80}) == ["mine.py", "--config=/f.ini", "80"]
        assert own.command_of("http-balancer", {name: "/f.ini", "port": 80}) == ["http-balancer", "--config", "/f.ini", "--port", "80"]


def test_what_a_command_takes(tmp_path: pathlib.Path) -> None:
    lab = _nowhere(tmp_path, ("tcp-server", "udp-client"), {"udp-client": "mine.py {host} --port={port}"})
    assert lab.takes("tcp-server", "mode") and lab.takes("udp-client", "port") and not lab.takes("udp-client", "connected")
    assert [entry.text for entry in lab.transcript] == ["udp-client: the command has no {connected}; what needs it is left out"]
    with pytest.raises(RoleError, match="has no parameter 'conected'"):
        lab.takes("udp-client", "conected")


# the words that scenarios wait for


def _words(file: pathlib.Path) -> Iterator[tuple[int, str, str, str]]:
    """(line, role, stream, regular expression) of the words written out that are looked for on a program's standard error ("errors"), or
    that are waited for ("any"); of programs that are kept in a variable of one function."""
    for function in ast.walk(ast.parse(file.read_text())):
        if not isinstance(function, ast.FunctionDef):
            continue
        roles: dict[str, str] = {}
        for node in ast.walk(function):
            for name, value in _assigned(node):
                roles.update((name, role) for inner in ast.walk(value) if isinstance(inner, ast.Call) and (role := _started(inner)))
        for node in ast.walk(function):
            if not isinstance(node, ast.Call):
                continue
            if _is(node, "wait_for_text") and isinstance(node.func.value, ast.Name) and node.func.value.id in roles:
                yield node.lineno, roles[node.func.value.id], "any", node.args[0].value
            if isinstance(node.func, ast.Attribute) and node.func.attr == "expect" and len(node.args) > 1:
                found, matcher = node.args[:2]
                if not isinstance(found, ast.Attribute) or found.attr != "errors" or not isinstance(found.value, ast.Name):
                    continue
                name = matcher.func.id if isinstance(matcher, ast.Call) and isinstance(matcher.func, ast.Name) else ""
                if name in ("contains", "matches") and found.value.id in roles and isinstance(matcher.args[0], ast.Constant):
                    text = matcher.args[0].value
                    yield node.lineno, roles[found.value.id], "errors", text if name == "matches" else re.escape(text)


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Name and value of an assignment, or of each of several in one."""
    if isinstance(node, ast.Assign):
        target, value = node.targets[0], node.value
        pairs = zip(target.elts, value.elts) if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) else [(target, value)]
        yield from ((one.id, given) for one, given in pairs if isinstance(one, ast.Name))


def _started(call: ast.Call) -> str:
    """The role of a program that is started: by the lab, or by a function of a kit that is named after it."""
    if _is(call, "start"):
        return call.args[0].value  # type: ignore[attr-defined]
    name = call.func.id.replace("_", "-") if isinstance(call.func, ast.Name) else ""
    return name if name in ROLES else ""


def _is(call: ast.Call, method: str) -> bool:
    """A call of this method whose first argument is a text that is written out."""
    text = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else None
    return isinstance(call.func, ast.Attribute) and call.func.attr == method and isinstance(text, str)


def _declared(role: Role, stream: str, expression: str) -> bool:
    """Whether a contract names what the expression finds: literally, or, for standard output, as something that varies."""
    varies = any(re.fullmatch(r"<[^>]*>|<name> <text>", text) for text in role.says)
    return stream == "any" and varies or any(re.search(expression, text, re.MULTILINE) for text in role.says)


def test_words_that_scenarios_wait_for_are_in_the_contracts(tmp_path: pathlib.Path) -> None:
    files = sorted({pathlib.Path(file) for one in SCENARIOS for file in claims.read(one).files})
    seen = [(file.name, *word) for file in files for word in _words(file)]
    assert {"no answer", "Escape character is"} <= {word for *_, word in seen} and len(seen) > 15
    assert [row for row in seen if not _declared(ROLES[row[2]], *row[3:])] == []
    # Where programs are not kept in a variable of their own:
    for role, word in (("mcast-chat", "not sent"), ("tv-sender", "Network is unreachable"), ("tv-probe", "No such device")):
        assert any(word in text for text in ROLES[role].says)
    file = tmp_path / "wrong.py"
    file.write_text('def f(lab):\n    one = lab.h1.start("netcat", "-l", 1)\n    lab.expect(one.errors, contains("bad weather"), "")\n')
    assert [word for word in _words(file) if not _declared(ROLES[word[1]], *word[2:])] == [(3, "netcat", "errors", "bad\\ weather")]


# what a question needs of a command


@pytest.mark.parametrize(
    ("id", "replacements", "said"),
    [
        ("echo.api", {"echo-server": "mine {port} {welcome} {reply_prefix} {goodbye}"}, None),
        ("echo.api", {"echo-server": "mine {reply_prefix} {goodbye}"}, "echo-server: the command has no {welcome}, which echo.api needs"),
        ("echo.api", {"echo-server": "mine"}, "echo-server: the command has no {welcome}, {reply_prefix} or {goodbye}, which echo.api needs"),
        ("echo.api", {"echo-client": "mine {host} {port}"}, None),
        ("tv.q18", {"echo-server": "mine {port}"}, None),
        ("tv.q18", {"echo-server": "mine"}, None),
        ("tv.q11", {"tv-sender": "mine {host} {port}"}, "tv-sender: the command has no {file}, which tv.q11 needs"),
        ("tv.q11", {"tv-sender": "env FILE={file} mine {host} {port}"}, None),
        ("group.4-2-join", {"mcast-node": "mine {rdv_point}", "rdv-point": "mine"}, None),
        ("group.4-2-root", {"mcast-node": "mine {rdv_point}"}, "mcast-node: the command has no {refresh}, which group.4-2-root needs"),
        ("services.ex08", {"http-balancer": "mine {config} {port}"}, None),
        ("services.ex08-drain", {"http-balancer": "mine {config} {port}"}, "http-balancer: the command has no {extended}, which services.ex08-drain needs"),
        ("services.ex08-drain", {"http-balancer": "mine --config={config}{extended} {port}"}, None),
    ],
)
def test_what_a_question_needs(id: str, replacements: dict[str, str], said: str | None) -> None:
    assert lacking(all_scenarios()[id], replacements) == said


# What the sheets' own programs take: a sheet's program is never skipped where it can answer. Role → command → questions.
_SHEETS = {
    "echo-server": {
        "mine {port}": ["tv.q15-17", "tv.q18", "tv.q19", "echo.queue", "echo.netstat", "echo.clients", "services.ex01", "services.ex01-clients"],
    },
    "udp-echo-server": {"mine {port}": ["services.ex01", "services.ex01-clients", "services.ex01-datagrams"]},
    "udp-echo-client": {"mine {host} {port} {data}": ["services.ex01"]},
    "rtt-probe": {"mine {list} {port} {seconds} {udp} {tcp}": ["services.ex04", "services.ex04-loss"]},
    "daytime-server": {
        "mine {port}": ["services.ex02", "services.ex02-limits"],
        "mine {port} {time_server}": ["services.ex02-sync"],
    },
    "daytime-client": {"mine {host} {port} {format}": ["services.ex02", "services.ex02-late"]},
    "eliza-server": {"mine {port}": ["tv.q20"]},
    "http-balancer": {
        "mine {config} {port}": [f"services.ex08{part}" for part in ("", "-dead", "-dies", "-address", "-hostile", "-keep")],
    },
    "tv-sender": {
        "mine {host} {port}": ["tv.q10"],
        "mine {host} {port} {file}": ["tv.q11", "tv.q12", "tv.q13", "tv.q14", "tv.q24"],
    },
    "tcp-server": {"mine": ["transport.1-1", "transport.1-2", "transport.1-3", "transport.2-3b", "transport.3-fork", "transport.3-select"]},
    "tcp-client": {"mine {host}": ["transport.1-1", "transport.1-2", "transport.1-3", "transport.2-3b", "transport.3-fork"]},
    "udp-server": {"mine": ["transport.2-1", "transport.2-2", "transport.2-3a"]},
    "udp-client": {"mine {host}": ["transport.2-1", "transport.2-2", "transport.2-3a"]},
    "mcast-chat": {"mine {room} {name}": ["group.4-1-1", "group.4-1-1-rooms", "group.4-1-2", "group.4-1-3", "group.4-1-4"]},
    "rdv-point": {"mine": ["group.4-2-root", "group.4-2-join", "group.4-2-data"]},
    "mcast-node": {"mine {rdv_point}": ["group.4-2-join", "group.4-2-data"]},
}  # fmt: skip


@pytest.mark.parametrize("role", _SHEETS)
def test_a_sheet_s_program_is_not_skipped_where_it_can_answer(role: str) -> None:
    said = {id: lacking(all_scenarios()[id], {role: command}) for command, ids in _SHEETS[role].items() for id in ids}
    assert [text for text in said.values() if text] == []


def test_the_table_for_graders_is_that_of_the_scenarios() -> None:
    """docs/grading.md, which people read."""
    told = re.findall(r"^\| ([a-z]+\.\S+) \| (.*) \|$", (scenario.ROOT / "docs" / "grading.md").read_text(), re.MULTILINE)
    declared = {
        one.id: "; ".join(f"{role} " + " ".join(f"`{{{name}}}`" for name in names) for role, names in one.needs.items())
        for one in SCENARIOS if one.needs
    }  # fmt: skip
    assert dict(told) == declared


def test_mutants_can_be_told_what_their_questions_need() -> None:
    assert [text for one in all_mutants() if (text := lacking(all_scenarios()[one.scenario], one.roles))] == []


# exit status 127


@pytest.mark.parametrize(
    ("status", "spoke", "served", "not_executed", "word"),
    [
        (127, False, False, False, Verdict.SKIPPED),
        (127, True, False, False, Verdict.FAIL),
        (127, False, True, False, Verdict.FAIL),
        (127, True, True, False, Verdict.FAIL),
        (127, False, False, True, Verdict.FAIL),
        (1, False, False, True, Verdict.FAIL),
        (None, False, False, True, Verdict.FAIL),
        (0, False, False, False, None),
        (1, True, False, False, None),
        (126, True, False, False, None),
        (-signal.SIGKILL, False, True, False, None),
        (None, True, True, False, None),
    ],
)
def test_what_an_end_says(status: int | None, spoke: bool, served: bool, not_executed: bool, word: Verdict | None) -> None:
    assert ends.verdict(status, spoke, served, not_executed) is word
