"""What the runner asks a worker for."""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass
class Job:
    """replacements: role → command; tamper: a Python file whose tamper(net) spoils the network (how mutants of networks are made);
    links: by what means they are made; exchanged: asset → the asset that stands in for it (mutants of files); parameters: the values
    that are not left at their defaults; hand_in: the folder that programs in the place of ours come from;
    hold: to how much programs are held, "must" or "should"; until: the expectations whose failure ends the scenario,
    as a mutant names them."""

    id: str
    folder: str
    seed: int
    attempt: int
    command: str
    replacements: dict[str, str]
    programs: str
    assets: str
    working_folder: str
    tamper: str | None = None
    switch: str | None = None
    links: str | None = None
    exchanged: dict[str, str] = dataclasses.field(default_factory=dict)
    parameters: dict[str, Any] = dataclasses.field(default_factory=dict)
    hand_in: str | None = None
    hold: str = "should"
    until: list[str] = dataclasses.field(default_factory=list)
