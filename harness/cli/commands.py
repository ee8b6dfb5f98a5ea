"""The command line of ``./lab`` (installing and building are done by the ``lab`` script before it comes here)."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import shlex
import signal
import sys
import time
import traceback
from typing import Any, NoReturn

import click

from harness.cli.help import Group, Help
from harness.cli.new import new
from harness.cli.printing import print_json, status_with_output
from harness.cli.request import chosen_scenarios, fail, filled_roles, run_folder, values_of
from harness.judge.labs import VARIABLE, LabError
from harness.run.drive import EXIT_FAILED, EXIT_INCONCLUSIVE, EXIT_INTERRUPTED, EXIT_USAGE, drive, exit_status
from harness.run.owner import give_to_caller
from harness.world import machine
from harness.world.links.link import MEANS

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 120}


def _add_labs(context: click.Context, parameter: click.Parameter, folders: tuple[str, ...]) -> None:
    given = [os.environ.get(VARIABLE, ""), *(os.path.abspath(folder) for folder in folders)]
    if folders:
        os.environ[VARIABLE] = os.pathsep.join(filter(None, given))


@click.group(
    cls=Group,
    context_settings=_SETTINGS,
    epilog="""  ./lab run                      every question of every lab
  ./lab run tv.q14               one question
  ./lab run 'tv.q1*' --jobs 1    those that match, one after another
  ./lab sweep ID --over bw=1,2   one question on many networks, with figures
  ./lab show tv.q14              what it proves, on which network
  ./lab test                     all tests
  ./lab test tv.q14              one question: what must pass, and what must be caught
  ./lab --labs ~/course run      labs of your own too

Shell completion: eval "$(_LAB_COMPLETE=bash_source ./lab)"   (zsh_source, fish_source for others)

