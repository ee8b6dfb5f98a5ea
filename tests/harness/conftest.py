"""What several tests of the harness share."""

from __future__ import annotations

import pathlib
import signal
import sys
from collections.abc import Iterator

import pytest

from harness.judge import scenario

# A shell's background jobs ignore it, and so would all that a test starts, and the test itself.
signal.signal(signal.SIGINT, signal.default_int_handler)

SCENARIOS = pathlib.Path(__file__).resolve().parent / "scenarios"


@pytest.fixture()
def tests_scenarios(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The tests' own scenarios (test.quick and others) are known, and forgotten for other tests afterwards."""
    monkeypatch.setenv("WIREPROOF_SCENARIOS", str(SCENARIOS))
    known = dict(scenario._registry)
    yield
    for id in set(scenario._registry) - known.keys():
        if id.startswith("test."):
            del scenario._registry[id]
    for name in [name for name in sys.modules if name.startswith("scenarios.test.")]:
        del sys.modules[name]
