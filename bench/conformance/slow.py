#!/usr/bin/python3
"""Are http-server, http-proxy and http-balancer there for others while 400 clients are slow? Asked by slowhttptest.

    /usr/bin/python3 bench/conformance/slow.py [--programs build/release/bin] [--only http-proxy] [--seconds 30] [--beside]

Four ways to be slow: headers that never end (slow loris), bodies that never end, ranges that overlap by the hundred, answers that are read
a few bytes at a time. slowhttptest asks for a page on the side all the while, within 3 s. All runs in private network and process
namespaces (no root needed). slowhttptest and the servers beside are fetched as Debian packages and unpacked below the build folder.
Exit status: 0 ours were available always, 1 they were not, or a tool is missing, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import csv
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "bench/http"), str(pathlib.Path(__file__).resolve().parent)]

import peers  # noqa: E402
import servers  # noqa: E402

from bench.running import Trouble, again_apart, running  # noqa: E402

NODE, PORT, CLIENTS = 8001, 8000, 400
WAYS = {
    "slow headers": ["-H", "-i", "10", "-x", "24"],
    "slow bodies": ["-B", "-i", "10", "-x", "10", "-s", "8192", "-t", "POST"],
    "overlapping ranges": ["-R", "-a", "1", "-b", "3000"],
    "slow reading": ["-X", "-w", "10", "-y", "20", "-n", "5", "-z", "32", "-k", "3"],
}


def availability(way: list[str], folder: pathlib.Path, seconds: int) -> tuple[int, int]:
    """How often the page on the side was there, of how many times."""
    stem = folder / "figures"
    command = [peers.program("slowhttptest"), *way, "-c", str(CLIENTS), "-r", "200", "-l", str(seconds), "-p", "3", "-g", "-o", str(stem)]
    command += ["-u", f"http://127.0.0.1:{PORT}/file.txt"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=peers.environment(), timeout=seconds + 60)
    file = stem.with_suffix(".csv")
    if not file.exists():
        raise Trouble(f"slowhttptest gave no figures: {(done.stdout + done.stderr).strip()[-300:]}")
    rows = list(csv.reader(file.read_text().splitlines()))
    column = next(number for number, name in enumerate(rows[0]) if name.lower().endswith("available"))
    there = [float(row[column]) > 0 for row in rows[1:] if len(row) > column]
    file.unlink()
    return sum(there), len(there)


def measure(options: argparse.Namespace) -> int:
    """In the namespaces."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    folder, ours = pathlib.Path(options.folder), pathlib.Path(options.programs).resolve()
    root = folder / "files"
    root.mkdir(exist_ok=True)
    (root / "file.txt").write_bytes(os.urandom(1 << 20))
    node = [str(ours / "http-server"), "--root", str(root), "--host", "127.0.0.1", "--port", str(NODE)]
    commands = servers.ours(ours, folder, root, PORT, NODE)
    wanted = {name: command for name, command in commands.items() if not options.only or name in options.only}
    if options.beside:
        wanted["nginx"] = servers.nginx(folder, "nginx", PORT, f"root {root};")
    always = True
    try:
        with running(node, NODE, folder / "node.log", core=None):
            for name, command in wanted.items():
                for words, way in WAYS.items():
                    with running(command, PORT, folder / "server.log", core=None, environment=peers.environment()):
                        there, total = availability(way, folder, options.seconds)
                    print(f"{name}, {words}: available {there} of {total} times", flush=True)
                    always = always and (there == total or name not in commands)
    except (Trouble, subprocess.TimeoutExpired) as trouble:
        print(f"bench/conformance/slow: {trouble}", file=sys.stderr)
        return 1
    return 0 if always else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", default=str(ROOT / "build/release/bin"), help="folder of ours (default: %(default)s)")
    parser.add_argument("--only", action="append", choices=["http-server", "http-proxy", "http-balancer"], help="default: all three")
    parser.add_argument("--seconds", type=int, default=30, help="of each way")
    parser.add_argument("--beside", action="store_true", help="nginx too")
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.folder:
        return measure(options)
    try:
        peers.prepare()
    except Trouble as trouble:
        sys.exit(f"bench/conformance/slow: {trouble}")
    return again_apart(__file__, "slow-")


if __name__ == "__main__":
    sys.exit(main())
