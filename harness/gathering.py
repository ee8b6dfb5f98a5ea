"""Puts what a scenario left into its result, piece by piece: a piece that fails is a doubt, and takes nothing else with it."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

from harness import verdict
from harness.blame import failed_itself, machine_doubt
from harness.capture import recorder
from harness.cell import open_vswitch
from harness.fidelity import Counters
from harness.lab import NotImplementedByRole
from harness.records import build
from harness.result import CaptureResult, Doubt, Ended, Ending, Fault, Result, Spoils


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
    result.faults += limits(lab.programs, result)


def limits(programs: list[Any], result: Result) -> list[Fault]:
    """Bounds of their sandboxes that programs ran into: a FAIL by itself for one that somebody put in the place of ours."""
    replaced = verdict.replaced_roles(result)
    return [
        Fault(f"{program} ran into a limit: {', '.join(program.limits)} (docs/sandbox.md)", program.name, program.role in replaced)
        for program in programs
        if program.role and program.limits
    ]


@contextlib.contextmanager
def _piece(doubts: list[Doubt], folder: str, source: str, spoils: Spoils = Spoils.ANY) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever fails here is told, and the rest goes on
        known = machine_doubt(error)
        text = known.text if known else failed_itself(error, folder)
        doubts.append(Doubt(f"{source} could not be gathered: {text}", source, known.remedy if known else "", spoils))
