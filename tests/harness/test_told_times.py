"""Times of day in what clients print that set their clocks, whatever their form (scenarios/services/kit/utc.py)."""

from __future__ import annotations

import pytest

from scenarios.services.kit.utc import Told, times_in

AT = 18 * 3600 + 31 * 60 + 54  # s since midnight
SINCE_1970 = 1796063514  # 2026-11-30 18:31:54 UTC


@pytest.mark.parametrize(
    ("text", "seconds", "step"),
    [
        ("2026-11-30 18:31:54.123456", AT + 0.123456, 1e-6),
        ("Clock set to 2026-11-30T18:31:54.123Z", AT + 0.123, 1e-3),
        ("Mon Nov 30 18:31:54 2026", AT, 1),
        ("30/11/2026, 6:31:54 p.m.", AT, 1),
        ("30/11/2026 06:31:54 PM", AT, 1),
        ("hora=18:31:54,5", AT + 0.5, 0.1),
        ("1796063514", AT, 1),
        ("utc: 1796063514.25", AT + 0.25, 0.01),
        ("1796063514250 ms", AT + 0.25, 1e-3),
        ("1796063514250000000", AT + 0.25, 1e-9),
        ("1796063514.1234567890123", AT + 0.123456789, 1e-9),
    ],
)
def test_a_time_is_found_in_every_form(text: str, seconds: float, step: float) -> None:
    assert SINCE_1970 % 86_400 == AT
    (found,) = times_in(text)
    assert (found.seconds, found.step) == (pytest.approx(seconds, abs=1e-9), pytest.approx(step))


def test_midnight_at_noon_and_several_in_a_text() -> None:
    assert [one.seconds for one in times_in("12:00:00 AM 12:00:00 PM 01:00:00")] == [0, 43_200, 3600]


@pytest.mark.parametrize("text", ["", "offset +3.500000000 s", "port 12810", "10.0.0.1", "RTT 0.0123456789", "18:31", "123456789012345678901"])
def test_what_is_no_time_is_not_taken_for_one(text: str) -> None:
    assert times_in(text) == []


def test_it_is_off_by_what_lies_outside_of_the_two_moments() -> None:
    told = Told(AT + 0.5, 0.001)
    assert told.off(SINCE_1970 + 0.4, SINCE_1970 + 0.6) == 0
    assert told.off(SINCE_1970 + 1.4, SINCE_1970 + 1.6) == pytest.approx(-0.899, abs=1e-6)
    assert told.off(SINCE_1970 - 0.6, SINCE_1970 - 0.4) == pytest.approx(0.9, abs=1e-6)
    assert Told(AT, 1).off(SINCE_1970 + 0.7, SINCE_1970 + 0.8) == 0, "whole seconds are as exact as they can be"
    assert Told(86_399.9, 0.1).off(86_400 * 20_000 + 0.4, 86_400 * 20_000 + 0.5) == pytest.approx(-0.4, abs=1e-6), "around midnight"
