"""Programs that mean harm in the place of a role: ``python3 tests/mutants/hostile KIND WORDS…`` does the evil of its kind, and otherwise
behaves, so that it would PASS if the evil worked or went unnoticed.

The last word may be facts about the machine, JSON in hexadecimal: written plainly they would be files that the command names, and shown.
"""

from __future__ import annotations

import json
import sys

import attempts
import calm
import exhaustion
import leavings
import misdirection

KINDS = {"calm": lambda words, facts: calm.serve(words), **attempts.KINDS, **exhaustion.KINDS, **leavings.KINDS, **misdirection.KINDS}


def main() -> None:
    words = sys.argv[2:]
    facts = json.loads(bytes.fromhex(words.pop())) if words and words[-1].startswith("7b") else {}
    KINDS[sys.argv[1]](words, facts)


if __name__ == "__main__":
    calm.install()
    main()
