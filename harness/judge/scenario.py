"""Scenarios: one lab question each, declared with a decorator and found by importing scenarios/<lab>/."""

from __future__ import annotations

import dataclasses
import fnmatch
import importlib
import inspect
import pathlib
import traceback
from typing import Any, Callable, Iterable, Mapping

from mininet.topo import Topo

from harness.judge.labs import ROOT, BrokenScenario, labs, roots
from harness.judge.parameters import Declared, ParameterError, Values, check_declaration, complete

__all__ = ["ROOT", "BrokenScenario", "Scenario", "UnknownScenario", "all_scenarios", "choose", "import_file", "load", "scenario"]


class UnknownScenario(ValueError):
    """A pattern that fits no scenario; the message suggests near ones."""


@dataclasses.dataclass(frozen=True)
class Scenario:
    """One question. seconds: expected run time; load: share of one core it needs; timing_critical: its figures depend on
    programs being run in time, so scheduling lag makes it INCONCLUSIVE even when it passes; captures: interface names,
    "h1-lo" for what h1 sends to itself (None: the first interface of every host); snaplen: bytes kept of each packet (0: all). needs: role → those of its parameters
    without which a program cannot answer the question, though the sheet does not ask for them; tools: programs that this question needs and
    others do not (harness.world.tools_needed has their packages); parameters: what is declared to vary;
    values: with which values it stands here, topology and seconds being those of these values."""

    id: str
    function: Callable[[Any], None]
    question: str
    title: str
    answer: str
    topology: Topo
    roles: tuple[str, ...]
    seconds: float
    load: float
    timing_critical: bool
    captures: tuple[str, ...] | None
    snaplen: int
    switch: str
    needs: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    tools: tuple[str, ...] = ()
    parameters: Declared = dataclasses.field(default_factory=dict)
    values: Values = Values({})
    topology_of: Callable[[Values], Topo] | None = None
    seconds_of: Callable[[Values], float] | None = None

    @property
    def lab(self) -> str:
        return self.id.split(".")[0]

    @property
    def worth(self) -> float | None:
        """The points that its lab gives for it; None where lab.toml says nothing."""
        of = labs().get(self.lab)
        return of.points.get(self.id.partition(".")[2]) if of else None

    @property
    def at_defaults(self) -> bool:
        return self.values == complete(self.parameters, {})

    def at(self, given: Mapping[str, Any]) -> "Scenario":
        """The scenario with these values, and defaults for the others. Raises ParameterError for what is not permitted, or of
        which no network can be made."""
        values = complete(self.parameters, given)
        try:
            topology = self.topology_of(values) if self.topology_of else self.topology
        except ValueError as error:
            words = ", ".join(f"{name}={value}" for name, value in values)
            raise ParameterError(f"{self.id} with {words}: there is no such network: {error}") from error
        seconds = float(self.seconds_of(values)) if self.seconds_of else self.seconds
        return dataclasses.replace(self, values=values, topology=topology, seconds=seconds)


_registry: dict[str, Scenario] = {}


