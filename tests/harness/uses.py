"""What our files start and import, read from their text without running them.

Programs are looked for where commands stand: in lists, in calls of what starts programs, in texts that a shell is given. A word there
that is the name of a program on this machine is taken for one; that is too much at times, and harmless where the program is ours to use.
"""

from __future__ import annotations

import ast
import dataclasses
import pathlib
import re
import shutil
import sys
from collections.abc import Iterator

from tests.harness.debian import SEARCH_PATH

# Calls whose first words are a command: of subprocess, shutil and os, of Mininet's nodes, of scenarios' hosts.
_STARTERS = {
    "Popen", "Role", "_look", "_output", "_run", "call", "check_call", "check_output", "cmd", "errRun", "execv", "execvp", "execvpe",
    "pexec", "popen", "quietRun", "run", "start_command", "which",
}  # fmt: skip
_SURE = {"Popen", "_look", "check_call", "check_output", "run", "start_command"}  # nothing but a program stands there
_NAMED_FIRST = {"Role", "execv", "execvp", "execvpe"}  # the command is the second argument
# Programs that start the one which is named behind their options.
_WRAPPERS = {
    "bash", "chroot", "chrt", "env", "flock", "mnexec", "nice", "nohup", "nsenter", "setpriv", "setsid", "sh", "stdbuf", "strace", "sudo",
    "taskset", "time", "timeout", "unshare", "xargs",
}  # fmt: skip
_SHELLS = {"bash", "sh"}
_BUILTINS = {"command", "echo", "exec", "kill", "printf", "pwd", "read", "test", "time", "true", "false"}  # of the shell, unless by a wrapper
_WORD = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_.+/-]*")
_SEPARATOR = re.compile(r"\$\(|<\(|[;&|\n(`{]+|\b(?:then|do|else|if|elif|while|until|exec|command -v)\s|(?:^|\s)!\s")
_COMMAND_LINE = re.compile(r"^\S+(?: \S+)? -{1,2}[A-Za-z]|&&")
_FILE = re.compile(r"/(usr|etc|lib|bin|sbin)/[\w./+-]+[\w+-]")


@dataclasses.dataclass(frozen=True, order=True)
class Use:
    """At a line of a file, of kind "program", "module" or "file" (of the system). sure: nothing but a program can stand there."""

    file: pathlib.Path
    line: int
    kind: str
    name: str
    sure: bool = False


def uses(file: pathlib.Path) -> list[Use]:
    """Of a Python or shell file, in the order of its lines."""
    text = file.read_text()
    if file.suffix != ".py":
        return sorted({Use(file, line, "program", name) for line, name in _shell(text)})
    reader = _Reader(file)
    reader.visit(ast.parse(text))
    return sorted(set(reader.found))


def program(name: str) -> str | None:
    """Where a program of this name is on this machine, as cells look for it."""
    return shutil.which(name, path=SEARCH_PATH) if _WORD.fullmatch(name) and not name.endswith("/") else None


def _of_words(words: list[str], builtins: bool = False) -> Iterator[str]:
    """The programs of a command that is given word by word."""
    for place, word in enumerate(words):
        if program(word) and not (builtins and place == 0 and word in _BUILTINS):
            yield word
        name = word.rpartition("/")[2]
        if name in _SHELLS and "-c" in words[place:]:
            yield from _of_text(" ".join(words[words.index("-c", place) + 1 :]).strip("'\""))
            return
        if place == 0 and name not in _WRAPPERS:
            return


def _of_text(text: str) -> Iterator[str]:
    """The programs of a text for a shell."""
    for part in _SEPARATOR.split(text):
        words = [word.strip("'\"\\") for word in part.split()]
        while words and re.fullmatch(r"\w+=\S*", words[0]):
            words = words[1:]
        yield from _of_words(words, builtins=True)


def _shell(text: str) -> Iterator[tuple[int, str]]:
    text = re.sub(r"<<'(HELP|USAGE)'\n.*?\n\1\n", lambda found: "\n" * found[0].count("\n"), text, flags=re.DOTALL)
    for number, line in enumerate(text.splitlines(), 1):
        for name in _of_text(re.sub(r"(^|\s)#.*", "", line)):
            yield number, name


def _literal(node: ast.expr) -> str:
    """What a literal says; of an f-string with … for its values; nothing of what is no literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "…" for one in node.values)
    return ""


class _Reader(ast.NodeVisitor):
    def __init__(self, file: pathlib.Path) -> None:
        self.found: list[Use] = []
        self._file = file

    def _note(self, node: ast.expr | ast.stmt, kind: str, name: str, sure: bool = False) -> None:
        self.found.append(Use(self._file, node.lineno, kind, name, sure))

    def _text(self, node: ast.expr, text: str) -> None:
        for name in _of_text(text):
            self._note(node, "program", name)

    def _command(self, node: ast.expr, elements: list[ast.expr], sure: bool = False) -> None:
        """A command word by word. What follows *inside, *under and the like begins one too."""
        if not elements:
            return
        words = [_literal(element) for element in elements]
        if sure and _WORD.fullmatch(words[0]):
            self._note(node, "program", words[0], sure=True)
        for place in range(len(words)):
            if place == 0 or isinstance(elements[place - 1], ast.Starred):
                if " " in words[place].strip():
                    self._text(node, words[place])
                else:
                    for name in _of_words(words[place:]):
                        self._note(node, "program", name)

    def visit_List(self, node: ast.List) -> None:
        self._command(node, node.elts)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "scenario":  # its lists are of roles and parameters
            return
        words = node.args[1:] if name in _NAMED_FIRST else node.args
        if name in _STARTERS and words:
            first = words[0]
            self._command(node, first.elts if isinstance(first, ast.List) else words, sure=name in _SURE and isinstance(node.func, ast.Attribute))
        if name == "split" and isinstance(node.func, ast.Attribute):
            self._text(node, _literal(node.func.value))
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        text = _literal(node)
        if _COMMAND_LINE.search(text) and program(text.split()[0]):
            self._text(node, text)
        if _FILE.fullmatch(text) and pathlib.Path(text).is_file():
            self._note(node, "file", text)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        text = _literal(node)
        if _COMMAND_LINE.search(text) and program(text.split()[0]):
            self._text(node, text)
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # else a docstring
            self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        """What it says is for people."""

    def visit_Import(self, node: ast.Import) -> None:
        for one in node.names:
            self._module(node, one.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.module and not node.level:
            self._module(node, node.module)

    def _module(self, node: ast.stmt, name: str) -> None:
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names:
            self._note(node, "module", top)
