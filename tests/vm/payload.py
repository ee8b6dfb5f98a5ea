"""The second disk: the repository as it is now, the built programs and clips, and what the machine is to do."""

from __future__ import annotations

import hashlib
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile

from harness.world import machine
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


def state() -> str:
    """Changes whenever something that the machine is given does, but for texts that nothing reads (its outcome is one)."""
    found = hashlib.sha256()
    names = [machine.ROOT / name for name in _repository_files() if not name.endswith(".md") and not name.startswith("docs/")]
    for file in sorted([*names, *machine.programs_folder().glob("*")]):
        if file.is_file():
            found.update(f"{file}\0{file.stat().st_size}\0".encode() + file.read_bytes())
    return found.hexdigest()


def take_out(disk: pathlib.Path, target: pathlib.Path) -> None:
    """Copies what is in the folder results/ of the disk (unmounted, or left by a machine that was cut off) to target/results."""
    # fsck first: a machine that was ended in the middle has left the file system unclean. It says so by its status.
    subprocess.run(["e2fsck", "-fy", disk], capture_output=True, check=False)
    with tempfile.TemporaryDirectory(dir=target) as folder:
        subprocess.run(["debugfs", "-R", f"rdump /results {folder}", disk], capture_output=True, check=True)
        found = pathlib.Path(folder, "results")
        if not found.is_dir():
            raise VmError(f"{disk} has no results")
        (target / "results").mkdir(exist_ok=True)
        for one in found.iterdir():
            place = target / "results" / one.name
            shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
            shutil.move(one, place)
