"""Load by wrk on the second core, and what it saw."""

from __future__ import annotations

import dataclasses
import re
import subprocess

import peers

from bench.running import Trouble

_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4, "B": 1.0, "KB": 1024.0, "MB": 1024.0**2, "GB": 1024.0**3}


@dataclasses.dataclass(frozen=True)
class Load:
    """requests: answered; failed: without an answer, or with a status of 400 and more; rate: bytes a second; late, worst: ms, 99th
    percentile and greatest."""

    requests: int
    failed: int
    rate: float
    late: float
    worst: float


def command(port: int, path: str, connections: int, seconds: int) -> list[str]:
    words = ["taskset", "-c", "1", peers.program("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "5s"]
    return [*words, f"http://127.0.0.1:{port}{path}"]


def read(output: str) -> Load:
    """Raises Trouble."""

    def found(pattern: str) -> tuple[str, ...]:
        if not (match := re.search(pattern, output)):
            raise Trouble(f"wrk said {output.strip()[-300:]!r}")
        return match.groups()

    def milliseconds(pattern: str) -> float:
        number, unit = found(pattern + r"([\d.]+)(us|ms|s|m)\b")
        return float(number) * _UNITS[unit]

    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", output)
    others = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    rate, unit = found(r"Transfer/sec:\s+([\d.]+)([KMG]?B)")
    failed = sum(map(int, errors.groups())) if errors else 0
    return Load(
        int(found(r"(\d+) requests in")[0]), failed + (int(others[1]) if others else 0), float(rate) * _UNITS[unit],
        milliseconds(r"\s99%\s+"), milliseconds(r"Latency\s+\S+\s+\S+\s+"),
    )  # fmt: skip


def load(port: int, path: str, connections: int, seconds: int) -> Load:
    done = subprocess.run(
        command(port, path, connections, seconds), capture_output=True, text=True, check=False, env=peers.environment(), timeout=seconds + 60
    )
    return read(done.stdout + done.stderr)
