"""A role's contract as `./lab show ROLE` prints it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Mapping

if TYPE_CHECKING:
    from harness.judge.roles.role import Role

_WIDTH = 120
_MIB = 1 << 20
_UNBROKEN = "\N{NO-BREAK SPACE}"


def text(role: Role) -> str:
    """Everything that a program in this role is told, may say, and may use."""
    lines = [role.name, "", *_paragraph(role.does), "", *_paragraph(f"by default: {_default(role)}", 4)]
    meanings = {f"{{{name}}}": _meaning(role, name) for name in role.parameters}
    lines += _table("parameters for --with, which are all that a scenario may pass:", meanings) or ["  parameters for --with: none"]
    if role.options or role.operands:
        lines += _table("what a scenario may append to the command:", {**role.options, **role.operands})
    lines += _table("what a scenario may wait for it to say:", role.says) if role.says else []
    if role.listens:
        lines.append(f"  the harness waits until: {role.listens}")
    lines += _files(role)
    memory = f"{_mib(role.data)} of data for each process, {_mib(role.scratch)} of files, {_mib(role.output)} of output"
    raw = "raw sockets" if role.raw_sockets else "no raw sockets"
    lines += _paragraph(f"limits: {role.descriptors} descriptors, {role.processes} processes, {memory}; {raw}")
    lines += _paragraph(
        "exit status 127, without a word and before anything else that can be seen, means: not implemented (the question is SKIPPED). "
        "LAB_QUESTION in its environment names the question."
    )
    return "\n".join(lines)


def _default(role: Role) -> str:
    """The template: what may be missing stands in brackets, a switch as the word that it is."""
    shown = " ".join(part if isinstance(part, str) else f"[{_UNBROKEN.join(part)}]" for part in role.template)
    for name, word in role.switches.items():
        shown = shown.replace(f"{{{name}}}", word)
    return shown


def _meaning(role: Role, name: str) -> str:
    switch = role.switches.get(name)
    return (f"{switch}, or nothing: " if switch else "") + role.parameters[name]


def _files(role: Role) -> list[str]:
    def names(files: frozenset[str]) -> str:
        return ", ".join(f"{{{name}}}" if name in role.parameters else name for name in sorted(files))

    told = [f"{does} {names(files)}" for does, files in (("reads", role.reads), ("writes", role.writes), ("keeps what it likes in", role.keeps)) if files]
    return _paragraph(f"files: it {'; it '.join(told)}") if told else []


def _mib(count: int) -> str:
    return f"{count / _MIB:g} MiB"


def _paragraph(words: str, further: int = 2) -> list[str]:
    lines = textwrap.wrap(words, _WIDTH, initial_indent="  ", subsequent_indent=" " * further, break_on_hyphens=False)
    return [line.replace(_UNBROKEN, " ") for line in lines]


def _table(title: str, rows: Mapping[str, str]) -> list[str]:
    if not rows:
        return []
    width = max(map(len, rows)) + 6
    lines = [f"  {title}"]
    for name, meaning in rows.items():
        lines += textwrap.wrap(
            meaning, _WIDTH, initial_indent=f"    {name}".ljust(width), subsequent_indent=" " * width, break_on_hyphens=False
        )
    return lines
