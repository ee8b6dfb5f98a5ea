"""A wire that does something else than it is told: `wire_wrong.py MUTATION …`, the rest as for wire.

too-fast: 3 % above the rate; late: 2 ms more delay; loses-more: one packet in 1,000 beyond the loss declared; reorders-once: the 700th
packet of a flow overtakes others; forgets-bound: 5,000 packets may wait, whatever the bound; loses-by-rule: one datagram in ten, which
nobody asked for.
"""

from __future__ import annotations

import json
import os
import pathlib
import sys
from typing import Any

Direction = dict[str, Any]


def too_fast(one: Direction) -> Direction:
    return {"rate": one["rate"] * 1.03} if "rate" in one else {}


def late(one: Direction) -> Direction:
    return {"delay": one.get("delay", 0) + 0.002}


def loses_more(one: Direction) -> Direction:
    return {"loss": 1 - (1 - one.get("loss", 0)) * 0.999}


def reorders_once(one: Direction) -> Direction:
    return {"reorder": 1, "reorder_gap": 700} if one.get("delay") else {}


def forgets_bound(one: Direction) -> Direction:
    return {"queue": {"packets": 5000}} if "queue" in one else {}


def loses_by_rule(one: Direction) -> Direction:
    return {"lose": [{"protocol": "udp", "every": 10}]}


_ALL = (too_fast, late, loses_more, reorders_once, forgets_bound, loses_by_rule)
MUTATIONS = {function.__name__.replace("_", "-"): function for function in _ALL}


def main(mutation: str, *words: str) -> None:
    given = pathlib.Path(words[words.index("--config") + 1])
    told = json.loads(given.read_text())
    for side in ("forward", "backward"):
        told[side] |= MUTATIONS[mutation](told[side])
    wrong = given.with_suffix(".wrong.json")
    wrong.write_text(json.dumps(told))
    build = os.environ.get("WIREPROOF_BUILD") or pathlib.Path(__file__).resolve().parents[3] / "build" / "release"
    program = str(pathlib.Path(build) / "bin" / "wire")
    os.execv(program, [program, *(str(wrong) if word == str(given) else word for word in words)])


if __name__ == "__main__":
    main(*sys.argv[1:])
