"""A lab of two hosts for tests of judged programs, within a cell."""

from __future__ import annotations

import contextlib
import pathlib
import shlex
from collections.abc import Iterator
from typing import Any

from harness.stage.host import Host
from harness.stage.lab import Lab
from harness.stage.program import Program
from harness.world import machine

PYTHON = "/usr/bin/python3"
_ROLES = ("netcat", "cat", "tcp-server", "rdv-point", "mcast-node", "http-proxy")


@contextlib.contextmanager
def judged_lab(name: str = "lab", **replacements: str) -> Iterator[Lab]:
    """Programs are started by start(); replacements are for other roles than netcat."""
    from harness.world.network import Network
    from topologies.single import Single

    folder, work = pathlib.Path("/tmp", name), pathlib.Path("/tmp", f"{name}-work")
    folder.mkdir()
    work.mkdir()
    commands = {"netcat": "/usr/bin/env", **{role.replace("_", "-"): command for role, command in replacements.items()}}
    with Network(Single(2)) as network:
        lab = Lab(network, folder, commands, machine.programs_folder(), folder, work, _ROLES, 1, question="tv.q18")
        yield lab
        lab.close()


def start(host: Host, *words: Any, **options: Any) -> Program:
    """A judged program: what the words say is put in netcat's place."""
    command = shlex.join(str(word).replace("{", "{{").replace("}", "}}") for word in words)
    host.lab._replacements["netcat"] = command
    return host.start("netcat", **options)
