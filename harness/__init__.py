"""wireproof's harness: runs lab questions on private networks and judges them by their packets.

What a scenario needs beside its lab is imported from here: ``from harness import equals, scenario``. Each word is loaded when it is
asked for, so that a part of the harness does not load the others.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

# Mininet imports distutils; setuptools, which offers itself in its place, would take a tenth of a second of every run.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "DistutilsMetaFinder"]

_WORDS = {
    "harness.judge.expect": ("about", "above", "below", "between", "contains", "equals", "is_false", "is_true", "matches", "same_bytes"),
    "harness.judge.mutant": ("Mutant", "Right", "compiled", "program"),
    "harness.judge.parameters": ("Choice", "Parameter"),
    "harness.judge.waiting": ("DeadlinePassed", "ProgramFault"),
    "harness.judge.scenario": ("ROOT", "scenario"),
    "harness.evidence.trace.strace": ("Call",),
    "harness.evidence.trace.transfers": ("END_OF_STREAM", "accepted", "streams", "transfers"),
    "harness.stage.counters": ("nstat",),
    "harness.stage.crowd": ("CLOSED", "Crowd"),
    "harness.stage.endings": ("ended", "ended_by", "failed", "interrupted", "killed_by"),
    "harness.stage.filters": ("tcp", "udp"),
    "harness.stage.peer": ("Peer",),
    "harness.stage.processes": ("ZOMBIE", "alive", "read_process"),
    "harness.stage.stock": ("built_by_mn", "built_here"),
    "harness.stage.terminal": ("dangers",),
    "harness.world.machine": ("programs_folder",),
    "harness.world.network.queues": ("Drops", "wait_until_empty"),
}
_HOMES = {word: module for module, words in _WORDS.items() for word in words}

if TYPE_CHECKING:
    from harness.evidence.trace.strace import Call
    from harness.evidence.trace.transfers import END_OF_STREAM, accepted, streams, transfers
    from harness.judge.expect import about, above, below, between, contains, equals, is_false, is_true, matches, same_bytes
    from harness.judge.mutant import Mutant, Right, compiled, program
    from harness.judge.parameters import Choice, Parameter
    from harness.judge.scenario import ROOT, scenario
    from harness.judge.waiting import DeadlinePassed, ProgramFault
    from harness.stage.counters import nstat
    from harness.stage.crowd import CLOSED, Crowd
    from harness.stage.endings import ended, ended_by, failed, interrupted, killed_by
    from harness.stage.filters import tcp, udp
    from harness.stage.peer import Peer
    from harness.stage.processes import ZOMBIE, alive, read_process
    from harness.stage.stock import built_by_mn, built_here
    from harness.stage.terminal import dangers
    from harness.world.machine import programs_folder
    from harness.world.network.queues import Drops, wait_until_empty

__all__ = [
    "CLOSED", "Call", "Choice", "Crowd", "DeadlinePassed", "Drops", "END_OF_STREAM", "Mutant", "Parameter", "Peer", "ProgramFault",
    "ROOT", "Right", "ZOMBIE", "about", "above", "accepted", "alive", "below", "between", "built_by_mn", "built_here", "compiled",
    "contains", "dangers", "ended", "ended_by", "equals", "failed", "interrupted", "is_false", "is_true", "killed_by", "matches",
    "nstat", "program", "programs_folder", "read_process", "same_bytes", "scenario", "streams", "tcp", "transfers", "udp",
    "wait_until_empty",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"harness has no {name!r}: its words are {', '.join(__all__)}")
    return getattr(importlib.import_module(_HOMES[name]), name)
