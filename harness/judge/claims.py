"""What a scenario's source says of its steps and expectations, read without running it.

Followed are the scenario's function and the functions of labs that it names (its file's own, those of a kit/), in the order of their lines.
Names that only a run can tell stand in braces, as in the source.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import inspect
import pathlib
import re
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from harness.judge.hold import Hold

if TYPE_CHECKING:
    from harness.judge.scenario import Scenario

# Methods of a lab that state what must be so, and which of their arguments says what, where there is one.
_STATING = {
    "expect": 2, "expect_soon": 2, "expect_sockets": 2, "expect_causes": 2, "expect_frames": None, "expect_members_only": 2, "exchange": None,
    "accounts": 0, "expect_interrupted": None,
}  # fmt: skip


# What one states that says nothing of its own.
_UNSAID = {
    "expect_frames": "the frames of a reference table", "exchange": "what client and server exchange",
    "expect_members_only": "delivery to members only", "expect_interrupted": "how it ends at Ctrl+C",
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Step:
    """A ``with lab.step(…, id=…)``."""

    id: str
    title: str
    hold: Hold
    points: float


@dataclasses.dataclass(frozen=True)
class Claim:
    """An expectation as it stands in a scenario's source: what is claimed, the matcher, and what it holds."""

    what: str
    expected: str
    hold: Hold
    id: str = ""


@dataclasses.dataclass
class Source:
    """steps and claims in the order in which a run comes by them, each once; mistakes: sentences with file and line; files: the scenario's
    and those of a kit that it uses."""

    steps: list[Step] = dataclasses.field(default_factory=list)
    claims: list[Claim] = dataclasses.field(default_factory=list)
    mistakes: list[str] = dataclasses.field(default_factory=list)
    files: list[str] = dataclasses.field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """What a mutant can name, each once: steps and expectations; none where the steps have no ids."""
        return list(dict.fromkeys([*(step.id for step in self.steps), *(claim.id for claim in self.claims)])) if self.steps else []

    def has(self, id: str) -> bool:  # noqa: A002
        """Whether a run may come by this id."""
        return any(_pattern(one).fullmatch(id) for one in self.ids)


def read(one: Scenario) -> Source:
    """What the source of a scenario says."""
    reader = _Reader(one.function)
    reader.visit_function(_tree_of(one.function))
    return reader.source


@functools.cache
def _pattern(id: str) -> re.Pattern[str]:  # noqa: A002
    return re.compile(".+".join(map(re.escape, re.split(r"\{.*?\}", id))))


@functools.cache
def _functions(file: str) -> tuple[dict[str, ast.FunctionDef], dict[str, ast.FunctionDef]]:
    """The functions of a file by name, and the methods of its classes."""
    tree = ast.parse(pathlib.Path(file).read_text(encoding="utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    return (
        {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)},
        {node.name: node for one in classes for node in one.body if isinstance(node, ast.FunctionDef)},
    )


def _tree_of(function: Callable[..., Any]) -> ast.FunctionDef:
    return _functions(inspect.getsourcefile(function) or "")[0][function.__name__]


def _of_labs(thing: Any) -> str:
    """The file of a module, function or class that belongs to a lab; else empty."""
    name = thing.__name__ if inspect.ismodule(thing) else thing.__module__ if inspect.isfunction(thing) or inspect.isclass(thing) else ""
    return str(sys.modules[name].__file__) if name.startswith("scenarios.") else ""


