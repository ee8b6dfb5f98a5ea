"""qemu: starts the machine, follows what it tells on its second serial line, and ends it."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import time
from typing import Any, Callable

from tests.vm.command import VmError, end
from tests.vm.image import Image

_POLL = 0.5  # seconds
_BOOT = {"tcg": 600.0, "kvm": 60.0}  # seconds until the machine must have told something
_SILENCE_AT_END = 120.0  # seconds for powering off


class NeverUp(VmError):
    """The machine told nothing in time."""


class Emulator:
    """disks: the image (never changed: what is written there is thrown away) and the payload. log: the console's."""

    def __init__(self, image: Image, payload: pathlib.Path, folder: pathlib.Path, accelerator: str, memory: int) -> None:
        self.accelerator = accelerator
        self.log, self._events = folder / "console.log", folder / "events.jsonl"
        for file in (self.log, self._events):
            file.write_bytes(b"")
        self._qemu_log = folder / "qemu.log"
        self._folder = folder
        # The machine's work is never in the way of anything else: it runs when a processor has nothing better to do.
        self._command = [
            "setpriv", "--pdeathsig", "KILL", "chrt", "-i", "0", "qemu-system-x86_64", "-accel", "tcg,thread=multi" if accelerator == "tcg" else "kvm",
            "-cpu", "max" if accelerator == "tcg" else "host", "-smp", "2", "-m", str(memory),
            "-display", "none", "-monitor", "none", "-no-reboot", "-nic", "none",
            "-kernel", str(image.kernel), "-initrd", str(image.initrd),
            "-append", "root=/dev/vda rw console=ttyS0 net.ifnames=0 panic=-1 systemd.show_status=false",
            "-drive", f"file={image.disk},format=raw,if=virtio,snapshot=on",
            "-drive", f"file={payload},format=raw,if=virtio",
            "-serial", f"file:{self.log}", "-serial", f"file:{self._events}",
        ]  # fmt: skip

    def run(self, deadline: float, event: Callable[[dict[str, Any]], None], tick: Callable[[], None]) -> None:
        """Calls event() for each that the machine tells, and tick() twice a second, until it has powered off.

        Raises NeverUp, or VmError when the deadline (seconds) passed or qemu failed. The machine never outlives the call.
        """
        began = time.monotonic()
        told, over_since = 0, None
        with self._qemu_log.open("wb") as output, subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            env={**os.environ, "TMPDIR": str(self._folder)},
        ) as process:  # fmt: skip
            try:
                while True:
                    ended = process.poll() is not None
                    for line in self._events.read_text(errors="replace").split("\n")[told:-1]:
                        told += 1
                        message = _parse(line)
                        event(message)
                        if message.get("event") == "over":
                            over_since = time.monotonic()
                    if ended:
                        break
                    tick()
                    now = time.monotonic()
                    if not told and now - began > _BOOT[self.accelerator]:
                        raise NeverUp(f"the machine did not come up within {now - began:.0f} s; its console is in {self.log}")
                    if over_since and now - over_since > _SILENCE_AT_END:
                        return  # all is said and on the disk
                    if now - began > deadline:
                        raise VmError(f"the machine was ended after {now - began:.0f} s, its deadline")
                    try:
                        process.wait(_POLL)
                    except subprocess.TimeoutExpired:
                        continue
            finally:
                if process.poll() is None:
                    end(process)
        if process.returncode:
            raise VmError(f"qemu ended with status {process.returncode}: {self._qemu_log.read_text(errors='replace').strip()}")


def _parse(line: str) -> dict[str, Any]:
    """An event; a line that is none (the driver of a serial line may say something) is an event without a name."""
    try:
        message = json.loads(line)
    except ValueError:
        return {"text": line}
    return message if isinstance(message, dict) else {"text": line}


def kvm_problem() -> str:
    """Why /dev/kvm cannot be tried, or an empty text."""
    try:
        os.close(os.open("/dev/kvm", os.O_RDWR | os.O_CLOEXEC))
    except OSError as error:
        return f"/dev/kvm: {error.strerror}"
    return ""
