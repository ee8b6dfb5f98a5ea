"""``./lab new``: skeletons of labs and questions that pass, and that a mutant proves."""

from __future__ import annotations

import os
import pathlib
import re
from collections.abc import Callable

import click

from harness.cli.help import Help
from harness.cli.request import fail
from harness.judge.labs import VARIABLE, LabError, LabFolder, labs, roots
from harness.run.drive import EXIT_USAGE

_NAME = re.compile(r"[a-z][a-z0-9]*")
_QUESTION = re.compile(r"[a-z0-9][a-z0-9-]*")

_LAB = '''title = "{lab}"
sheet = "What the lab is about, in a sentence"
order = 100

[points]
{question} = 1
'''

_ROLES = '''# The programs of this lab, and what each must do. The form: docs/labs.md.

[{lab}-server]
command = ["/usr/bin/python3", "{{lab}}/programs/{lab}_server.py", "{{port}}"]
does = "Sends each client the line 'hello' and closes; SIGINT ends it."
listens = "the TCP port is in state LISTEN"

[{lab}-server.parameters]
port = "TCP port to listen on"

[{lab}-server.says]
hello = "to each client, a line"
'''

_SERVER = '''"""A server that says hello to each client: {lab}_server.py PORT"""

import socketserver
import sys


class Hello(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"hello\\n")


socketserver.TCPServer.allow_reuse_address = True
with socketserver.TCPServer(("", int(sys.argv[1])), Hello) as server:
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
'''

_FIRST = '''"""The server says hello to whoever connects.

This paragraph answers the question; the report prints it beside the evidence.
"""

from harness import contains, equals, scenario, tcp
from topologies.single import Single

PORT = 1234


@scenario("{id}", question="What does the server say?", topology=Single(), roles=["{lab}-server", "netcat"], seconds=2)
def server_says_hello(lab):
    with lab.step("A client connects, and says nothing", id="greeting"):
        server = lab.h1.start("{lab}-server", port=PORT).wait_listening(PORT)
        client = lab.h2.start("netcat", "-N", lab.h1, PORT, stdin=b"")
        lab.expect(client.wait(), equals(0), "the client ends well")
        lab.expect(client.output, contains("hello"), "what the client reads", id="hello")
        lab.expect(lab.packets(lab.h2, tcp("data", source=PORT)), equals(1), "segments with data from the server")
        lab.expect(server.running, equals(True), "the server goes on")
'''

_FIRST_MUTANTS = '''"""What {id} must reject."""

from harness import Mutant

MUTANTS = [
    Mutant("{id}", "says-nothing", "greeting/hello", {{"{lab}-server": "nc -l {{port}}"}}),
]
'''

_QUESTION_FILE = '''"""What is typed at one end of a TCP connection is printed at the other.

This paragraph answers the question; the report prints it beside the evidence.
"""

from harness import equals, scenario
from topologies.single import Single

PORT = 1234


@scenario("{id}", question="Does what is typed arrive?", topology=Single(), roles=["netcat"], seconds=2)
def what_is_typed_arrives(lab):
    with lab.step("nc waits on h1; nc on h2 sends a line", id="line"):
        server = lab.h1.start("netcat", "-l", PORT).wait_listening(PORT)
        client = lab.h2.start("netcat", "-N", lab.h1, PORT, stdin=b"a line\\n")
        lab.expect((client.wait(), server.wait()), equals((0, 0)), "both end well")
        lab.expect(server.output, equals("a line\\n"), "what the server prints", id="printed")
'''

_QUESTION_MUTANTS = '''"""What {id} must reject."""

from harness import Mutant

MUTANTS = [
    Mutant("{id}", "shouts", "line/printed", {{"netcat": "sh -c 'nc \\"$@\\" | tr a-z A-Z' netcat"}}),
]
'''


def lab(name: str) -> list[pathlib.Path]:
    """Writes a lab with one question into the last folder of labs. Gives the files. Raises LabError, OSError."""
    if not _NAME.fullmatch(name):
        raise LabError(f"{name!r} cannot be a lab's name: small letters and digits, a letter first")
    if name in labs():
        raise LabError(f"there is a lab {name} already: {labs()[name].folder}")
    folder = roots()[-1] / name
    words = {"lab": name, "id": f"{name}.q01", "question": "q01"}
    return _write({
        folder / "lab.toml": _LAB, folder / "roles.toml": _ROLES, folder / f"programs/{name}_server.py": _SERVER, folder / "q01.py": _FIRST,
        folder / "mutants/q01.py": _FIRST_MUTANTS,
    }, words)  # fmt: skip


def question(id: str) -> list[pathlib.Path]:
    """Writes a question with its mutant. Gives the files. Raises LabError, OSError."""
    name, _, own = id.partition(".")
    found: LabFolder | None = labs().get(name)
    if found is None:
        raise LabError(f"there is no lab {name!r}; './lab new lab {name}' makes it, and there are {', '.join(labs())}")
    if not _QUESTION.fullmatch(own):
        raise LabError(f"{id!r} cannot be a question's id: LAB.QUESTION, with small letters, digits and hyphens")
    file = f"{own.replace('-', '_')}.py"
    return _write({found.folder / file: _QUESTION_FILE, found.part("mutants") / file: _QUESTION_MUTANTS}, {"lab": name, "id": id})


def _write(files: dict[pathlib.Path, str], words: dict[str, str]) -> list[pathlib.Path]:
    if there := next((file for file in files if file.exists()), None):
        raise LabError(f"{there} is there already")
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.format(**words), encoding="utf-8")
    return list(files)


@click.group()
def new() -> None:
    """Writes the skeleton of a lab or of a question."""


@new.command("lab", cls=Help, epilog="  ./lab new lab http\n  ./lab --labs ~/course new lab http")
@click.argument("name")
def _lab(name: str) -> None:
    """Writes a lab with one question that passes, and a mutant that it catches."""
    _say(lab, name, f"{name}.q01")


@new.command("question", cls=Help, epilog="  ./lab new question echo.half-close")
@click.argument("id")
def _question(id: str) -> None:  # noqa: A002
    """Writes a question LAB.QUESTION that passes, and a mutant that it catches."""
    _say(question, id, id)


def _say(write: Callable[[str], list[pathlib.Path]], name: str, proved: str) -> None:
    try:
        files = write(name)
    except (LabError, OSError) as error:
        fail(str(error), EXIT_USAGE)
    for file in files:
        click.echo(os.path.relpath(file))
    where = f"--labs {os.environ[VARIABLE].split(os.pathsep)[-1]} " if os.environ.get(VARIABLE) else ""
    click.echo(f"now: ./lab {where}test {proved}", err=True)