class _Reader(ast.NodeVisitor):
    """Walks through a scenario as a run would."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.source = Source()
        self._module = sys.modules[function.__module__]
        self.source.files.append(str(self._module.__file__))
        self._local: dict[str, ast.FunctionDef] = {}
        self._walked: list[ast.AST] = []
        self._step, self._hold = "", Hold.MUST
        self._lines: dict[tuple[str, str], tuple[str, int]] = {}

    def visit_function(self, tree: ast.FunctionDef) -> None:
        """Its body, unless the walk is in it already."""
        if tree in self._walked:
            return
        self._walked.append(tree)
        for statement in tree.body:
            self.visit(statement)
        self._walked.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:  # noqa: N802 - the names of ast
        self._local[node.name] = node  # walked where it is called

    def visit_With(self, node: ast.With) -> None:  # noqa: N802
        steps = [item.context_expr for item in node.items if _is_step(item.context_expr)]
        for item in node.items:
            if item.context_expr not in steps:
                self.visit(item)
        before = self._step, self._hold
        for call in steps:
            assert isinstance(call, ast.Call)
            self._hold = Hold.SHOULD if _says_should(call) else self._hold
            if id := _keyword(call, "id"):
                self._step = id
                points = next((word.value.value for word in call.keywords if word.arg == "points" and isinstance(word.value, ast.Constant)), 1)
                self._add_step(Step(id, _text(call.args[0]) if call.args else "", self._hold, points), call)
        for statement in node.body:
            self.visit(statement)
        self._step, self._hold = before

    def visit_Call(self, node: ast.Call) -> None:  # noqa: N802
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr in _STATING and _is_lab(node.func.value):
            self._add_claim(node, node.func.attr)

    def visit_Name(self, node: ast.Name) -> None:  # noqa: N802
        found = getattr(self._module, node.id, None)
        if node.id in self._local:
            self._enter(self._local[node.id])
        elif file := _of_labs(found):
            self._know(file)
            if inspect.isfunction(found):
                self._enter(_functions(file)[0].get(found.__name__), file)
            elif inspect.isclass(found):
                self._enter(_functions(file)[1].get("__init__"), file)

    def visit_Attribute(self, node: ast.Attribute) -> None:  # noqa: N802
        self.visit(node.value)
        module = getattr(self._module, node.value.id, None) if isinstance(node.value, ast.Name) else None
        if inspect.ismodule(module):
            if file := _of_labs(module):
                self._know(file)
                self._enter(_functions(file)[0].get(node.attr), file)
        elif not _is_lab(node.value):
            file = next((file for file in self.source.files if node.attr in _functions(file)[1]), "")
            self._enter(_functions(file)[1][node.attr] if file else None, file)

    def _know(self, file: str) -> None:
        if file not in self.source.files:
            self.source.files.append(file)

    def _enter(self, tree: ast.FunctionDef | None, file: str = "") -> None:
        """Walks through a function, of another file if that is named."""
        if tree is None:
            return
        before = self._module
        if file:
            self._module = next(one for one in list(sys.modules.values()) if getattr(one, "__file__", "") == file)
        self.visit_function(tree)
        self._module = before

    def _add_step(self, step: Step, call: ast.Call) -> None:
        where = f"{self._module.__file__}:{call.lineno}"
        if any(step.id == one.id for one in self.source.steps) and "{" not in step.id:
            self.source.mistakes.append(f"{where}: the step id {step.id!r} is taken by an earlier step")
        self.source.steps.append(step)

    def _add_claim(self, call: ast.Call, name: str) -> None:
        own = _keyword(call, "id")
        what = _argument(call, "what", _STATING[name])
        matcher = call.args[1] if name in ("expect", "expect_soon") and len(call.args) > 1 else None
        hold = Hold.SHOULD if _says_should(call) else self._hold
        id = "/".join(filter(None, (self._step, own)))  # noqa: A001
        claim = Claim(what or _UNSAID.get(name, name), ast.unparse(matcher) if matcher else "", hold, id)
        place = (str(self._module.__file__), call.lineno)
        if own and self._lines.setdefault((self._step, own), place) != place:
            self.source.mistakes.append(f"{place[0]}:{place[1]}: the id {id!r} is taken by an earlier expectation of the step")
        if claim not in self.source.claims:
            self.source.claims.append(claim)


def _is_lab(node: ast.expr) -> bool:
    """``lab``, or ``self.lab``."""
    return isinstance(node, ast.Name) and node.id == "lab" or isinstance(node, ast.Attribute) and node.attr == "lab"


def _is_step(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "step"


def _says_should(call: ast.Call) -> bool:
    return any(word.arg == "should" and isinstance(word.value, ast.Constant) and word.value.value is True for word in call.keywords)


def _keyword(call: ast.Call, name: str) -> str:
    return next((_text(word.value) for word in call.keywords if word.arg == name), "")


def _argument(call: ast.Call, name: str, place: int | None) -> str:
    if place is not None and len(call.args) > place:
        return _text(call.args[place])
    return _keyword(call, name)


def _text(node: ast.expr) -> str:
    """A text in the source, with the names in braces that a run puts in."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else f"{{{ast.unparse(part.value)}}}" for part in node.values)  # type: ignore[attr-defined]
    return f"{{{ast.unparse(node)}}}"


def unnamed_steps(file: pathlib.Path) -> Iterator[str]:
    """The steps of a file that have no id or no block: ``lab.step("…")`` alone."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    blocks = {item.context_expr for node in ast.walk(tree) if isinstance(node, ast.With) for item in node.items}
    for node in ast.walk(tree):
        if _is_step(node) and (node not in blocks or not _keyword(node, "id")):  # type: ignore[arg-type]
            yield f"{file}:{node.lineno}"
