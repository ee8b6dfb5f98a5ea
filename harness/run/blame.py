"""Whose doing it was that a scenario did not come to its end: the programs', the machine's, or wireproof's own."""

from __future__ import annotations

import errno
import json
import pathlib
import resource
import subprocess
import traceback
from typing import Any

from harness.evidence.capture.packets import DecodeError
from harness.evidence.capture.recorder import CaptureError
from harness.judge.exits import describe_status
from harness.judge.failures import MachineFailure
from harness.judge.result import Doubt, Ended, Ending
from harness.stage.host import CommandFailed
from harness.stage.casting import NotImplementedByRole
from harness.stage.steps import BY_PROGRAMS
from harness.stage.sandbox import SandboxError
from harness.stage.visible import NotForPrograms
from harness.world.cell.open_vswitch import OpenVSwitchError
from harness.world.links.errors import LinkError, UnsupportedLink
from harness.world.network.errors import NetworkError
from harness.world.network.namespaces import NamespaceError
from harness.world.network.rtnetlink import KernelRefused
from harness.world.tools_needed import PACKAGES, MachineLacks, ToolMissing, foreign_sys, missing_tool

# What no program under test can bring about, by the part of the machine that failed.
_BY_MACHINE: list[tuple[tuple[type[BaseException], ...], str]] = [
    ((CaptureError, DecodeError), "capture"),
    ((NamespaceError,), "namespaces"),
    ((NetworkError, LinkError, KernelRefused), "network"),
    ((OpenVSwitchError,), "Open vSwitch"),
    ((CommandFailed, subprocess.CalledProcessError, subprocess.TimeoutExpired), "preparation"),
    ((SandboxError,), "sandbox"),
    ((NotForPrograms,), "hand-in"),
    ((MemoryError,), "memory"),
]
# Which tool they are about, should it be missing.
_TOOLS = {CaptureError: "dumpcap", DecodeError: "tshark", SandboxError: "bwrap"}
_REFUSALS = {errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.EIO, errno.EROFS}
_LASTING = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
"""Those among them that trying again finds the same."""


def ending_of(error: BaseException, lab: Any, folder: str) -> tuple[Ended, list[Doubt]]:
    """How a scenario ended that raised this, and the doubts that go with it. lab: None where no program was started yet; folder: of
    its evidence, for messages."""
    if isinstance(error, NotImplementedByRole):
        return Ended(Ending.NOT_IMPLEMENTED, str(error)), []
    if isinstance(error, BY_PROGRAMS):
        return Ended(Ending.NO_FACT, str(error), lab.ended_in if lab is not None else ""), []
    if doubt := machine_doubt(error, lab is None):
        return Ended(Ending.MACHINE, doubt.text), [doubt]
    if lab is not None and (fact := _file_of_a_program(error, lab)):
        return Ended(Ending.NO_FACT, fact), []
    return Ended(Ending.BROKEN, failed_itself(error, folder)), []


def machine_doubt(error: BaseException, early: bool = False) -> Doubt | None:
    """What an exception says of the machine, if it is the machine's. early: no program under test ran yet."""
    if lack := error if isinstance(error, MachineLacks) else _missing(error):
        return Doubt(lack.text, lack.source, lack.remedy, lasting=True)
    if isinstance(error, MachineFailure):
        return Doubt(_said(error), error.source, lasting=error.lasting)
    for kinds, source in _BY_MACHINE:
        if isinstance(error, kinds):
            return Doubt(_said(error), source, lasting=isinstance(error, (UnsupportedLink, NotForPrograms)))
    if isinstance(error, OSError) and str(error.filename).startswith("/sys/") and (lack := foreign_sys()):
        return Doubt(lack.text, lack.source, lack.remedy, lasting=True)
    if isinstance(error, OSError) and (early or error.errno in _REFUSALS):
        return Doubt(f"the machine refused: {error}", "machine", _remedy(error), lasting=error.errno in _LASTING)
    return None


def failed_itself(error: BaseException, folder: str) -> str:
    """The sentence about an exception that nobody thought of."""
    said = f": {error}" if str(error) else ""
    return f"wireproof itself failed: {type(error).__name__}{said}\n{_where(error)}\nplease report it with the folder {folder}"


def _missing(error: BaseException) -> ToolMissing | None:
    """The tool that could not be started, if that is what the exception tells."""
    if isinstance(error, (FileNotFoundError, PermissionError)) and isinstance(error.filename, str):
        name = error.filename
        return missing_tool(name) if name in PACKAGES else None
    if isinstance(error, MachineFailure) and error.tool:
        return missing_tool(error.tool)
    for kind, tool in _TOOLS.items():
        if isinstance(error, kind):
            return missing_tool(tool)
    return None


def _said(error: BaseException) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        words = error.cmd if isinstance(error.cmd, str) else " ".join(map(str, error.cmd))
        said = error.stderr or error.stdout or b""
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return f"'{words}' ended with {describe_status(error.returncode)}: {text.strip()[-300:]}"
    return str(error) or type(error).__name__


def _remedy(error: OSError) -> str:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    processes = resource.getrlimit(resource.RLIMIT_NPROC)[0]
    return {
        errno.EMFILE: f"a process may open {soft} files here ({hard} at most): raise it with 'ulimit -n 4096', as root if need be",
        errno.ENFILE: "all programs together have too many files open: raise it with 'sudo sysctl -w fs.file-max=1000000'",
        errno.ENOSPC: "make room, or name another folder with --out",
        errno.EDQUOT: "make room, or name another folder with --out",
        errno.EROFS: "name another folder with --out",
        errno.ENOMEM: "close what needs much memory, or run fewer at a time with --jobs 1",
        errno.EAGAIN: f"this user may have {processes} processes: raise it with 'ulimit -u', or run fewer at a time with --jobs 1",
    }.get(error.errno or 0, "")


def _file_of_a_program(error: BaseException, lab: Any) -> str:
    """A sentence where a program that fills a role did not write what it was told to write, or wrote what cannot be read."""
    for program in lab.programs:
        if not program.role or program.sandbox is None:
            continue
        owed = {str(path) for path in program.sandbox.writes}
        if isinstance(error, FileNotFoundError) and str(error.filename) in owed:
            return f"{program} was to write {pathlib.Path(error.filename).name}, and did not{program.last_words()}"
        if isinstance(error, json.JSONDecodeError):
            for name in (str(program.stdout_path), *owed):
                if _content(name) == error.doc.encode("utf-8", "surrogateescape"):
                    what = "its output" if name == str(program.stdout_path) else pathlib.Path(name).name
                    where = f"line {error.lineno}, column {error.colno}"
                    return f"{program} was to write JSON to {what}: {error.msg} at {where}: {error.doc[:80]!r}"
    return ""


def _content(name: str) -> bytes | None:
    try:
        return pathlib.Path(name).read_bytes()
    except OSError:
        return None


def _where(error: BaseException) -> str:
    """The lines of scenarios that led there, and the last one of all."""
    frames = traceback.extract_tb(error.__traceback__)
    shown = [row for row in frames[:-1] if "/scenarios/" in row.filename] + frames[-1:]
    return "\n".join(f"  {pathlib.Path(row.filename).name}:{row.lineno}: {row.line}" for row in shown)
