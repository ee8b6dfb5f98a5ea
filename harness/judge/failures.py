"""What the parts of a scenario raise when the machine, and no program under test, keeps it from going on."""

from __future__ import annotations


class MachineFailure(Exception):
    """Nobody's FAIL; the message says what was tried, and what the system said. source: the part that failed, as verdicts name it; tool:
    the program whose absence would explain it, if there is one; lasting: trying again is in vain."""

    source = "machine"
    tool = ""
    lasting = False
