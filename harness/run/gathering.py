"""Puts what a scenario left into its result, piece by piece: a piece that fails is a doubt, and takes nothing else with it."""

from __future__ import annotations

import contextlib
import functools
import os
import time
from collections.abc import Iterator
from typing import Any

from harness.evidence.capture import recorder
from harness.judge import verdict
from harness.judge.fidelity import Counters
from harness.judge.records import build
from harness.judge.result import CaptureResult, Doubt, Ended, Ending, Fault, Result, Spoils
from harness.run.blame import failed_itself, machine_doubt
from harness.stage.casting import NotImplementedByRole
from harness.world.cell import open_vswitch

_HOG = 0.4  # of the machine's processors: a program that spins on one of two
_HOG_SECONDS = 2.0  # below, it may be an interpreter that starts


def gather(lab: Any, result: Result) -> None:
    """Ends programs and captures, and takes what the lab, its network and its captures tell."""
    doubts = result.doubts
    piece = functools.partial(_piece, doubts, str(lab.folder))
    with piece("how programs ended"):
        _programs(lab, result)
    with piece("programs and captures"):
        lab.close()
    with piece("captures"):
        recorder.finish(lab.recorders.values())  # those that are not at their end yet
    with piece("captures"):
        result.captures = [CaptureResult(one.name, one.file.name, one.count, one.dropped) for one in lab.recorders.values()]
        doubts += verdict.dropped(result.captures)
    with piece("Open vSwitch"):
        result.lost_by_switches = open_vswitch.lost()
        doubts += verdict.lost(result.lost_by_switches)
    with piece("links"):
        counted = lab.network.link_counters()
        result.link_counters = {link: {side: build(Counters, row) for side, row in sides.items()} for link, sides in counted.items()}
    with piece("links"):
        doubts += [Doubt(sentence, "links") for sentence in lab.network.end_links()]
    with piece("links"):
        result.late_links = lab.network.lateness()
    with piece("the first packets", Spoils.NONE):
        result.frames = lab.frames()


def _programs(lab: Any, result: Result) -> None:
    try:
        lab.check_implemented()
    except NotImplementedByRole as error:
        result.ended = Ended(Ending.NOT_IMPLEMENTED, str(error))
    result.faults += [one if isinstance(one, Fault) else Fault(one, one.partition(":")[0]) for one in lab.failed_replacements()]
    result.faults += limits(lab.programs, result) + hogs(lab, result)


def limits(programs: list[Any], result: Result) -> list[Fault]:
    """Bounds of their sandboxes that programs ran into: a FAIL by itself for one that somebody put in the place of ours."""
    replaced = verdict.replaced_roles(result)
    return [
        Fault(f"{program} ran into a limit: {', '.join(program.limits)} (docs/sandbox.md)", program.name, program.role in replaced)
        for program in programs
        if program.role and program.limits
    ]


def hogs(lab: Any, result: Result) -> list[Fault]:
    """Programs in the place of ours that kept half of the machine's processors, or nearly, busy for as long as the question took."""
    replaced, cores, seconds = verdict.replaced_roles(result), len(os.sched_getaffinity(0)), time.time() - lab.started
    found = []
    for program in lab.programs:
        used = program.processor_seconds() if program.role in replaced else 0.0
        if used >= max(_HOG_SECONDS, _HOG * cores * seconds):
            text = f"{program} kept the processors busy: {used:.1f} s of processor time in {seconds:.1f} s, on {cores} cores"
            found.append(Fault(text, program.name, makes_late=True))
    return found


@contextlib.contextmanager
def _piece(doubts: list[Doubt], folder: str, source: str, spoils: Spoils = Spoils.ANY) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever fails here is told, and the rest goes on
        known = machine_doubt(error)
        if known and any(doubt.text == known.text for doubt in doubts):
            return  # it ended the scenario already
        text = known.text if known else failed_itself(error, folder)
        doubts.append(Doubt(f"{source} could not be gathered: {text}", source, known.remedy if known else "", spoils))
