"""Clocks of other people's programs that are wrong on purpose: libfaketime stands between them and the C library."""

from __future__ import annotations

import pathlib

from harness.world.tools_needed import MachineLacks

_LIBRARY = "faketime/libfaketime.so.1"


def environment(seconds: float) -> dict[str, str]:
    """For a program whose clocks are to be so many seconds ahead of the host's, the monotonic one too: were that left alone, libfaketime 0.9.10
    would spoil sleeps until a moment of it, as Python's time.sleep() does. Raises MachineLacks."""
    if not any(pathlib.Path("/usr/lib").glob(f"*/{_LIBRARY}")):
        raise MachineLacks("the library libfaketime is missing", "install its package: sudo apt-get install --no-install-recommends libfaketime", "tools")
    return {"LD_PRELOAD": f"/usr/$LIB/{_LIBRARY}", "FAKETIME": f"{seconds:+f}"}
