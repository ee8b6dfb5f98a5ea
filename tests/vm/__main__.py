"""``./lab vm test``: makes an emulated Debian 12 with what many kernels lack, and tries the harness in it."""

from __future__ import annotations

import fcntl
import os
import pathlib
import signal
import subprocess
import sys
import time
from typing import IO, Any

import click

from harness.cli.help import Help
from harness.run.drive import EXIT_INCONCLUSIVE, EXIT_INTERRUPTED, EXIT_USAGE
from harness.world import machine
from tests.vm import here, payload
from tests.vm.command import VmError
from tests.vm.emulator import Emulator, NeverUp, kvm_problem
from tests.vm.image import Image
from tests.vm.outcome import INCONCLUSIVE, Outcome, exit_status, markdown, rewrite
from tests.vm.record import Record
from tests.vm.steps import STEPS


class Progress:
    """What goes on, on stderr: a line that renews itself on a terminal, one line a step elsewhere."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._what, self._began = "", 0.0

    def begin(self, what: str) -> None:
        self._what, self._began = what, time.monotonic()
        if not self._live:
            click.echo(f"vm: {what} …", err=True)

    def tick(self, more: str = "") -> None:
        if self._live and self._what:
            text = f"vm: {self._what} … {time.monotonic() - self._began:.0f} s {more}"
            click.echo(f"\r\033[K{text[:118]}", err=True, nl=False)

    def done(self, text: str = "") -> None:
        self.tick()
        seconds = time.monotonic() - self._began
        click.echo(f"\r\033[Kvm: {self._what} … {seconds:.0f} s {text}" if self._live else f"vm:   {seconds:.0f} s {text}", err=True)
        self._what = ""


class Watch:
    """Turns the machine's events into progress, and records outcomes at once: nobody knows how the machine will end."""

    def __init__(self, progress: Progress, record: Record, count: int) -> None:
        self._progress, self._record, self._count, self._begun = progress, record, count, 0
        self.current = ""

    def __call__(self, event: dict[str, Any]) -> None:
        kind = event.pop("event", "")
        if kind == "up":
            self._record.facts |= {"kernel": event["kernel"], "boot": f"{event['seconds']:.0f} s"}
            self._progress.done(f"(up after {event['seconds']:.0f} s of its own time)")
        elif kind == "begin":
            self.current = event["step"]
            self._begun += 1
            step = next(step for step in STEPS if step.id == self.current)
            self._progress.begin(f"{self._begun}/{self._count} {step.id} ({step.user}): {step.proves}"[:100])
        elif kind == "end":
            outcome = Outcome(**event)
            self._record.add(outcome)
            self.current = ""
            self._progress.done(outcome.verdict)
        elif kind == "over":
            self._progress.begin("powering off")


def _boot(image: Image, folder: pathlib.Path, accelerator: str, memory: int, minutes: float, names: list[str],
          progress: Progress, record: Record) -> str:  # fmt: skip
    """Runs the machine; falls back from KVM to emulation. Gives what went wrong; steps without an outcome are INCONCLUSIVE then."""
    disk = folder / "payload.ext4"
    while True:
        payload.make(disk, folder / "staging", names)
        watch = Watch(progress, record, len(names))
        progress.begin(f"starting the machine ({accelerator})")
        problem = ""
        try:
            Emulator(image, disk, folder, accelerator, memory).run(minutes * 60, watch, progress.tick)
        except NeverUp as error:
            if accelerator == "kvm":
                progress.done("KVM does not work here; emulating")
                accelerator = "tcg"
                continue
            problem = str(error)
        except VmError as error:
            problem = str(error)
        progress.done()
        record.facts["processor"] = f"2 cores by qemu {'TCG (emulated)' if accelerator == 'tcg' else 'KVM'}, {memory} MiB"
        why = problem or "the machine ended before"
        for name in record.open(names):
            if name not in record.outcomes:
                record.add(Outcome(name, INCONCLUSIVE, details=[why if name == watch.current else f"not begun: {why}"]))
        return problem


def _names(patterns: tuple[str, ...]) -> list[str]:
    """The steps asked for, and those that they are compared with."""
    known = {step.id: step for step in STEPS}
    for name in patterns:
        if name not in known:
            click.echo(f"lab: vm test: there is no step {name!r}; the steps are {', '.join(known)}", err=True)
            sys.exit(EXIT_USAGE)
    wanted = {*patterns, *(known[name].like for name in patterns)}
    return [name for name in known if not patterns or name in wanted]


def _check_page(page: str) -> None:
    """Before an hour's work, not after."""
    try:
        rewrite(pathlib.Path(page).read_text(), "")
    except (OSError, ValueError) as error:
        click.echo(f"lab: vm test: --page {page}: {error}", err=True)
        sys.exit(EXIT_USAGE)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
def vm() -> None:
    """An emulated machine whose kernel has what many lack: netem, Open vSwitch's datapath, fq_codel and others."""


