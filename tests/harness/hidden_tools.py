"""The command line on a machine that lacks some programs: in a mount namespace whose /usr/bin and /usr/sbin are overlays without them."""

from __future__ import annotations

import os
import pathlib
import subprocess
from collections.abc import Sequence

from harness.judge.scenario import ROOT

_HIDE = """
set -eu
top=$1; shift
mount -t tmpfs tmpfs "$top"
for folder in usr/bin usr/sbin; do
  name=${folder/\\//_}; mkdir "$top/up_$name" "$top/work_$name"
  mount -t overlay overlay -o "lowerdir=/$folder,upperdir=$top/up_$name,workdir=$top/work_$name" "/$folder"
done
while [ "$1" != -- ]; do rm -f "/usr/bin/$1" "/usr/sbin/$1"; shift; done
shift
exec "$@"
"""


def lab_without(tools: Sequence[str], words: Sequence[str], folder: pathlib.Path) -> subprocess.CompletedProcess[str]:
    """``./lab WORDS`` where none of the tools is installed. folder: an empty one of the caller's."""
    enter = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    command = [*enter, "bash", "-c", _HIDE, "bash", str(folder), *tools, "--", "/usr/bin/python3", "-P", "-m", "harness.cli", *words]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=300, check=False
    )