Exit status: 0 all pass, 1 a FAIL, 2 wrong usage, 3 INCONCLUSIVE only.""",
)
@click.version_option("0.1.0", prog_name="wireproof")
@click.option(
    "--labs", "folders", multiple=True, metavar="DIR", expose_value=False, callback=_add_labs,
    help="A folder with labs of your own, beside ours (docs/labs.md). $WIREPROOF_SCENARIOS does the same.",
)  # fmt: skip
def lab() -> None:
    """Runs every question of five socket labs on real networks and proves each answer with packets."""


def _complete(context: Any, parameter: Any, incomplete: str) -> list[str]:
    from harness.judge.scenario import all_scenarios

    known = all_scenarios()
    return [name for name in [*sorted({one.lab for one in known.values()}), *known] if name.startswith(incomplete)]


@lab.command(
    cls=Help,
    epilog="""  ./lab run tv                                     one lab
  ./lab run tv.q18 --with 'echo-server=python3 mine.py {port}'   grade a student's program
  ./lab run tv.q18 --hand-in ana --with 'echo-server=java Server {port}'   … of more than one file
  ./lab run tv.q11 --repeat 20 --jobs 1            is it flaky?
  ./lab run ID --set bw=2 --set loss=1%            other values for its parameters ('./lab show ID' lists them)
  ./lab run --out evidence --json > results.json   for CI""",
)
@click.argument("patterns", nargs=-1, shell_complete=_complete)
@click.option("--jobs", "-j", type=click.IntRange(1), help="At most this many scenarios at a time (default: as loads allow).")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Seed of everything random.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Give a parameter of the scenario another value.")
@click.option("--with", "replacements", multiple=True, metavar="ROLE=COMMAND", help="Fill a role with your own program.")
@click.option("--hand-in", type=click.Path(exists=True, file_okay=False), help="Folder of those programs: they see all of it, and start there.")
@click.option("--keep-going/--fail-fast", default=True, show_default=True, help="Go on after a FAIL, or start no more.")
@click.option("--out", metavar="DIR", help="Folder for the evidence (default: captures/<time>); an earlier run there is replaced.")
@click.option("--repeat", type=click.IntRange(1), default=1, help="Run each scenario this many times.")
@click.option("--json", "as_json", is_flag=True, help="Print results.json on standard output.")
@click.option("--switch", type=click.Choice(["auto", "ovs", "ovs-kernel", "bridge"]), help="Which switch to use.")
@click.option("--links", type=click.Choice(MEANS), help="By what means links are made (default: $WIREPROOF_LINKS, else auto).")
@click.option("--hold", type=click.Choice(["must", "should"]), help="Hold programs to what the sheets ask, or also to what a good program does (default: ours to both, others to must).")
@click.option("--tamper", type=click.Path(exists=True, dir_okay=False), hidden=True, help="Python file that spoils the network.")
@click.option("--yes", is_flag=True, help="Install missing packages without asking (CI=true does the same).")
def run(patterns, jobs, seed, settings, replacements, hand_in, keep_going, out, repeat, as_json, switch, links, hold, tamper, yes) -> None:
    """Runs scenarios and judges them.

    PATTERN is an id (tv.q14), a lab (tv) or a shell pattern ('tv.q1*'); without one, everything runs.
    """
    from harness.cli.building import build_for
    from harness.run.runner import Item
    from harness.world.links import LinkError, emulator

    chosen = chosen_scenarios(patterns)
    filled = filled_roles(replacements, chosen, hand_in)
    values = values_of(settings, chosen)
    try:
        emulator.check()
    except LinkError as error:
        fail(str(error), EXIT_USAGE)
    items = [
        Item(one, one.id if number == 1 else f"{one.id}-{number}", {r: c for r, c in filled.items() if r in one.roles},
             os.path.abspath(tamper) if tamper else None, switch, links, parameters=values[one.id],
             hand_in=os.path.abspath(hand_in) if hand_in else None, hold=hold)
        for one in (one.at(values[one.id]) for one in chosen) for number in range(1, repeat + 1)
    ]  # fmt: skip
    build_for(items)
    try:
        folder = run_folder(out)
    except OSError as error:
        fail(f"the evidence folder cannot be made: {error}", EXIT_USAGE)
    information = {"id": folder.name, "seed": seed, "command": shlex.join(["./lab", "run", *sys.argv[2:]])}
    sys.exit(_run(items, folder, information, jobs, keep_going, as_json))


def _run(items: list[Any], folder: pathlib.Path, information: dict[str, Any], jobs, keep_going: bool, as_json: bool) -> int:
    from rich.console import Console

    from harness.cli.progress import LiveProgress, plain
    from harness.report import begin_run, write_reports
    from harness.report.run import State
    from harness.report.terminal import print_report
    from harness.run.runner import Runner

    started = time.time()
    information |= {"started": started}
    try:
        begin_run(folder, information, [item.name for item in items])
    except OSError as error:
        fail(f"the evidence folder cannot be written: {error}", EXIT_USAGE)
    give_to_caller(folder)
    console = Console(stderr=True)
    live = LiveProgress(len(items), console) if console.is_terminal else None
    runner = Runner(items, folder, information["seed"], jobs, not keep_going, live.events if live else plain(len(items)))
    status = drive(runner, folder, live)
    if status is not None:
        return status
    stopped = len(runner.results) < len(items)
    state = State.INTERRUPTED if runner.interrupts else State.STOPPED if stopped else State.FINISHED
    try:
        report = write_reports(folder, {**information, "state": state, "seconds": round(time.time() - started, 2)})
    except OSError as error:
        click.echo(f"lab: the report cannot be written to {folder}: {error}", err=True)
        return EXIT_INCONCLUSIVE
    give_to_caller(folder)
    print_report(report, file=sys.stderr)
    if as_json:
        print_json(folder / "results.json")
    return EXIT_INTERRUPTED if runner.interrupts else exit_status(report.verdicts)


@lab.command(
    cls=Help,
    epilog="""  ./lab sweep ID --over bw=0.5,0.7,1,2 --over loss=0..5 --repeat 5
  ./lab sweep ID --over queue=10,100,1000 --over aqm=drop-tail,codel --set bw=10
  ./lab sweep ID --over loss=0..1:0.1 --with 'echo-server=python3 mine.py {port}'
  ./lab sweep --resume captures/sweeps/ID-2026-01-31-120000       after Ctrl+C or a power cut
  ./lab sweep --resume captures/sweeps/ID-2026-01-31-120000 --repeat 10       narrower intervals

Values: a,b,c   low..high (whole numbers)   low..high:step   or several of these with commas between them.
A number may name its unit (700kbit/s). './lab show ID' lists the parameters. See docs/sweeps.md.