@vm.command(
    cls=Help,
    epilog="  ./lab vm test                                    everything; the first time makes the disk\n"
    "  ./lab vm test mn netem                           two of the steps\n"
    "  ./lab vm test --continue                         the rest, after an interruption\n"
    "  ./lab vm test --page docs/fidelity.md            and write the tables there\n"
    "  WIREPROOF_VM_ACCEL=kvm ./lab vm test             by KVM, where it works",
)
@click.argument("steps", nargs=-1)
@click.option("--accel", type=click.Choice(["tcg", "kvm"]), envvar="WIREPROOF_VM_ACCEL", default="tcg", show_default=True,
              help="How qemu runs it: tcg emulates anywhere; kvm is quick, and given up for tcg when nothing comes up in 60 s.")  # fmt: skip
@click.option("--memory", type=click.IntRange(1024), default=2048, show_default=True, help="MiB.")
@click.option("--minutes", type=click.FloatRange(1), default=180, show_default=True, help="Deadline of the whole machine.")
@click.option("--rebuild", is_flag=True, help="Make the disk again, with what the mirror has today.")
@click.option("--page", type=click.Path(dir_okay=False), help="Write the outcome there, between the two marks it has.")
@click.option("--continue", "go_on", is_flag=True, help="Run only what the run before, of the same files, left without a verdict.")
@click.option("--list", "only_list", is_flag=True, help="List the steps and run nothing.")
def test(steps, accel, memory, minutes, rebuild, page, go_on, only_list) -> None:
    """Makes the machine's disk where needed, boots it, and runs STEPS (default: all) in it.

    The disk holds Debian 12 with the packages of packages.txt, in build/vm/ (2.3 GB; made in two minutes), and is kept.
    The repository as it is now and the built programs go along on a second one. Logs, evidence, the console and result.json
    are in build/vm/latest/. Nothing of this machine's network is touched, and the emulated one has none.

    Exit status: 0 all steps pass, 1 a FAIL, 2 wrong usage, 3 INCONCLUSIVE, or the machine could not be made.
    """
    names = _names(steps)
    if only_list:
        for step in STEPS:
            click.echo(f"{step.id:<16} {step.user:<8} {step.proves}")
        return
    if page:
        _check_page(page)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = machine.build_folder().parent / "vm"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".lock").open("w") as lock:
            _lock(lock)
            sys.exit(_test(folder, names, accel, memory, minutes, rebuild, page, go_on))
    except KeyboardInterrupt:
        click.echo("\nvm: interrupted; the machine has been ended", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except (VmError, OSError) as error:
        click.echo(f"\nlab: vm test: {error}", err=True)
        sys.exit(EXIT_INCONCLUSIVE)


def _lock(file: IO[str]) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise VmError(f"another ./lab vm test is at work in {pathlib.Path(file.name).parent}") from None


def _tidy(folder: pathlib.Path, keep_results: bool) -> None:
    """Takes results out of a disk that a machine has left, and removes it; or everything of the run before."""
    disk = folder / "payload.ext4"
    if keep_results and disk.exists():
        try:
            payload.take_out(disk, folder)
        except (VmError, subprocess.CalledProcessError) as error:
            click.echo(f"vm: no evidence can be read from the machine's disk: {error}", err=True)
    for old in ("payload.ext4", *(() if keep_results else ("results", "result.json", "result.md"))):
        subprocess.run(["rm", "-rf", "--one-file-system", folder / old], check=True)


def _test(base: pathlib.Path, names: list[str], accel: str, memory: int, minutes: float, rebuild: bool, page: str | None,
          go_on: bool) -> int:  # fmt: skip
    progress = Progress()
    image = Image(base)
    if rebuild or not image.current:
        progress.begin("making the disk with mmdebstrap")
        image.make(progress.tick)
        progress.done(f"{image.disk.stat().st_blocks * 512 / 1e9:.1f} GB")
    folder = base / "latest"
    folder.mkdir(exist_ok=True)
    record = Record(folder / "result.json", f"{payload.state()} {image.recipe()}", go_on)
    _tidy(folder, keep_results=bool(record.outcomes))
    todo = record.open(names)
    if record.outcomes:
        click.echo(f"vm: going on: {len(record.outcomes)} outcomes of the run before stand", err=True)
    for name in todo:
        record.outcomes.pop(name, None)
    if accel == "kvm" and (problem := kvm_problem()):
        click.echo(f"vm: {problem}; emulating", err=True)
        accel = "tcg"
    inside = [step.id for step in STEPS if step.id in todo and step.user != "here"]
    problem = _boot(image, folder, accel, memory, minutes, inside, progress, record) if inside else ""
    _tidy(folder, keep_results=True)
    for step in STEPS:
        if step.id in todo and step.id not in inside:
            progress.begin(f"{step.id} (on this machine): {step.proves}"[:100])
            record.add(here.carry_out(step, folder / "results", progress.tick))
            progress.done(record.outcomes[step.id].verdict)
    outcomes = [record.outcomes[step.id] for step in STEPS if step.id in record.outcomes]
    text = markdown(record.facts, outcomes)
    (folder / "result.md").write_text(text)
    if page:
        pathlib.Path(page).write_text(rewrite(pathlib.Path(page).read_text(), text))
    click.echo(text)
    if problem:
        click.echo(f"lab: vm test: {problem}", err=True)
    click.echo(f"vm: evidence in {os.path.relpath(folder)}", err=True)
    return exit_status(outcomes)


if __name__ == "__main__":
    vm(prog_name="./lab vm")