def scenario(
    id: str,
    *,
    question: str,
    topology: Topo | Callable[[Values], Topo],
    parameters: Declared | None = None,
    roles: Iterable[str] = (),
    needs: Mapping[str, Iterable[str]] | None = None,
    tools: Iterable[str] = (),
    seconds: float | Callable[[Values], float] = 5,
    load: float = 0.3,
    timing_critical: bool = False,
    captures: Iterable[str] | None = None,
    snaplen: int = 0,
    switch: str = "auto",
) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Declares the decorated function as the scenario of a question. Its module's docstring says what is proven (first
    line) and answers the question (the rest). topology and seconds may be functions of the parameters' values. needs: role → the
    parameters that a command in its place must have, or the question is SKIPPED for it. tools: programs of other people that only few questions
    need, so that `./lab run` asks for their packages (packages.txt, [questions]) when one is about to be run."""

    def register(function: Callable[[Any], None]) -> Callable[[Any], None]:
        document = inspect.cleandoc(function.__doc__ or inspect.getmodule(function).__doc__ or "")
        title, _, answer = document.replace("``", "").replace("`", "").partition("\n")
        if not title.strip():
            raise ValueError(f"scenario {id}: say in the docstring what is proven")
        if id in _registry and _registry[id].function.__module__ != function.__module__:
            raise ValueError(f"scenario {id} is declared twice")
        topology_of, seconds_of = (given if callable(given) else None for given in (topology, seconds))
        seconds_at = 0.0 if callable(seconds) else seconds  # at() asks the function
        try:
            check_declaration(parameters or {})
            _registry[id] = Scenario(
                id, function, question, title.strip(), " ".join(answer.split()), topology, tuple(roles), seconds_at, load,
                timing_critical, tuple(captures) if captures is not None else None, snaplen, switch,
                {role: tuple(names) for role, names in (needs or {}).items()}, tuple(tools),
                dict(parameters or {}), topology_of=topology_of, seconds_of=seconds_of,
            ).at({})  # fmt: skip
        except ParameterError as error:
            raise ValueError(f"scenario {id}: {error}") from error
        return function

    return register


def _files(lab: str = "", stem: str = "") -> list[pathlib.Path]:
    chosen = [one for one in labs().values() if lab in ("", one.name)]
    return [file for one in chosen for file in sorted(one.folder.glob(f"{stem}*.py")) if file.name != "__init__.py"]


def import_file(file: pathlib.Path) -> Any:
    """The module of a Python file of a lab, such as scenarios.tv.q01_deploy_single, wherever the lab's folder is. Raises BrokenScenario."""
    top, *rest = file.with_suffix("").relative_to(next(root for root in roots() if file.is_relative_to(root))).parts
    package = importlib.import_module("scenarios")
    for root in roots():
        if str(root) not in package.__path__:
            package.__path__.append(str(root))
    try:
        return importlib.import_module(".".join(["scenarios", top, *rest]))
    except Exception as error:  # noqa: BLE001 - whatever a file does when it is loaded is its author's to know
        where = next((row for row in reversed(traceback.extract_tb(error.__traceback__)) if row.filename == str(file)), None)
        line = error.lineno if isinstance(error, SyntaxError) else where.lineno if where else None
        raise BrokenScenario(f"{file}{f', line {line}' if line else ''}: {type(error).__name__}: {error}") from error


def all_scenarios() -> dict[str, Scenario]:
    """Every scenario by id, in the order of the labs and their questions."""
    for file in _files():
        import_file(file)
    places = {name: place for place, name in enumerate(labs())}
    return {key: _registry[key] for key in sorted(_registry, key=lambda id: (places.get(id.partition(".")[0], len(places)), id))}


def load(id: str) -> Scenario:
    """One scenario without importing the others where its file is named after it."""
    return _by_id(id) or all_scenarios()[id]


def _by_id(id: str) -> Scenario | None:
    """The scenario of this id, if its file is named after it: without importing all others."""
    lab, _, question = id.partition(".")
    if not question or set(id) & set("*?["):
        return None
    for file in _files(lab, question.replace("-", "_").replace(".", "_")):
        import_file(file)
    return _registry.get(id)


def choose(patterns: Iterable[str]) -> list[Scenario]:
    """The scenarios that ids, labs or shell patterns name, each once; all when there is no pattern."""
    patterns = list(patterns)
    by_id = [_by_id(pattern) for pattern in patterns]
    if by_id and None not in by_id:
        return list({one.id: one for one in by_id if one}.values())
    known = all_scenarios()
    chosen: dict[str, Scenario] = {}
    for pattern in patterns or ["*"]:
        matching = [
            key for key, one in known.items() if key == pattern or one.lab == pattern or fnmatch.fnmatchcase(key, pattern)
        ]
        if not matching:
            import difflib

            near = difflib.get_close_matches(pattern, [*known, *{one.lab for one in known.values()}], 3, 0.5)
            hint = f"; did you mean {', '.join(near)}?" if near else "; './lab list' shows them all"
            raise UnknownScenario(f"no scenario matches {pattern!r}{hint}")
        chosen.update((key, known[key]) for key in matching)
    return list(chosen.values())
