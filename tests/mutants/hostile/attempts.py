"""Tries one thing after another that is no business of a judged program, says on standard output what worked, and then serves."""

from __future__ import annotations

from typing import Any

import calm
import try_files
import try_kernel
import try_network
import try_processes

_GROUPS = (try_files, try_processes, try_network, try_kernel)


def attempt(words: list[str], facts: dict[str, Any]) -> None:
    """Each attempt raises OSError, gives nothing, or something that tells what it got."""
    for group in _GROUPS:
        for name, trial in group.attempts(facts):
            try:
                got = trial()
            except (OSError, ValueError) as error:  # Python calls one of the refusals a wrong value
                print(f"refused {name}: {error}", flush=True)
                continue
            print(f"{'WORKED' if got else 'refused'} {name}: {got!r}"[:400], flush=True)
    print("all was tried", flush=True)
    calm.serve(words)


KINDS = {"attempts": attempt}