Exit status: 0 all runs pass, 1 a FAIL, 2 wrong usage, 3 INCONCLUSIVE only, 130 interrupted.""",
)
@click.argument("id", required=False, shell_complete=_complete)
@click.option("--over", multiple=True, metavar="NAME=VALUES", help="Vary this parameter; the first is the x axis, the second the lines.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Give another parameter one value.")
@click.option("--repeat", type=click.IntRange(1), help="Runs of each point (default: 6, the fewest that give a confidence interval).")
@click.option("--seed", type=click.IntRange(0), help="From which every run's own seed is derived (default: 1).")
@click.option("--out", metavar="DIR", help="Folder (default: captures/sweeps/<id>-<time>); the same sweep there goes on.")
@click.option("--resume", metavar="DIR", help="Go on with the sweep in this folder; nothing else need be said.")
@click.option("--jobs", "-j", type=click.IntRange(1), help="At most this many runs at a time (default: as loads allow).")
@click.option("--with", "replacements", multiple=True, metavar="ROLE=COMMAND", help="Fill a role with your own program.")
@click.option("--switch", type=click.Choice(["auto", "ovs", "ovs-kernel", "bridge"]), help="Which switch to use.")
@click.option("--links", type=click.Choice(MEANS), help="By what means links are made (default: $WIREPROOF_LINKS, else auto).")
@click.option("--keep-captures", is_flag=True, help="Keep the packets of runs that PASS too (else only others', 1 GB at most).")
@click.option("--json", "as_json", is_flag=True, help="Print sweep.json on standard output.")
@click.option("--yes", is_flag=True, help="Install missing packages without asking (CI=true does the same).")
def sweep(id, over, settings, repeat, seed, out, resume, jobs, replacements, switch, links, keep_captures, as_json, yes) -> None:  # noqa: A002
    """Runs a scenario over a grid of its parameters' values, each point several times.

    Leaves medians with confidence intervals as figures, a page, CSV and JSON. Interrupted sweeps go on where they were.
    """
    from harness.cli import sweep as command
    from harness.judge.parameters import ParameterError
    from harness.run.sweep.journal import Journal, SweepError, read_plan

    try:
        if resume and out:
            raise SweepError("--resume names the folder already; leave --out away")
        earlier = command.earlier_plan(resume) if resume else read_plan(pathlib.Path(out)) if out else None
        if not id and not resume:
            raise SweepError("which scenario? ./lab sweep ID --over NAME=VALUES ('./lab list' shows ids)")
        chosen = chosen_scenarios((id or (earlier.id if earlier else ""),))
        if len(chosen) != 1:
            raise SweepError(f"{id!r} fits {len(chosen)} scenarios; name one")
        given = list(replacements) or [f"{role}={words}" for role, words in (earlier.replacements if earlier else {}).items()]
        plan = command.make_plan(
            chosen[0], over, values_of(settings, chosen)[chosen[0].id], filled_roles(given, chosen), repeat, seed, switch,
            links, keep_captures, earlier if resume else None,
        )  # fmt: skip
        folder = pathlib.Path(resume or out).resolve() if resume or out else command.default_folder(chosen[0])
        journal = Journal(folder, plan)
    except (ParameterError, SweepError) as error:
        fail(str(error), EXIT_USAGE)
    except OSError as error:
        fail(f"the sweep's folder cannot be made: {error}", EXIT_USAGE)
    with contextlib.closing(journal):
        sys.exit(command.run(chosen[0], journal, jobs, as_json))


@lab.command("list", cls=Help, epilog="  ./lab list\n  ./lab list tv --json")
@click.argument("patterns", nargs=-1, shell_complete=_complete)
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def list_(patterns, as_json) -> None:
    """Lists the scenarios by labs: id, expected seconds, question."""
    from harness.judge.labs import labs

    chosen = chosen_scenarios(patterns)
    if as_json:
        rows = [{"id": one.id, "lab": one.lab, "question": one.question, "title": one.title, "seconds": one.seconds,
                 "roles": list(one.roles)} for one in chosen]  # fmt: skip
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    shown = ""
    for one in chosen:
        of = labs().get(one.lab)
        if one.lab != shown and of and of.title:
            click.echo(f"{chr(10) if shown else ''}{of.title}")
        shown = one.lab
        click.echo(f"{one.id:<16} {one.seconds:5.0f} s  {one.question}" + (f"  ({one.worth:g} {'point' if one.worth == 1 else 'points'})" if one.worth else ""))


@lab.command(cls=Help, epilog="  ./lab show tv.q14\n  ./lab show echo-server")
@click.argument("name", shell_complete=_complete)
def show(name) -> None:
    """Shows a scenario (its question, network, roles, expectations) or a role's contract."""
    from harness.judge import claims
    from harness.judge.hold import Hold
    from harness.judge.labs import labs
    from harness.judge.roles import ROLES
    from harness.report.topology import draw_text
    from harness.world.outline import outline

    if name in ROLES:
        click.echo(ROLES[name].contract())
        return
    if of := labs().get(name):
        click.echo("\n".join(filter(None, [f"{of.title or name}  {of.folder}", of.sheet])) + "\n")
    for one in chosen_scenarios((name,)):
        click.echo(f"{one.id}  {one.question}\n\nProves: {one.title}\n")
        if one.answer:
            click.echo(click.wrap_text(one.answer, 100) + "\n")
        click.echo(draw_text(outline(one.topology)))
        if one.parameters:
            click.echo("\nParameters (--set NAME=VALUE):")
        for name, declared in one.parameters.items():
            meaning = f" – {declared.meaning}" if declared.meaning else ""
            click.echo(f"  {name} = {declared.shown(declared.default)}   ({declared.permitted}){meaning}")
        click.echo("\nRoles: " + (", ".join(one.roles) or "none"))
        for role, names in one.needs.items():
            click.echo(f"  a command in place of {role} must take {', '.join(f'{{{name}}}' for name in names)}")
        click.echo(f"\nTakes about {one.seconds:.0f} s\n\nExpectations:")
        source = claims.read(one)
        titles = {step.id: f"{step.id}: {step.title}" + (f"  ({step.points:g} points)" if step.points != 1 else "") for step in source.steps}
        for claim in source.claims:
            step = claim.id.partition("/")[0]
            if title := titles.pop(step, ""):
                click.echo(f"  {title}")
            own = f"  [{claim.id}]" if claim.id else ""
            click.echo(f"  - {claim.what}{'  (should)' if claim.hold is Hold.SHOULD else ''}{own}" + (f"\n      {claim.expected}" if claim.expected else ""))
        if any(claim.hold is Hold.SHOULD for claim in source.claims):
            click.echo("\n(should): no sheet asks for it; a program in the place of ours is told, and not judged by it.")
        click.echo("")


