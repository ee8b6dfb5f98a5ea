"""Several captures as one table, for questions about all hosts at once: tshark is started once, not once for each of them.

The field frame.interface_name tells where a packet was seen.
"""

from __future__ import annotations

import pathlib
import subprocess
import tempfile
from collections.abc import Iterable

from harness.evidence.capture.packets import DecodeError, Packets
from harness.evidence.capture.recorder import Recorder, flush


def together(recorders: Iterable[Recorder]) -> Packets:
    """Everything that these have seen so far, in the order of time."""
    running = list(recorders)
    flush(running)
    with tempfile.TemporaryDirectory() as folder:
        merged = pathlib.Path(folder) / "merged.pcapng"
        command = ["mergecap", "-F", "pcapng", "-w", str(merged), *(str(recorder.file) for recorder in running)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode and "cut short" not in done.stderr:
            raise DecodeError(f"mergecap cannot read {len(running)} captures: {done.stderr.strip()[-300:]}")
        return Packets.decode(merged, "all hosts")
