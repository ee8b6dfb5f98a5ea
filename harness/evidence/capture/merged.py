"""Several captures as one table, for questions about all hosts at once: one tshark decodes them all, while they grow.

The field frame.interface_name tells where a packet was seen.
"""

from __future__ import annotations

from collections.abc import Iterable

from harness.evidence.capture.decoder import Decoder
from harness.evidence.capture.packets import Packets
from harness.evidence.capture.recorder import Recorder, flush

_joint = Decoder([], "all hosts")  # of all captures that were ever asked for together


def together(recorders: Iterable[Recorder]) -> Packets:
    """Everything that these have seen so far, in the order of time."""
    global _joint
    running = list(recorders)
    flush(running)
    if new := [recorder.file for recorder in running if recorder.file not in _joint.files]:
        _joint.close()
        _joint = Decoder([*_joint.files, *new], "all hosts")
    seen = _joint.packets()
    return seen if len(running) == len(_joint.files) else seen.on([recorder.name for recorder in running])