@lab.command(cls=Help, epilog="  ./lab shell tv.q14\n  echo 'pingall' | ./lab shell tv.q01")
@click.argument("id", shell_complete=_complete)
@click.option("--switch", type=click.Choice(["auto", "ovs", "ovs-kernel", "bridge"]), default="auto", show_default=True)
@click.option("--links", type=click.Choice(MEANS), help="By what means links are made (default: $WIREPROOF_LINKS, else auto).")
def shell(id, switch, links) -> None:  # noqa: A002 - the name users see
    """Deploys a scenario's network and hands over Mininet's command line; leaving it removes everything."""
    from harness.world.cell import Cell, CellError
    from harness.world.links import LinkError, emulator

    chosen = chosen_scenarios((id,))
    if len(chosen) != 1:
        fail(f"{id!r} fits {len(chosen)} scenarios; name one", EXIT_USAGE)
    try:
        emulator.check()
    except LinkError as error:
        fail(str(error), EXIT_USAGE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    argument = {"id": chosen[0].id, "programs": str(machine.programs_folder()), "switch": switch, "links": links}
    try:
        with Cell("harness.cli.shell:run", argument, [machine.build_folder(), *emulator.files()], stdin=None, interactive=True) as cell:
            cell.wait_ready()
            sys.exit(cell.wait())
    except CellError as error:
        fail(str(error), EXIT_INCONCLUSIVE)


@lab.command(cls=Help, epilog="  ./lab doctor")
def doctor() -> None:
    """Checks the machine and prints the fix for each thing missing."""
    from harness.cli.doctor import checks

    marks = {"ok": click.style("ok     ", fg="green"), "note": click.style("note   ", fg="yellow"),
             "missing": click.style("missing", fg="red")}  # fmt: skip
    bad = 0
    for check in checks():
        click.echo(f"{marks[check.state]}  {check.what}: {check.found}")
        if check.state != "ok" and check.remedy:
            click.echo(f"           → {check.remedy}")
        bad += check.state == "missing"
    click.echo("This machine can run the labs." if not bad else f"{bad} thing{'s' if bad > 1 else ''} to mend.")
    sys.exit(EXIT_FAILED if bad else 0)


@lab.command(cls=Help, epilog="  ./lab report\n  ./lab report captures/2026-01-31-120000")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False))
def report(folder) -> None:
    """Writes the page, junit.xml and results.json of a run again (default: the latest) and prints the summary."""
    from harness.report import write_reports
    from harness.report.terminal import print_report

    chosen = pathlib.Path(folder) if folder else machine.runs_folder() / "latest"
    if not chosen.exists():
        fail("there is no run yet: ./lab run makes one", EXIT_USAGE)
    if not (chosen / "results.json").exists() and not any(chosen.glob("*/result.json")):
        fail(f"{chosen}: there is no run in this folder", EXIT_USAGE)
    try:
        outcome = write_reports(chosen.resolve())
    except OSError as error:
        fail(f"the report cannot be made: {error}; what root left there: sudo chown -R $USER {shlex.quote(str(chosen))}", EXIT_INCONCLUSIVE)
    give_to_caller(chosen.resolve())
    print_report(outcome)
    click.echo(str(chosen.resolve() / "index.html"))
    sys.exit(exit_status(outcome.verdicts))


