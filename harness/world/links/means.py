"""By what means a link becomes what it is asked to be: the kernel's HTB, its netem, or the emulator `wire`."""

from __future__ import annotations

import dataclasses
import enum
import shutil
from collections.abc import Sequence

from harness.world.links import kernel
from harness.world.links.errors import UnsupportedLink
from harness.world.links.link import Wish


class Means(enum.Enum):
    """NONE: a plain veth pair. HTB: rate and bounded queue at both ends. NETEM: the same with netem. WIRE: `wire` in between."""

    NONE = "none"
    HTB = "HTB"
    NETEM = "netem"
    WIRE = "wire"


@dataclasses.dataclass(frozen=True)
class Abilities:
    """What this machine has: netem in its kernel; the program `wire` (where; empty: nowhere)."""

    netem: bool
    wire: str = ""


def abilities(wire: Sequence[str]) -> Abilities:
    """Those of this machine, `wire` being the command that is to start the emulator."""
    return Abilities(kernel.has_netem(), shutil.which(wire[0]) or "")


def kernel_lacks(wish: Wish) -> list[str]:
    """Why neither HTB nor netem, present or not, can make the link; empty where one of them can."""
    found = list(dict.fromkeys(reason for one in wish.directions for reason in kernel.lacks(one)))
    if wish.schedule:
        found.append("no shaper of the kernel follows a schedule")
    if wish.seed is not None and any(one.random for one in wish.directions):
        found.append("netem takes no seed")
    return found


def choose(name: str, wish: Wish, preference: str, able: Abilities) -> Means:
    """The means for a link called ``name``. preference ("auto", "netem", "wire") is the run's; the link's own comes first.

    auto takes HTB where rate and queue are all that is asked, netem where it is present and able, else wire. Raises
    UnsupportedLink where the means asked for cannot make the link, or none can.
    """
    preference = wish.means if wish.means is not None and wish.means != "auto" else preference
    if not wish.shaped and wish.means != "wire":
        return Means.NONE
    emulated = list(dict.fromkeys(option for one in wish.directions for option in one.emulated))
    reasons = kernel_lacks(wish)
    if emulated and not able.netem:
        reasons.append(f"this kernel has no netem (sch_netem), which {' and '.join(emulated)} would need")
    if preference != "wire" and not reasons:
        return Means.NETEM if emulated else Means.HTB if wish.shaped else Means.NONE
    if preference == "netem":
        raise UnsupportedLink(f"link {name} cannot be made by netem: {'; '.join(reasons)}. Use wire instead (means, --links)")
    if not able.wire:
        why = "; ".join(reasons) or "wire was asked for"
        raise UnsupportedLink(f"link {name}: {why}; and the program wire is not built: ./lab setup builds it")
    return Means.WIRE
