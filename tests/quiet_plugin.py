"""Gives each test its place on the machine, and fails the job in which too many verdicts were not judged (tests/quiet.py)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import quiet
from tests.machine import machine

SHARE = 0.02
_PROPERTY = "a verdict that needs a quiet machine"
_CHANGED = "what was judged otherwise at first"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "alone: makes the machine so busy that no other test runs meanwhile")
    if not hasattr(config, "workerinput"):  # in the one process that hears of all reports
        config.pluginmanager.register(Count(), "count-of-quiet-verdicts")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    with machine.alone() if item.get_closest_marker("alone") else machine.beside_others():
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    outcome = yield
    if quiet.take_count():
        outcome.get_result().user_properties.append((_PROPERTY, True))
    if told := quiet.take_changed():
        outcome.get_result().user_properties.append((_CHANGED, told))


class Count:
    """Of verdicts, in all processes."""

    def __init__(self) -> None:
        self.total = 0
        self.reasons: list[str] = []
        self.changed: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if (_PROPERTY, True) not in map(tuple, report.user_properties):
            return
        self.total += 1
        self.changed += [f"{report.nodeid}: {told}" for name, told in map(tuple, report.user_properties) if name == _CHANGED]
        if report.skipped and quiet.NOT_JUDGED in str(report.longrepr):
            self.reasons.append(f"{report.nodeid}: {report.longrepr[2]}")  # type: ignore[index]

    @property
    def too_many(self) -> bool:
        return len(self.reasons) > SHARE * self.total

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.too_many and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.total:
            return
        told = f"{len(self.reasons)} of {self.total} verdicts that need a quiet machine were not judged"
        if self.too_many:
            terminalreporter.write_line(f"FAILED: {told}, more than {SHARE:.0%}: this machine was too busy for a test", red=True, bold=True)
        else:
            terminalreporter.write_line(told)
        for line in self.reasons:
            terminalreporter.write_line(f"  {line}")
        if self.changed:
            terminalreporter.write_line(f"{len(self.changed)} of them were others when asked for once more, alone:")
        for line in self.changed:
            terminalreporter.write_line(f"  {line}")
