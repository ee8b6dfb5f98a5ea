"""Programs that are not installed: daemons, whose packages would start services on this machine.

packages.txt names the packages, [unpacked]. apt downloads one when a question whose roles need it is about to run, checked as for an
installation, and dpkg unpacks it below the build folder, where it stays. Neither wants root, and the next time no network. The shared
libraries of the programs are packages of [run].
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator

from harness.judge.exits import describe_status
from harness.world import machine
from harness.world.tools_needed import ToolMissing

PROGRAMS = {"inetd": "openbsd-inetd", "chronyd": "chrony", "xinetd": "xinetd"}
"""Program → the package of packages.txt, [unpacked], that it is in."""

_FOLDERS = ("usr/sbin", "usr/bin", "sbin", "bin")
_DEADLINE = 120.0  # seconds for one command of apt
_APT = ["apt-get", "-q", "-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=1"]
_APT += [word for scheme in ("http", "https") for word in ("-o", f"Acquire::{scheme}::Timeout=15")]
# Lists of its own, for machines whose own ones are absent or older than the mirror; whatever the machine does after an update needs root.
_OWN_LISTS = """\
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::State::Lists "{folder}/lists";
Dir::Cache "{folder}/cache";
"""


class NotUnpacked(ToolMissing):
    """A program's package could not be had; the message says why, and what to do."""


class _Failed(RuntimeError):
    """A command failed; what it said."""


def folder() -> pathlib.Path:
    """Where packages are unpacked, a folder each. It must be visible wherever their programs run."""
    return machine.build_folder() / "unpacked"


def program(name: str) -> pathlib.Path:
    """A program of PROGRAMS, where it was unpacked. Raises NotUnpacked."""
    package = PROGRAMS[name]
    for place in _FOLDERS:
        if (found := folder() / package / place / name).is_file():
            return found
    try:
        why = _reason(package).read_text().strip()
    except OSError:
        why = "it was not tried yet"
    raise NotUnpacked(
        name,
        f"the program {name} is missing: its package, {package}, is downloaded and unpacked, and not installed ({why})",
        f"with a network, './lab setup' does it; by hand: 'apt-get download {package}', then 'dpkg -x {package}_*.deb {folder() / package}'",
    )


def resolved(name: str) -> str:
    """The first word of a command: the path of an unpacked program; any other word as it is. Raises NotUnpacked."""
    return str(program(name)) if name in PROGRAMS else name


def shown(word: str) -> str:
    """A word of a command as a person would type it: an unpacked program without its folder."""
    path = pathlib.Path(word)
    return path.name if path.name in PROGRAMS and path.is_relative_to(folder()) else word


def _say(text: str) -> None:
    with contextlib.suppress(OSError, AttributeError):
        print(f"lab: {text}", file=sys.stderr, flush=True)


def prepare(programs: Iterable[str], tell: Callable[[str], None] = _say) -> dict[str, str]:
    """Sees to it that those of the programs that are in PROGRAMS are here; package → why it cannot be had, of those that cannot.

    Nothing is raised: a question that needs a program asks program(), others need not care.
    """
    wanted = sorted({PROGRAMS[name] for name in programs if name in PROGRAMS})
    failed = {}
    for package in wanted:
        if (folder() / package).is_dir():
            continue
        try:
            with _lock():
                if not (folder() / package).is_dir():
                    tell(f"downloading {package}, to unpack it into {folder()} (it is not installed, since it would start a service)")
                    _unpack(package)
            _reason(package).unlink(missing_ok=True)
        except (OSError, _Failed) as error:
            failed[package] = str(error)
            tell(f"{package} could not be had: {error}; questions that need it cannot be judged")
            with contextlib.suppress(OSError):
                _reason(package).write_text(f"the last time that failed: {error}\n")
    return failed


def _reason(package: str) -> pathlib.Path:
    return folder() / f"{package}.failed"


@contextlib.contextmanager
def _lock() -> Iterator[None]:
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _unpack(package: str) -> None:
    with tempfile.TemporaryDirectory(prefix=f".{package}-", dir=folder()) as name:
        work = pathlib.Path(name)
        archive = _download(package, work)
        new = work / "new"
        _run(["dpkg-deb", "-x", str(archive), str(new)], work)
        os.rename(new, folder() / package)


def _download(package: str, work: pathlib.Path) -> pathlib.Path:
    """The package's archive: by this machine's lists, and where that fails by lists fetched for it alone."""
    try:
        _run([*_APT, "download", package], work)
    except _Failed:
        settings = work / "apt.conf"
        settings.write_text(_OWN_LISTS.format(folder=work))
        for part in ("lists/partial", "cache/archives/partial"):
            (work / part).mkdir(parents=True)
        own = [*_APT, "-c", str(settings)]
        warnings = _run([*own, "update"], work)
        try:
            _run([*own, "download", package], work)
        except _Failed as error:
            raise _Failed(warnings or str(error)) from None
    found = next(work.glob(f"{package}_*.deb"), None)
    if found is None:
        raise _Failed(f"apt-get download {package} ended well, yet there is no {package}_*.deb")
    return found


def _run(command: list[str], work: pathlib.Path) -> str:
    """Runs it in a folder; gives what it could not fetch, in its words. Raises _Failed with its last words."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    shown_command = f"{command[0]} {next((word for word in ('update', 'download') if word in command), command[1])}"
    try:
        done = subprocess.run(
            command, cwd=work, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
            timeout=_DEADLINE, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise _Failed(f"'{shown_command}' did not end within {_DEADLINE:.0f} s") from None
    except FileNotFoundError:
        raise _Failed(f"this machine has no {command[0]}") from None
    marked = [line.strip() for line in done.stderr.splitlines() if line.startswith(("E:", "W:", "dpkg"))]
    if done.returncode:
        words = marked or done.stderr.strip().splitlines()
        raise _Failed(f"'{shown_command}' said: {' '.join(words[-2:]) or describe_status(done.returncode)}")
    unfetched = [line.removeprefix("W: ") for line in marked if "Failed to fetch" in line]
    return f"'{shown_command}' said: {unfetched[-1]}" if unfetched else ""


def main() -> int:
    """``python3 -m harness.world.unpacked [PROGRAM…]``: prepares these, or all. Status 1 when one cannot be had."""
    for name in (unknown := [name for name in sys.argv[1:] if name not in PROGRAMS]):
        _say(f"there is no program {name!r} to unpack; there are {', '.join(PROGRAMS)}")
    return 2 if unknown else int(bool(prepare(sys.argv[1:] or PROGRAMS)))


if __name__ == "__main__":
    sys.exit(main())