@lab.command(cls=Help, epilog="  ./lab setup\n  ./lab setup --yes")
def setup() -> None:
    """Installs missing packages, builds the programs, makes the clips; runs nothing (done by the lab script itself)."""
    fail("'setup' is done by the lab script: ./lab setup", EXIT_USAGE)


@lab.command(
    cls=Help,
    epilog="""  ./lab test                all tests of wireproof itself (done by the lab script)
  ./lab test --quick        without sanitizers, scenarios and mutants
  ./lab test tv.q03         one question: right programs pass, mutants are caught by the expectation that is named
  ./lab test 'echo.*'       those that match

Exit status: 0 all as it must be, 1 not so, 2 wrong usage, 3 not judged, 130 interrupted.""",
)
@click.argument("patterns", nargs=-1, shell_complete=_complete)
@click.option("--jobs", "-j", type=click.IntRange(1), help="At most this many runs at a time (default: as loads allow).")
def test(patterns, jobs) -> None:
    """Tests questions on our programs, on other right ones, and on their mutants; without a PATTERN, all of wireproof."""
    from harness.cli.building import offer_packages
    from harness.cli.prove import prove

    if not patterns:
        fail("all tests are run by the lab script: ./lab test", EXIT_USAGE)
    chosen = chosen_scenarios(patterns)
    offer_packages(chosen)
    sys.exit(prove(chosen, jobs))


lab.add_command(new)


@lab.command(cls=Help, epilog="  ./lab vm test\n  ./lab vm test --help")
def vm() -> None:
    """Tests what wants another kernel, in an emulated machine (done by the lab script itself)."""
    fail("'vm' is run by the lab script: ./lab vm test", EXIT_USAGE)


def main() -> NoReturn:
    """The command, with an exit status whatever happens."""
    try:
        status = lab.main(prog_name="lab", standalone_mode=False) or 0
    except click.exceptions.Abort:
        status = EXIT_INTERRUPTED
    except click.ClickException as error:
        error.show()
        status = EXIT_USAGE
    except LabError as error:  # whatever a command does, labs are read on the way
        click.echo(f"lab: {error}", err=True)
        status = EXIT_USAGE
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else EXIT_USAGE if end.code else 0
    except Exception as error:  # noqa: BLE001 - whatever it is, it is nobody's FAIL
        traceback.print_exc()
        click.echo(f"lab: wireproof itself failed: {type(error).__name__}: {error}\nplease report it with what stands above", err=True)
        status = EXIT_INCONCLUSIVE
    sys.exit(status_with_output(status))

