"""Local times of the C++ programs, held against another implementation: Python's zoneinfo, over the same tz database."""

from __future__ import annotations

import datetime
import os
import pathlib
import random
import struct
import subprocess
import zoneinfo

import pytest

from harness.world.machine import programs_folder

TABLE = programs_folder() / "zone-table"
DATABASE = pathlib.Path("/usr/share/zoneinfo")
FIRST = int(datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc).timestamp())
LAST = int(datetime.datetime(2038, 1, 1, tzinfo=datetime.timezone.utc).timestamp())


def names() -> list[str]:
    """All zones of the database, but the machine's own."""
    return sorted(zoneinfo.available_timezones() - {"localtime"})


def at(zone: zoneinfo.ZoneInfo, second: int) -> str:
    """What zoneinfo says of a moment, as zone-table prints it."""
    time = datetime.datetime.fromtimestamp(second, zone)
    offset = time.utcoffset()
    assert offset is not None
    return f"{int(offset.total_seconds())} {int(bool(time.dst()))} {time.tzname()} {time.strftime('%Y-%m-%dT%H:%M:%S')} {time.isoweekday()}"


def changes(name: str) -> list[int]:
    """The moments from FIRST to LAST at which something changes there: the second block of its file (RFC 8536, section 3)."""
    data = (DATABASE / name).read_bytes()

    def counts(at: int) -> tuple[int, ...]:
        assert data[at : at + 4] == b"TZif" and data[at + 4 : at + 5] >= b"2"
        return struct.unpack(">6l", data[at + 20 : at + 44])

    indicators, standards, leaps, times, types, letters = counts(0)
    second = 44 + 5 * times + 6 * types + letters + 8 * leaps + standards + indicators
    number = counts(second)[3]
    moments = struct.unpack(f">{number}q", data[second + 44 : second + 44 + 8 * number])
    return [moment for moment in moments if FIRST <= moment < LAST]


def table(rows: list[tuple[str, int]]) -> list[str]:
    """What zone-table says of them."""
    text = "".join(f"{name} {second}\n" for name, second in rows)
    done = subprocess.run([TABLE], input=text, capture_output=True, text=True, check=True, env={**os.environ, "TZ": "UTC"})
    return done.stdout.splitlines()


@pytest.mark.skipif(not TABLE.exists(), reason="zone-table is not built")
def test_every_zone_at_both_sides_of_every_change() -> None:
    """Both sides of each change of 1970 to 2037, and 50 other moments for each zone."""
    zoneinfo.reset_tzpath(to=[str(DATABASE)])
    chance = random.Random(2)
    rows = []
    for name in names():
        moments = [moment + side for moment in changes(name) for side in (-1, 0)]
        moments += [chance.randrange(FIRST, LAST) for _ in range(50)]
        rows += [(name, moment) for moment in moments]
    zones = {name: zoneinfo.ZoneInfo(name) for name in names()}
    wrong = [
        (name, moment, said, wanted)
        for (name, moment), said in zip(rows, table(rows), strict=True)
        if said != (wanted := at(zones[name], moment))
    ]
    assert len(zones) > 400 and max(changes("Europe/Madrid")) > LAST - 86400 * 100, "the files end too early: built without `-b fat`?"
    assert not wrong, f"{len(wrong)} of {len(rows)}: {wrong[:10]}"


@pytest.mark.skipif(not TABLE.exists(), reason="zone-table is not built")
def test_what_is_no_zone() -> None:
    """Paths, folders and other files of the database, and its zones that count leap seconds."""
    rows = [(name, 0) for name in ("../../etc/passwd", "/etc/localtime", "Europe", "tzdata.zi", "right/UTC", "posix/UTC", "Mars/Phobos")]
    assert table(rows) == ["unknown"] * len(rows)
