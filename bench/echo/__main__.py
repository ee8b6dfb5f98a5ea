#!/usr/bin/python3
"""How fast is echo-server, over UDP and TCP, and what does a request cost? Ours beside others, in one run.

    /usr/bin/python3 bench/echo [--server build/release/bin/echo-server] [--rounds 7] [--seconds 1] [--page docs/speed.md]

Everything has private network and process namespaces (no root needed). Servers are on one core, load.cpp with its clients on another. Each
trial has a server of its own. Trials are interleaved in rounds, each of which begins with another server, so that other load on the
machine strikes all alike: the ratios, each of two figures of one round, are what to believe. Shown are medians over the rounds.

Peers: reference.cpp (Boost.Asio's callbacks and nothing else), socat (a process for each client), and the internal services of xinetd
and inetd, which are unpacked, not installed. A missing one is told and skipped.
Exit status: 0 measured, 1 a tool is missing or no trial of ours gave a result, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.running import Trouble, processor_time, running  # noqa: E402
from harness.world import unpacked  # noqa: E402

BYTES = 64  # of a message
ADDRESS, PORT = "10.0.0.1", 1234  # of the only host there is; inetd answers nobody at 127.0.0.1
OURS, REFERENCE = "echo-server", "Asio's callbacks"
BEGIN = "<!-- bench/echo writes from here -->"

INETD = "echo dgram udp wait root internal\n"
XINETD = """\
service echo
{
    type = INTERNAL
    id = echo-dgram
    socket_type = dgram
    protocol = udp
    user = root
    wait = yes
    instances = UNLIMITED
    per_source = UNLIMITED
    cps = 0 0
    disable = no
}
"""


@dataclasses.dataclass(frozen=True)
class Server:
    """A server that is measured: its command, in which {words} are filled in, and where it listens."""

    name: str
    command: tuple[str, ...]
    port: int = PORT


UDP = [
    Server(OURS, ("{server}", "{port}", "--udp")),
    Server(REFERENCE, ("{folder}/reference", "{port}")),
    Server("socat", ("socat", "UDP-LISTEN:{port},fork,reuseaddr", "PIPE")),
    Server("xinetd", ("{xinetd}", "-dontfork", "-f", "{folder}/xinetd.conf", "-pidfile", "{folder}/xinetd.pid"), 7),
    Server("inetd", ("{inetd}", "-i", "{folder}/inetd.conf"), 7),
]
TCP = [Server(f"{OURS} --mode {mode}", ("{server}", "{port}", "--mode", mode)) for mode in ("async", "select")]
TCP += [Server(REFERENCE, ("{folder}/reference", "{port}"))]
TABLES = [("udp", 1, UDP), ("udp", 100, UDP), ("tcp", 1, TCP), ("tcp", 100, TCP)]


@dataclasses.dataclass(frozen=True)
class Figures:
    """Of a trial."""

    rate: float  # messages that came back in a second
    cost: float  # µs of processor time for each, the kernel's in the server's name included
    median: float  # µs of round trip
    late: float  # µs, 99th percentile
    again: float  # datagrams sent again, for each that came back
    served: float  # share of the clients that had any back


def build(folder: pathlib.Path) -> None:
    for name in ("reference", "load"):
        command = ["g++", "-std=c++20", "-O2", str(pathlib.Path(__file__).with_name(f"{name}.cpp")), "-o", str(folder / name)]
        if subprocess.run(command, check=False).returncode:
            raise Trouble(f"{name}.cpp could not be compiled")


def trial(server: Server, words: dict[str, str], protocol: str, clients: int, seconds: float) -> Figures:
    folder = pathlib.Path(words["folder"])
    command = [word.format(**words, port=server.port) for word in server.command]
    with running(command, server.port, folder / "server.log", protocol) as process:
        before = processor_time(process.pid)
        load = ["taskset", "-c", "1", str(folder / "load"), protocol, ADDRESS, str(server.port), str(clients), str(BYTES), str(seconds)]
        done = subprocess.run(load, capture_output=True, text=True, check=False, timeout=seconds + 60)
        used = processor_time(process.pid) - before
    if done.returncode:
        raise Trouble(done.stderr.strip())
    count, warm, again, served, median, late = map(float, done.stdout.split())
    if not count:
        raise Trouble("nothing came back")
    return Figures(count / seconds, used / (count + warm) * 1e6, median, late, again / count, served / clients)


def measured(protocol: str, clients: int, servers: list[Server], words: dict[str, str], rounds: int, seconds: float) -> dict[str, list[Figures]]:
    """Figures of the rounds in which all of the servers gave some."""
    found: dict[str, list[Figures]] = {server.name: [] for server in servers}
    for turn in range(rounds):
        row = {}
        for server in servers[turn % len(servers) :] + servers[: turn % len(servers)]:
            try:
                row[server.name] = trial(server, words, protocol, clients, seconds)
            except (Trouble, subprocess.TimeoutExpired) as trouble:
                print(f"{protocol}, {clients} clients, round {turn + 1}, {server.name}: no result: {trouble}", file=sys.stderr)
        if len(row) == len(servers):
            for name, figures in row.items():
                found[name].append(figures)
    return found


def table(protocol: str, clients: int, found: dict[str, list[Figures]]) -> str:
    """In Markdown."""
    title = f"### {protocol.upper()}, {clients} client{'s' if clients > 1 else ''}"
    if not all(found.values()):
        return f"{title}\n\nNo round was complete.\n"
    lines = [title, "", "| server | requests/s | × reference | µs of a core each | × reference | median µs | 99 % µs | sent again | clients served |"]
    lines.append("| --- |" + " ---: |" * 8)
    for name, figures in found.items():
        pairs = list(zip(figures, found[REFERENCE]))
        rate = statistics.median(one.rate / other.rate for one, other in pairs)
        cost = statistics.median(one.cost / other.cost for one, other in pairs)

        def middle(field: str, figures: list[Figures] = figures) -> float:
            return statistics.median(getattr(one, field) for one in figures)

        lines.append(
            f"| {name} | {middle('rate'):,.0f} | {rate:.2f} | {middle('cost'):.2f} | {cost:.2f} "
            f"| {middle('median'):.0f} | {middle('late'):.0f} | {middle('again'):.2%} | {middle('served'):.0%} |"
        )
    return "\n".join(lines) + "\n"


def measure(options: argparse.Namespace) -> int:
    """In the namespaces."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["ip", "address", "add", ADDRESS, "dev", "lo"], check=True)
    folder = pathlib.Path(options.folder)
    (folder / "inetd.conf").write_text(INETD)
    (folder / "xinetd.conf").write_text(XINETD)
    words = {"folder": str(folder), "server": os.path.abspath(options.server)}
    absent = set() if shutil.which("socat") else {"socat"}
    for name in ("xinetd", "inetd"):
        try:
            words[name] = str(unpacked.program(name))
        except unpacked.NotUnpacked as error:
            print(f"{name}: skipped: {error}", file=sys.stderr)
            absent.add(name)
    tables, ours = [], 0
    for protocol, clients, servers in TABLES:
        found = measured(protocol, clients, [one for one in servers if one.name not in absent], words, options.rounds, options.seconds)
        tables.append(table(protocol, clients, found))
        print(tables[-1], flush=True)
        ours += sum(len(figures) for name, figures in found.items() if name.startswith(OURS))
    if options.page:
        about = f"{options.rounds} rounds of {options.seconds:g} s, {BYTES} bytes; kernel: {platform.release()}; {os.cpu_count()} cores.\n"
        page = pathlib.Path(options.page)
        told = page.read_text().partition(BEGIN)[0]
        page.write_text("\n".join([told + BEGIN + "\n", about, *tables]))
    return 0 if ours else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", default=str(ROOT / "build/release/bin/echo-server"), help="ours (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1, help="of load in a trial")
    parser.add_argument("--page", help="file that the tables are written into")
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.folder:
        return measure(options)
    if (os.cpu_count() or 1) < 2:
        sys.exit("bench/echo: the servers need a core, and the clients another one")
    unpacked.prepare(["xinetd", "inetd"])
    with tempfile.TemporaryDirectory(prefix="bench-echo-") as folder:
        try:
            build(pathlib.Path(folder))
        except Trouble as trouble:
            sys.exit(f"bench/echo: {trouble}")
        inside = ["unshare", "-Urnmpf", "--kill-child", "--mount-proc", sys.executable, "-P", __file__, *sys.argv[1:], "--folder", folder]
        return subprocess.run(inside, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
