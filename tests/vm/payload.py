"""The second disk: the repository as it is now, the built programs and clips, and what the machine is to do."""

from __future__ import annotations

import pathlib
import re
import shlex
import shutil
import subprocess

from harness import machine
from tests.vm.command import VmError

EVENTS = "/dev/ttyS1"
_SIZE = "2G"  # sparse: mostly room for evidence
_START = """\
stty raw -echo </dev/ttyS1
for home in /root /home/student; do cp -a /mnt/tree "$home/wireproof"; done
chown -R root: /root/wireproof
chown -R student: /home/student/wireproof
cd /root/wireproof
PYTHONPATH=$PWD exec /usr/bin/python3 -P -m tests.vm.guest /mnt {events} {steps}
"""


def make(disk: pathlib.Path, staging: pathlib.Path, steps: list[str]) -> None:
    """Writes the disk; staging: a folder that is made for this, and removed."""
    shutil.rmtree(staging, ignore_errors=True)
    tree = staging / "tree"
    tree.mkdir(parents=True)
    (staging / "results").mkdir()
    for name in _repository_files():
        source, target = machine.ROOT / name, tree / name
        if source.is_symlink() or source.is_file():  # a deleted file may still be listed
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    for folder in (machine.programs_folder(), machine.assets_folder()):
        if not folder.is_dir():
            raise VmError(f"{folder} is not there: ./lab setup builds it")
        shutil.copytree(folder, tree / "build" / "release" / folder.name, symlinks=True)
    (staging / "start").write_text(_START.format(events=EVENTS, steps=shlex.join(steps)))
    disk.unlink(missing_ok=True)
    command = ["mke2fs", "-q", "-t", "ext4", "-m", "0", "-O", "^has_journal", "-d", staging, disk, _SIZE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise VmError(f"{shlex.join(map(str, command))} failed: {done.stderr.strip()}")
    shutil.rmtree(staging)


def _repository_files() -> list[str]:
    """What git knows or would take up; all but builds and runs where the repository is no clone."""
    listed = subprocess.run(
        ["git", "-C", machine.ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        return [name for name in listed.stdout.split("\0") if name]
    names = (str(path.relative_to(machine.ROOT)) for path in machine.ROOT.rglob("*"))
    return [name for name in names if not re.match(r"(build|captures|\.git|\.vagrant)(/|$)|.*__pycache__", name)]


def take_out(disk: pathlib.Path, target: pathlib.Path) -> None:
    """Copies the folder results/ out of the disk (unmounted, or left by a machine that was cut off) to target/results."""
    # fsck first: a machine that was ended in the middle has left the file system unclean. It says so by its status.
    subprocess.run(["e2fsck", "-fy", disk], capture_output=True, check=False)
    subprocess.run(["debugfs", "-R", f"rdump /results {target}", disk], capture_output=True, check=True)
    if not (target / "results").is_dir():
        raise VmError(f"{disk} has no results")
