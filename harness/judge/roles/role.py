"""A role: the contract of a program that anyone may replace by their own."""

from __future__ import annotations

import dataclasses
import difflib
import pathlib
import shlex
import string
from typing import Any, Iterable, Iterator, Mapping, Sequence

Template = Sequence["str | Sequence[str]"]
MIB = 1 << 20


class RoleError(ValueError):
    """A role that does not exist, a command that does not fit it, or an argument that its contract lacks."""


@dataclasses.dataclass(frozen=True)
class Role:
    """A program's contract.

    template: the default command, word by word; a nested group is left out when one of its {parameters} is not given.
    parameters: name → meaning, all usable in --with commands, and all that a scenario may pass. switches: those of them that are on or
    off → the word that stands in a command when they are on. does: what it must do; says: text → when it says it, all that a scenario
    may wait for (in <angle brackets> what varies); listens: what the harness waits for.
    options and operands are of an existing tool, whose command line is the contract: what a scenario may append, each with its
    meaning; an option's own value is named behind it ("-q SECONDS"), and an operand that ends in … may come several times.
    reads and writes: the parameters (or operands) that name files; keeps: those that name a folder that outlives the program. The rest are limits of one program, with all that it starts:
    descriptors (of each process), processes, data (bytes of memory of each process), scratch (bytes of files), output (bytes of
    standard output and error together), and whether it may open raw sockets. folder: of its lab, whose programs/ may hold the default
    program.
    """

    name: str
    template: Template
    parameters: Mapping[str, str]
    does: str
    listens: str = ""
    says: Mapping[str, str] = dataclasses.field(default_factory=dict)
    switches: Mapping[str, str] = dataclasses.field(default_factory=dict)
    options: Mapping[str, str] = dataclasses.field(default_factory=dict)
    operands: Mapping[str, str] = dataclasses.field(default_factory=dict)
    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    keeps: frozenset[str] = frozenset()
    descriptors: int = 256
    processes: int = 256
    data: int = 2560 * MIB
    scratch: int = 64 * MIB
    output: int = 16 * MIB
    raw_sockets: bool = False
    folder: pathlib.Path | None = None

    # what a scenario may pass

    def check(self, parameters: Iterable[str], arguments: Iterable[str | None] = ()) -> None:
        """Raises RoleError for the first parameter, or word to append, that the contract lacks. A word is None where it is not known
        yet (in a scenario that does not run)."""
        for name in parameters:
            if name not in self.parameters:
                near = difflib.get_close_matches(name, self.parameters, 1)
                hint = f"; did you mean {near[0]}?" if near else f"; it has {', '.join(self.parameters) or 'none'}"
                raise RoleError(f"role {self.name} has no parameter {name!r}{hint}")
        words = list(arguments)
        for word in self._unknown(words):
            may = ", ".join([*self.options, *self.operands]) or "nothing: what can be told is a parameter, as in port=1234"
            raise RoleError(f"role {self.name} does not take the argument {word!r}; what may be appended is {may}")

    def _unknown(self, words: list[str | None]) -> Iterator[str]:
        """The words that are neither options, nor values of options, nor operands."""
        with_value = {option.split()[0] for option in self.options if " " in option}
        alone = {option for option in self.options if " " not in option}
        many = any(operand.endswith("…") for operand in self.operands)
        operands, rest = 0, iter(words)
        for word in rest:
            if word in with_value:
                next(rest, None)
            elif word is None or word in alone or any(word.startswith(option) for option in with_value):
                continue
            elif word.startswith("-") and word != "-":
                yield word
            else:
                operands += 1
                if operands > len(self.operands) and not many:
                    yield word

    def texts(self, parameters: Mapping[str, Any]) -> dict[str, str]:
        """The parameters as they stand in a command; a switch that is off, and what is None, is not among them."""
        given = {name: value for name, value in parameters.items() if value is not None}
        return {name: self.switches.get(name) or str(value) for name, value in given.items() if value or name not in self.switches}

    @property
    def mandatory(self) -> set[str]:
        """The parameters that its default command cannot do without."""
        return {name for part in self.template if isinstance(part, str) for name in placeholders(part)} - self.switches.keys()

    # commands

    def default_command(self, parameters: Mapping[str, Any], programs: pathlib.Path) -> list[str]:
        """Our own program's command, word by word."""
        texts, words = self.texts(parameters), []
        for part in self.template:
            group = [part] if isinstance(part, str) else list(part)
            needed = {name for word in group for name in placeholders(word)}
            if needed <= texts.keys():
                words += [word.format(**texts) for word in group]
            elif isinstance(part, str):
                raise RoleError(f"role {self.name}: {', '.join(sorted(needed - texts.keys()))} is missing")
        own = [programs / words[0], *([self.folder / "programs" / words[0]] if self.folder else [])]
        return [next((str(file) for file in own if file.is_file()), words[0]), *words[1:]]

    def replaced_command(self, command: str, parameters: Mapping[str, Any]) -> list[str]:
        """The user's command, word by word; a word that is only a placeholder goes when its parameter is not given, and so does what
        stands in brackets around one, as contracts write it."""
        values = {**dict.fromkeys(self.parameters, ""), **self.texts(parameters)}
        found = []
        for words, optional in _groups(shlex.split(command)):
            if optional and not all(values[name] for word in words for name in placeholders(word)):
                continue
            texts = [(word, word.format(**values)) for word in words]
            found += [text for word, text in texts if text or not (optional or placeholders(word))]
        return found

    # what people read

    def contract(self) -> str:
        """The text of `./lab show ROLE`."""
        from harness.judge.roles.contract import text

        return text(self)


def _groups(words: list[str]) -> Iterator[tuple[list[str], bool]]:
    """The words one by one, but those in brackets around a placeholder, ``[--speed {speed}]``, together and without the brackets; and
    whether they are such a group."""
    while words:
        last = next((number for number, word in enumerate(words) if word.endswith("]")), -1) if words[0].startswith("[") else -1
        group = words[: last + 1]
        if group:
            group[0] = group[0][1:]
            group[-1] = group[-1][:-1]
        optional = any(map(placeholders, group))
        if not optional:
            group = words[:1]
        yield group, optional
        words = words[len(group) :]


def placeholders(word: str) -> set[str]:
    """The names in braces. Raises RoleError for braces that do not match."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(word) if name is not None}
    except ValueError as error:
        raise RoleError(f"{word!r}: {error}; write {{{{ and }}}} for real braces") from None
