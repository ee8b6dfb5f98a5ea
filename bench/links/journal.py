"""What has been measured so far, on disk: a bench that was ended goes on where it was."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import platform
from typing import Any

from harness.world import machine

_NOT_MEASURING = ("__main__.py", "journal.py", "page.py", "plots.py", "tables.py", "mahimahi.py")


def fingerprint(wire: pathlib.Path, before: pathlib.Path | None = None) -> str:
    """Changes with whatever changes what a row measures: the emulator, the one before it, the kernel, this bench."""
    found = hashlib.sha256(f"{platform.release()} {os.environ.get('WIREPROOF_WIRE', '')}".encode())
    for file in [wire, *([before] if before else []), *sorted(pathlib.Path(__file__).parent.glob("*.py"))]:
        if file.name not in _NOT_MEASURING and file.is_file():
            found.update(file.read_bytes())
    return found.hexdigest()[:16]


def facts() -> dict[str, str]:
    """What tells this machine apart."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = {line.partition(":")[2].strip() for line in file if line.startswith("model name")}
    return {"kernel": platform.release(), "processor": f"{os.cpu_count()} cores ({', '.join(sorted(models)) or platform.machine()})"}


class Journal:
    """rows.jsonl in a folder: every attempt at every row, in order; a line that was being written when all ended is cut off."""

    def __init__(self, folder: pathlib.Path, mark: str, again: bool) -> None:
        """mark: the fingerprint; rows measured under another are put aside as rows.old.jsonl, and so are all if `again`."""
        self.folder, self.path = folder, folder / "rows.jsonl"
        self.attempts: dict[str, list[dict[str, Any]]] = {}
        folder.mkdir(parents=True, exist_ok=True)
        lines = self.path.read_bytes().splitlines(keepends=True) if self.path.exists() else []
        whole = [json.loads(line) for line in lines if line.endswith(b"\n")]
        if whole and not again and whole[0].get("fingerprint") == mark:
            for row in whole[1:]:
                self.attempts.setdefault(row["id"], []).append(row)
            self.path.write_bytes(b"".join(line for line in lines if line.endswith(b"\n")))
        else:
            if lines:
                self.path.replace(folder / "rows.old.jsonl")
            self.path.write_text(json.dumps({"fingerprint": mark, **machine.versions()}) + "\n")

    def add(self, row: dict[str, Any]) -> None:
        self.attempts.setdefault(row["id"], []).append(row)
        with self.path.open("a") as file:
            file.write(json.dumps(row) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def open(self, id: str, attempts: int) -> bool:
        """True if the row is to be measured (again): nobody has without being disturbed, and it has not been tried so often."""
        done = self.attempts.get(id, [])
        return len(done) < attempts and not any(not one["disturbed"] for one in done)

    def best(self, id: str) -> dict[str, Any] | None:
        """The first undisturbed attempt, or the least disturbed; None where nothing was measured. attempt: which; of: how many."""
        done = self.attempts.get(id, [])
        measured = [(number, one) for number, one in enumerate(done, 1) if "figures" in one]
        if not measured:
            return None
        number, row = min(measured, key=lambda pair: (bool(pair[1]["disturbed"]), pair[1]["weight"] if pair[1]["disturbed"] else pair[0]))
        return {**row, "attempt": number, "of": len(done)}


def failed(id: str, problem: str) -> dict[str, Any]:
    """A row that gave no figure, which counts as disturbed."""
    return {"id": id, "problem": problem, "disturbed": [problem]}
