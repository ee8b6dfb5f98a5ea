"""What a scenario's source passes to roles, held against their contracts, and whether its ids are its own, before anything runs.

Seen are the roles and needs that it declares, and, where they are written out, the role, the parameters' names and the appended words of
``host.start("role", …)`` and ``lab.command_of("role", {…})``, and the parameters' names of ``("role", {…})``, as Host.start_line() takes
it, and of functions that are named after a role, ``tcp_server(lab, mode="fork")``, which pass them on. What only a run can tell is checked by Lab.command_of at the call.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import inspect
import pathlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from harness.judge import claims
from harness.judge.roles.registry import ROLES
from harness.judge.roles.role import RoleError

if TYPE_CHECKING:
    from harness.judge.scenario import Scenario


@dataclasses.dataclass(frozen=True)
class Use:
    """A call that starts a program for a role. parameters: those whose names are written out; arguments: the words to append, None for
    one that is not written out; whole: whether no parameter stands elsewhere."""

    line: int
    role: str
    parameters: tuple[str, ...]
    arguments: tuple[str | None, ...]
    whole: bool = False


def check(scenarios: Iterable[Scenario]) -> None:
    """Raises RoleError, with a line for each mistake, when one of them asks for what no contract names, or gives an id
    twice."""
    found = dict.fromkeys(mistake for one in scenarios for mistake in mistakes(one))
    if found:
        raise RoleError("\n".join(found))


def mistakes(one: Scenario) -> Iterator[str]:
    """What is wrong with a scenario's use of roles and ids, a sentence each."""
    there_are = f"roles are {', '.join(sorted(ROLES))}"
    file = inspect.getsourcefile(one.function)
    for role in one.roles:
        if role not in ROLES:
            yield f"{file}: scenario {one.id} declares the role {role!r}, which there is not; {there_are}"
    for role, names in one.needs.items():
        if role not in one.roles:
            yield f"{file}: scenario {one.id} needs parameters of {role!r}, which is none of its roles"
        elif role in ROLES:
            yield from _refused(role, names, (), f"{file}: scenario {one.id}, needs")
    source = claims.read(one)
    for place, use in ((path, use) for path in source.files for use in uses(pathlib.Path(path))):
        where = f"{place}:{use.line}"
        if use.role in ROLES:
            yield from _refused(use.role, use.parameters, use.arguments, where)
            if use.whole and (absent := sorted(ROLES[use.role].mandatory - set(use.parameters))):
                yield f"{where}: role {use.role} needs {', '.join(absent)}: its command has {'it' if len(absent) == 1 else 'them'} outside of inner lists"
        else:
            yield f"{where}: there is no role {use.role!r}; {there_are}"
    yield from source.mistakes


def _refused(role: str, parameters: Iterable[str], arguments: Iterable[str | None], where: str) -> Iterator[str]:
    try:
        ROLES[role].check(parameters, arguments)
    except RoleError as error:
        yield f"{where}: {error}"


@functools.cache
def uses(file: pathlib.Path) -> tuple[Use, ...]:
    """The calls and pairs in a file that name a role, in the order of its lines."""
    return tuple(sorted(filter(None, map(_use, ast.walk(ast.parse(file.read_text())))), key=lambda use: use.line))


def _use(node: ast.AST) -> Use | None:
    if isinstance(node, ast.Call):
        return _call(node)
    if isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(node.elts[1], ast.Dict) and (role := _text(node.elts[0])) in ROLES:
        return Use(node.lineno, str(role), _keys(node.elts[1]), ())
    return None


def _call(call: ast.Call) -> Use | None:
    first = call.args[0] if call.args else None
    if isinstance(call.func, ast.Name) and (named := call.func.id.replace("_", "-")) in ROLES:
        return Use(call.lineno, named, _parameters(call), ())
    if not isinstance(call.func, ast.Attribute) or not isinstance(first, ast.Constant) or not isinstance(role := first.value, str):
        return None
    if call.func.attr == "start":
        whole = all(word.arg is not None for word in call.keywords)
        return Use(call.lineno, role, _parameters(call), tuple(map(_text, call.args[1:])), whole)
    if call.func.attr == "command_of":
        return Use(call.lineno, role, _keys(call.args[1]) if len(call.args) > 1 else (), ())
    return None


def _parameters(call: ast.Call) -> tuple[str, ...]:
    """The parameters of a role among a call's keywords."""
    return tuple(word.arg for word in call.keywords if word.arg is not None and word.arg not in host_options())


def _keys(given: ast.expr) -> tuple[str, ...]:
    """The keys that are written out."""
    return tuple(filter(None, map(_text, given.keys))) if isinstance(given, ast.Dict) else ()


def _text(node: ast.expr | None) -> str | None:
    """What is written out; None for what is not, and for **others."""
    return str(node.value) if isinstance(node, ast.Constant) else None


@functools.cache
def host_options() -> frozenset[str]:
    """The names that Host.start() takes for itself, so that no role can have them."""
    from harness.stage.host import Host

    kinds = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return frozenset(name for name, one in inspect.signature(Host.start).parameters.items() if one.kind in kinds)
