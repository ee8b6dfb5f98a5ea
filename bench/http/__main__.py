#!/usr/bin/python3
"""How fast are http-server, http-proxy and http-balancer, and what does a request cost? Beside nginx, lighttpd and haproxy, in one run.

    /usr/bin/python3 bench/http [--programs build/release/bin] [--rounds 5] [--seconds 2] [--only cache] [--page docs/http-speed.md]

Everything has private network and process namespaces (no root needed). What is measured is on one core, wrk and what stands behind
proxies on another. Each trial has a server of its own. Trials are interleaved in rounds, each of which begins with another server, so that
other load on the machine strikes all alike: the ratios, each of two figures of one round, are what to believe. Shown are medians.

- static: files of 1 KiB to 1 GiB; cache: what a cache answers by itself; balance: 1 KiB over two nodes; failover: one of the two nodes is
  killed and comes back under load; idle: memory of 10,000 connections that ask once and stay.

Peers are fetched as Debian packages and unpacked below the build folder. Exit status: 0 measured, 1 a tool is missing or no trial
gave a result, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import pathlib
import platform
import resource
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(pathlib.Path(__file__).resolve().parent)]

import load  # noqa: E402
import peers  # noqa: E402
import servers  # noqa: E402

from bench.running import Trouble, again_apart, processor_time, running  # noqa: E402

BEGIN = "<!-- bench/http writes from here -->"
SIZES = {"1 KiB": ("/1k.bin", 1024, 64), "100 KiB": ("/100k.bin", 102_400, 64), "1 MiB": ("/1m.bin", 1 << 20, 16), "1 GiB": ("/1g.bin", 1 << 30, 4)}
IDLE = 10_000
_KILLED, _BACK = 0.3, 0.6  # shares of a trial's time

Row = dict[str, float]


def trial(server: servers.Server, folder: pathlib.Path, size: str, seconds: int) -> Row:
    path, octets, connections = SIZES[size]
    with running(server.command, server.port, folder / "server.log", environment=peers.environment()) as process:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}") as answer:  # what is kept, is kept from then on
            while answer.read(1 << 20):
                pass
        before = processor_time(process.pid)
        seen = load.load(server.port, path, connections, seconds)
        used = processor_time(process.pid) - before
    if seen.failed or not seen.rate:
        raise Trouble(f"{seen.failed} of {seen.requests} requests failed")
    asked = seen.rate * seconds / octets  # those that were under way at the end count too
    return {"MB/s": seen.rate / 1e6, "requests/s": asked / seconds, "µs of a core each": used / asked * 1e6, "99 % ms": seen.late}


def failover(server: servers.Server, folder: pathlib.Path, seconds: int) -> Row:
    """A node is killed under load, and comes back."""
    command = servers.origin(folder, servers.NODES[0])
    with running(server.command, server.port, folder / "server.log", environment=peers.environment()), contextlib.ExitStack() as node:
        process = node.enter_context(running(command, servers.NODES[0], folder / "node.log", core=1, environment=peers.environment()))
        wrk = subprocess.Popen(
            load.command(server.port, "/1k.bin", 32, seconds), stdout=subprocess.PIPE, text=True, env=peers.environment()
        )
        time.sleep(seconds * _KILLED)
        os.killpg(process.pid, signal.SIGKILL)
        time.sleep(seconds * (_BACK - _KILLED))
        node.enter_context(running(command, servers.NODES[0], folder / "node.log", core=1, environment=peers.environment()))
        seen = load.read(wrk.communicate()[0])
    return {"requests/s": seen.requests / seconds, "failed": seen.failed, "worst ms": seen.worst, "99 % ms": seen.late}


def resident(session: int) -> float:
    """MB of memory that the processes of a session have of their own."""
    total = 0
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int((entry / "stat").read_text().rpartition(")")[2].split()[3]) == session:
                rows = (entry / "smaps_rollup").read_text().splitlines()
                total += sum(int(row.split()[1]) for row in rows if row.startswith(("Private_Clean", "Private_Dirty")))
    return total / 1024


def idle(server: servers.Server, folder: pathlib.Path) -> Row:
    with running(server.command, server.port, folder / "server.log", environment=peers.environment()) as process, contextlib.ExitStack() as stack:
        before, answered = resident(process.pid), 0
        for _ in range(IDLE):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), 10))
            one.sendall(b"GET /1k.bin HTTP/1.1\r\nHost: h\r\n\r\n")
            answered += one.recv(4096).startswith(b"HTTP/1.1 200")
        return {"MB": resident(process.pid), "MB before": before, "answered": answered}


def rounds(measured: list[servers.Server], count: int, one: Callable[[servers.Server], Row]) -> dict[str, list[Row]]:
    """Figures of the rounds in which all gave some."""
    found: dict[str, list[Row]] = {server.name: [] for server in measured}
    for turn in range(count):
        row = {}
        for server in measured[turn % len(measured) :] + measured[: turn % len(measured)]:
            try:
                row[server.name] = one(server)
            except (Trouble, subprocess.TimeoutExpired, OSError) as trouble:
                print(f"round {turn + 1}, {server.name}: no result: {trouble}", file=sys.stderr)
        if len(row) == len(measured):
            for name, figures in row.items():
                found[name].append(figures)
    return found


def table(title: str, found: dict[str, list[Row]], against: str, ratios: list[str]) -> str:
    """In Markdown. against: whose figures the ratios are of."""
    if not all(found.values()):
        return f"### {title}\n\nNo round was complete.\n"
    names = list(next(iter(found.values()))[0])
    head = [word for name in names for word in ([name, f"× {against}"] if name in ratios else [name])]
    lines = [f"### {title}", "", "| server | " + " | ".join(head) + " |", "| --- |" + " ---: |" * len(head)]
    for server, rows in found.items():
        cells = []
        for name in names:
            middle = statistics.median(row[name] for row in rows)
            cells.append(f"{middle:,.0f}" if middle >= 100 else f"{middle:.3g}")
            if name in ratios:
                pairs = [one[name] / other[name] for one, other in zip(rows, found[against]) if other[name]]
                cells.append(f"{statistics.median(pairs):.2f}" if pairs else "")
        lines.append(f"| {server} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


@contextlib.contextmanager
def behind(folder: pathlib.Path, ports: tuple[int, ...]) -> Iterator[None]:
    """Servers that stand behind what is measured, on the second core."""
    with contextlib.ExitStack() as stack:
        for port in ports:
            command = servers.origin(folder, port)
            stack.enter_context(running(command, port, folder / f"{port}.log", core=1, environment=peers.environment()))
        yield


def tables(options: argparse.Namespace, folder: pathlib.Path) -> Iterator[str]:
    ours, count, seconds = pathlib.Path(options.programs).resolve(), options.rounds, options.seconds
    wanted = options.only or ["static", "cache", "balance", "failover", "idle"]
    costs = ["requests/s", "µs of a core each"]

    def sized(measured: list[servers.Server], size: str) -> dict[str, list[Row]]:
        return rounds(measured, count, lambda server: trial(server, folder, size, seconds))

    if "static" in wanted:
        for size in SIZES:
            yield table(f"Static files of {size}", sized(servers.static(folder, ours), size), "nginx", costs)
    if "cache" in wanted:
        with behind(folder, (servers.ORIGIN,)):
            for size in ("1 KiB", "100 KiB"):
                yield table(f"Hits of a cache, {size}", sized(servers.caches(folder, ours), size), "nginx", costs)
    if "balance" in wanted:
        with behind(folder, servers.NODES):
            yield table("Two nodes, 1 KiB", sized(servers.balancers(folder, ours), "1 KiB"), "haproxy", costs)
    if "failover" in wanted:
        with behind(folder, servers.NODES[1:]):
            found = rounds(servers.balancers(folder, ours), count, lambda server: failover(server, folder, max(5, seconds)))
            yield table("A node of two is killed and comes back", found, "nginx", ["worst ms"])
    if "idle" in wanted:
        yield table(f"{IDLE:,} connections that asked once", rounds(servers.static(folder, ours), 1, lambda server: idle(server, folder)), "nginx", ["MB"])


def measure(options: argparse.Namespace) -> int:
    """In the namespaces."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    folder = pathlib.Path(options.folder)
    (folder / "files").mkdir(exist_ok=True)
    for path, octets, _ in SIZES.values():
        with (folder / "files" / path[1:]).open("wb") as file:
            file.write(os.urandom(min(octets, 1 << 20)))
            file.truncate(octets)
    told: list[Any] = []
    for text in tables(options, folder):
        print(text, flush=True)
        told.append(text)
    if options.page:
        about = f"{options.rounds} rounds of {options.seconds} s; kernel: {platform.release()}; {os.cpu_count()} cores.\n"
        page = pathlib.Path(options.page)
        page.write_text("\n".join([page.read_text().partition(BEGIN)[0] + BEGIN + "\n", about, *told]))
    return 0 if any("No round" not in text for text in told) else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", default=str(ROOT / "build/release/bin"), help="folder of ours (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="of load in a trial")
    parser.add_argument("--only", action="append", choices=["static", "cache", "balance", "failover", "idle"], help="default: all")
    parser.add_argument("--page", help="file that the tables are written into")
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    try:
        if options.folder:
            return measure(options)
        if (os.cpu_count() or 1) < 2:
            raise Trouble("the servers need a core, and the load another one")
        peers.prepare()
    except Trouble as trouble:
        sys.exit(f"bench/http: {trouble}")
    return again_apart(__file__, "bench-http-")


if __name__ == "__main__":
    sys.exit(main())
