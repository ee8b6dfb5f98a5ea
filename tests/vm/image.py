"""The disk that the emulated machine boots from: Debian 12 with the packages of packages.txt, made once by mmdebstrap."""

from __future__ import annotations

import hashlib
import os
import pathlib
import re
import subprocess
from typing import Callable

from harness.world import machine
from tests.vm.command import VmError, finish

SUITE = "bookworm"
_HOOK = pathlib.Path(__file__).with_name("make_disk.sh")
# Of [test]: what the harness's network tests need. The rest of the section is for other tests, and large.
_FROM_TEST = ("python3-pytest", "python3-hypothesis")
_LEFT_OUT = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*")
_DEADLINE = 3600.0  # seconds: the mirror may be far away


class Image:
    """disk: ext4, raw, with Linux but no boot loader; kernel and initrd: taken out of it."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.disk, self.kernel, self.initrd = folder / "base.ext4", folder / "vmlinuz", folder / "initrd"
        self._recipe = folder / "base.recipe"
        self._folder = folder

    def packages(self) -> list[str]:
        listed = machine.packages("test")
        absent = [name for name in _FROM_TEST if name not in listed]
        if absent:
            raise VmError(f"packages.txt, [test], has no {' '.join(absent)} any more: mend {__file__}")
        return [*machine.packages("run", "guest"), *_FROM_TEST]

    def recipe(self) -> str:
        """Changes whenever the disk would come out otherwise (but for what the mirror has that day)."""
        text = "\n".join([SUITE, *self.packages(), *_LEFT_OUT, _HOOK.read_text()])
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def current(self) -> bool:
        files = (self.disk, self.kernel, self.initrd, self._recipe)
        return all(file.exists() for file in files) and self._recipe.read_text() == self.recipe()

    def make(self, tell: Callable[[str], None]) -> None:
        """Runs mmdebstrap with this machine's own apt configuration. Raises VmError with the end of its log."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._recipe.unlink(missing_ok=True)
        settings = self._folder / "apt.conf"
        settings.write_text(_acquire_settings())
        new, log = self._folder / "base.new", self._folder / "base.log"
        # As an ordinary user mmdebstrap works under another uid, which may not search these folders: it is given open files.
        with new.open("w+b") as disk, _HOOK.open("rb") as hook, log.open("wb") as output:
            new.chmod(0o666)
            command = [
                "mmdebstrap", f"--include={','.join(self.packages())}", "--variant=minbase", "--format=null",
                f"--aptopt={settings}", *(f"--dpkgopt=path-exclude={pattern}" for pattern in _LEFT_OUT),
                f'--customize-hook=exec sh /proc/self/fd/{hook.fileno()} "$1" /proc/self/fd/{disk.fileno()}',
                SUITE, "/dev/null", *_sources(),
            ]  # fmt: skip
            with subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", "chrt", "-i", "0", *command], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                pass_fds=(disk.fileno(), hook.fileno()), start_new_session=True,
            ) as process:  # fmt: skip
                finish(process, _DEADLINE, lambda: tell(_last_line(log)))
        if process.returncode:
            new.unlink()
            raise VmError(f"mmdebstrap ended with status {process.returncode}; the last lines of {log}:\n{_tail(log)}")
        new.chmod(0o644)
        for name, target in (("vmlinuz", self.kernel), ("initrd.img", self.initrd)):
            _dump_boot_file(new, name, target)
        os.replace(new, self.disk)
        self._recipe.write_text(self.recipe())


def _acquire_settings() -> str:
    """How apt on this machine reaches its mirror: proxies, time-outs, certificates."""
    return subprocess.run(["apt-config", "dump", "Acquire"], capture_output=True, text=True, check=True).stdout


def _sources() -> list[str]:
    """This machine's lists of sources that speak of the suite; none (another system): mmdebstrap knows Debian's own."""
    folder = pathlib.Path("/etc/apt")
    files = [folder / "sources.list", *sorted(folder.glob("sources.list.d/*.list")), *sorted(folder.glob("sources.list.d/*.sources"))]
    return [str(file) for file in files if file.exists() and re.search(rf"^[^#]*(?<![\w-]){SUITE}\b", file.read_text(), re.MULTILINE)]


def _dump_boot_file(disk: pathlib.Path, name: str, target: pathlib.Path) -> None:
    """Copies the newest /boot/NAME-VERSION out of the disk."""
    listing = subprocess.run(["debugfs", "-R", "ls -p /boot", disk], capture_output=True, text=True, check=True).stdout
    found = re.findall(rf"/({re.escape(name)}-[^/]+)/", listing)
    if not found:
        raise VmError(f"{disk} has no /boot/{name}-…: was no kernel installed?")
    subprocess.run(["debugfs", "-R", f"dump /boot/{sorted(found)[-1]} {target}", disk], capture_output=True, check=True)
    if not target.exists() or not target.stat().st_size:
        raise VmError(f"/boot/{found[-1]} could not be taken out of {disk}")


def _last_line(log: pathlib.Path) -> str:
    return _tail(log, 1).strip()[:80]


def _tail(log: pathlib.Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
