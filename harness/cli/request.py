"""What a person asks for on the command line: scenarios, values, programs, a folder; refused in words where it cannot be."""

from __future__ import annotations

import os
import pathlib
import shlex
import sys
import time
from collections.abc import Iterable
from typing import Any, NoReturn

import click

from harness.run.drive import EXIT_USAGE
from harness.run.owner import give_to_caller, make_folder
from harness.world import machine


def fail(text: str, status: int) -> NoReturn:
    """Says why, and ends with this exit status."""
    click.echo(f"lab: {text}", err=True)
    sys.exit(status)


def chosen_scenarios(patterns: tuple[str, ...]) -> list[Any]:
    """Those that the patterns name."""
    from harness.judge.scenario import BrokenScenario, UnknownScenario, choose

    try:
        return choose(patterns)
    except (BrokenScenario, UnknownScenario) as error:
        fail(str(error), EXIT_USAGE)


def filled_roles(replacements: Iterable[str], chosen: list[Any], hand_in: str | None = None) -> dict[str, str]:
    """Role → command of every --with. hand_in: the folder they come from, in place of the working folder. The scenarios' own use of
    roles is checked too."""
    from harness.judge.roles import RoleError, check_program, parse_replacement
    from harness.run import calls
    from harness.stage import visible
    from harness.world.cell.launch import PATH

    try:
        calls.check(chosen)
        base = pathlib.Path(hand_in).resolve() if hand_in else pathlib.Path.cwd()
        filled = dict(parse_replacement(text) for text in replacements)
        for role, command in filled.items():
            check_program(role, command, base, PATH)
            named = visible.named(visible.resolved(shlex.split(command), base))
            visible.check([*named, *([base] if hand_in else [])], [machine.ROOT, pathlib.Path.home()])
    except (RoleError, visible.NotForPrograms) as error:
        fail(str(error), EXIT_USAGE)
    for role in filled:
        if not any(role in one.roles for one in chosen):
            fail(f"--with {role}: none of the chosen scenarios has this role", EXIT_USAGE)
    return filled


def values_of(settings: tuple[str, ...], chosen: list[Any]) -> dict[str, dict[str, Any]]:
    """For each scenario's id, the values of those --set that it declares; what it declares of its network with them is checked too."""
    from harness.judge.parameters import ParameterError, read_settings, unknown
    from harness.run import declared

    try:
        texts = read_settings(settings)
        known = {name for one in chosen for name in one.parameters}
        for name in texts:
            if name not in known:
                fail(f"--set {name}: {unknown(name, known)}", EXIT_USAGE)
        values = {
            one.id: {name: one.parameters[name].parse(name, text) for name, text in texts.items() if name in one.parameters} for one in chosen
        }
        declared.check(one.at(values[one.id]) for one in chosen)
    except (ParameterError, declared.UnknownWord) as error:
        fail(str(error), EXIT_USAGE)
    return values


def run_folder(out: str | None) -> pathlib.Path:
    """A new folder for evidence, which `latest` points to; or the one of --out, new, empty, or an earlier run's. Raises OSError."""
    if out is None:
        base = machine.runs_folder() / time.strftime("%Y-%m-%d-%H%M%S")
        folder = base
        number = 2
        while True:
            try:
                make_folder(folder)
                break
            except FileExistsError:
                folder = base.with_name(f"{base.name}-{number}")
                number += 1
        latest = folder.parent / "latest"
        temporary = folder.parent / f".latest-{os.getpid()}"
        temporary.symlink_to(folder.name)
        os.replace(temporary, latest)
        give_to_caller(latest)
        return folder
    folder = pathlib.Path(out)
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / "results.json").exists())):
        fail(f"--out {out}: it exists and is no earlier run; name a new or empty folder", EXIT_USAGE)
    make_folder(folder, exist_ok=True)
    return folder.resolve()
