"""Tests that try something as another user need a clone which that user can read."""

from __future__ import annotations

import os
import subprocess

import pytest

from harness.world import machine


def require_readable(user: int) -> None:
    """Skips the test where this user (an id) cannot read the clone or the programs, as in a clone below /root."""
    if os.geteuid() != 0:
        return
    for file in (machine.ROOT / "harness/__init__.py", machine.programs_folder().resolve() / "echo-server"):
        words = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "test", "-r", str(file)]
        if subprocess.run(words, check=False).returncode:
            pytest.skip(f"other users may not read {file}: the clone is in a folder that is closed to them")
