#!/usr/bin/python3
"""How right are round-trip times, and what does it cost to ask a thousand addresses once a second? rtt-probe beside others, in one run.

    /usr/bin/python3 bench/rtt.py [--programs build/release/bin] [--rounds 3] [--page docs/protocols/rtt.md]

Everything has private user, network, mount and process namespaces (no root needed): probers in one network namespace, on one core, what
answers them in another, on the other core, a veth pair between them, dumpcap with the kernel's stamps at the probers' end. Trials are
interleaved in rounds, so that other load on the machine strikes all alike.

Right: the median that a prober tells, less the median of what passed between the packets at its own interface; of those that know what
the peer needed itself (rtt-probe, irtt), that is taken off both. Cost: processor time, the kernel's in the program's name included, of
1,000 addresses that are asked once a second.

Peers come from the Debian packages iputils-ping, fping, hping3 and irtt; a missing one is told and skipped.
Exit status: 0 measured, 1 a needed tool is missing or no trial of ours gave a result, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

NEAR, FAR, MANY = "10.66.0.1", "10.66.0.2", "10.67.0.0/16"
INTERFACE, MARKER = "near0", b"wireproof rtt: end of trial"
PORT, IRTT_PORT, MARKER_PORT = 2681, 2112, 5001
ADDRESSES = 1000
OURS = "rtt-probe"
BEGIN, END = "<!-- bench/rtt.py writes from here -->", "<!-- bench/rtt.py: to here -->"


class Trouble(Exception):
    """Something that was tried did not work; the text is for people."""


@dataclasses.dataclass(frozen=True)
class Prober:
    """What is measured. command: with {words} that are filled in; packets: which are its own, for pcap-filter(7); many: the command for
    a list of addresses, of those that can do that."""

    command: str
    packets: str
    many: str = ""


PROBERS = {
    OURS: Prober(
        "{programs}/rtt-probe {far} --interval 0.01 --seconds {seconds} --json {folder}/told.json", f"udp port {PORT}",
        "{programs}/rtt-probe --list {list} --interval 1 --seconds {seconds}",
    ),
    "ping": Prober("ping -n -i 0.01 -c {count} {far}", "icmp"),
    "fping": Prober("fping -q -C {count} -p 10 {far}", "icmp", "fping -q -c {seconds} -p 1000 -i 1 -f {list}"),
    "hping3": Prober("hping3 -1 -n -i u10000 -c {count} {far}", "icmp"),
    "irtt": Prober("irtt client -i 10ms -d {seconds}s --fill=none -Q -o {folder}/told.json {far}", f"udp port {IRTT_PORT}"),
}  # fmt: skip


def told_by(name: str, output: str, folder: pathlib.Path) -> tuple[float, float]:
    """µs: the median that it tells, and what the peer needed itself, which it has taken off."""
    if name == OURS:
        one = json.loads((folder / "told.json").read_text())["addresses"][0]
        return one["median"] * 1e6, one["own_time_median"] * 1e6
    if name == "irtt":
        stats = json.loads((folder / "told.json").read_text())["stats"]
        return stats["rtt"]["median"] / 1e3, stats["server_processing_time"]["mean"] / 1e3
    found = output.partition(" : ")[2].split() if name == "fping" else re.findall(r"(?:time|rtt)=([\d.]+) ms", output)
    return statistics.median(float(one) for one in found) * 1e3, 0.0


# --- inside the namespaces ---------------------------------------------------------------------------------------


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def wait_for(what: str, condition: Callable[[], object], seconds: float) -> None:
    """Polls until condition() holds; raises Trouble at the deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Trouble(f"waited {seconds} s in vain for {what}")
        time.sleep(0.02)


def answer(programs: str) -> None:
    """The far end's process: addresses, and what answers, until standard input ends."""
    ip("link", "set", "lo", "up")
    print("ready", flush=True)
    sys.stdin.readline()
    ip("addr", "add", f"{FAR}/24", "dev", "far0")
    ip("link", "set", "far0", "up")
    ip("route", "add", "local", MANY, "dev", "lo")
    os.sched_setaffinity(0, {0})
    commands = [[f"{programs}/rtt-responder", str(PORT)]] + ([["irtt", "server", "-b", FAR]] if shutil.which("irtt") else [])
    children = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for command in commands]
    wanted = {f":{port:04X}" for port in ([PORT, IRTT_PORT] if len(commands) == 2 else [PORT])}
    bound = lambda: "".join(pathlib.Path(f"/proc/net/udp{v}").read_text() for v in ("", "6"))  # noqa: E731
    wait_for("what answers", lambda: all(port in bound() for port in wanted), 10)
    print("ready", flush=True)
    sys.stdin.readline()
    for child in children:
        child.terminate()
        child.wait()


def run(command: list[str], seconds: float) -> tuple[str, float]:
    """(what it printed on both streams, its seconds of processor time)."""
    with tempfile.TemporaryFile("w+") as output:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, preexec_fn=lambda: os.sched_setaffinity(0, {1}))
        wait_for(command[0], lambda: os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT), seconds)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if status:
        raise Trouble(f"{command[0]} ended with status {child.returncode}: {(text.strip().splitlines() or ['no word'])[-1]}")
    return text, usage.ru_utime + usage.ru_stime


def captured(name: str, prober: Prober, command: list[str], folder: pathlib.Path) -> dict[str, float]:
    """One trial: what it told, and what the capture says."""
    capture, log = folder / "capture.pcap", folder / "dumpcap.log"
    with log.open("wb") as errors:
        dumpcap = subprocess.Popen(
            ["dumpcap", "-q", "-P", "-i", INTERFACE, "-f", f"({prober.packets}) or udp port {MARKER_PORT}", "-w", str(capture)],
            stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
        )  # fmt: skip
    try:
        wait_for("dumpcap", lambda: b"File: " in log.read_bytes(), 10)
        output, _ = run(command, 60)
        subprocess.run(["bash", "-c", f"printf %s '{MARKER.decode()}' > /dev/udp/{FAR}/{MARKER_PORT}"], check=True)
        wait_for("the last packet in the capture", lambda: MARKER in capture.read_bytes()[-4096:], 10)
    finally:
        dumpcap.send_signal(signal.SIGINT)
        dumpcap.wait()
    median, own = told_by(name, output, folder)
    seen = wire(capture)
    return {"told": median, "wire": seen - own, "off": median - (seen - own)}


def wire(capture: pathlib.Path) -> float:
    """µs, the median of what passed between each packet to the far end and its answer: none is lost or overtaken here."""
    data = capture.read_bytes()
    unit = {0xA1B23C4D: 1e-3, 0xA1B2C3D4: 1.0}[struct.unpack_from("<I", data)[0]]
    asked: list[float] = []
    answers: list[float] = []
    at = 24
    while at + 16 <= len(data):
        second, fraction, length, _ = struct.unpack_from("<IIII", data, at)
        packet = data[at + 16 + 14 : at + 16 + length]
        at += 16 + length
        if MARKER in packet or packet[9] == 1 and packet[20] == 3:  # an ICMP error
            continue
        (answers if packet[12:16] == bytes(map(int, FAR.split("."))) else asked).append(second * 1e6 + fraction * unit)
    if not asked or len(asked) - len(answers) not in (0, 1):  # irtt's good-bye has no answer
        raise Trouble(f"{len(asked)} probes and {len(answers)} answers in the capture")
    return statistics.median(back - there for there, back in zip(asked, answers))


def inside(options: argparse.Namespace) -> dict[str, list[dict[str, float]]]:
    subprocess.run(["mount", "-t", "sysfs", "none", "/sys"], check=True)  # /sys of this network namespace
    ip("link", "set", "lo", "up")
    far = subprocess.Popen(
        ["unshare", "-n", sys.executable, __file__, "--answer", "--programs", options.programs],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert far.stdin and far.stdout and far.stdout.readline() == "ready\n"
    ip("link", "add", INTERFACE, "type", "veth", "peer", "name", "far0", "netns", str(far.pid))
    ip("addr", "add", f"{NEAR}/24", "dev", INTERFACE)
    ip("link", "set", INTERFACE, "up")
    far.stdin.write("link\n")
    far.stdin.flush()
    assert far.stdout.readline() == "ready\n", "nothing answers"
    ip("route", "add", MANY, "via", FAR)
    folder = pathlib.Path(options.folder)
    listed = folder / "many.txt"
    listed.write_text("\n".join(f"10.67.{number // 250}.{number % 250 + 1}" for number in range(ADDRESSES)) + "\n")
    words = {"programs": options.programs, "far": FAR, "seconds": options.seconds, "count": options.seconds * 100, "list": listed, "folder": folder}
    found: dict[str, list[dict[str, float]]] = {}
    for turn in range(options.rounds):
        for kind in ("right", "cost"):
            names = [name for name, one in PROBERS.items() if name in options.only.split(",") and (kind == "right" or one.many)]
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                prober = PROBERS[name]
                command = [word.format(**words) for word in (prober.command if kind == "right" else prober.many).split()]
                try:
                    figures = captured(name, prober, command, folder) if kind == "right" else {"cost": run(command, options.seconds + 30)[1]}
                except (Trouble, subprocess.CalledProcessError, KeyError, ValueError, statistics.StatisticsError) as trouble:
                    print(f"round {turn + 1} {name}: no result: {trouble}", file=sys.stderr)
                    continue
                found.setdefault(f"{kind} {name}", []).append(figures)
                print(f"round {turn + 1} {name}: " + ", ".join(f"{key} {value:.2f}" for key, value in figures.items()), file=sys.stderr)
    far.stdin.close()
    far.wait(10)
    return found


# --- outside -----------------------------------------------------------------------------------------------------


def table(found: dict[str, list[dict[str, float]]], seconds: int) -> str:
    """What the page shows."""

    def middle(rows: list[dict[str, float]], key: str) -> float:
        return statistics.median(row[key] for row in rows)

    lines = ["| prober | median that it tells, µs | of its packets at its interface, µs | off, µs (least to most) |", "|---|---|---|---|"]
    for name in PROBERS:
        if rows := found.get(f"right {name}"):
            off = sorted(row["off"] for row in rows)
            spread = f"{statistics.median(off):+.1f} ({off[0]:+.1f} to {off[-1]:+.1f})"
            lines.append(f"| {name} | {middle(rows, 'told'):.1f} | {middle(rows, 'wire'):.1f} | {spread} |")
    lines += ["", f"| {ADDRESSES:,} addresses, once a second for {seconds} s | processor time, s | beside fping's, medians of the rounds' ratios |", "|---|---|---|"]
    for name in PROBERS:
        if rows := found.get(f"cost {name}"):
            others = found.get("cost fping", [])
            ratio = f"{statistics.median(one['cost'] / other['cost'] for one, other in zip(rows, others)):.2f}" if others else "-"
            lines.append(f"| {name} | {middle(rows, 'cost'):.3f} | {ratio} |")
    return "\n".join(lines)


def bench(options: argparse.Namespace) -> int:
    for tool in ("unshare", "ip", "dumpcap"):
        if shutil.which(tool) is None:
            raise Trouble(f"{tool} is missing")
    options.programs = os.path.abspath(options.programs)
    for name in (OURS, "rtt-responder"):
        if not os.access(f"{options.programs}/{name}", os.X_OK):
            raise Trouble(f"{options.programs}/{name}: no such program; build it, or name its folder with --programs")
    there = [OURS]
    for name in PROBERS:
        if name != OURS and shutil.which(name):
            there.append(name)
        elif name != OURS:
            print(f"{name}: skipped, it is not installed", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="rtt-") as folder:
        os.chmod(folder, 0o777)
        cell = ["unshare", "-Urnm", "--pid", "--fork", "--kill-child", "--mount-proc"]
        words = ["--inside", "--folder", folder, "--programs", options.programs, "--rounds", str(options.rounds), "--seconds", str(options.seconds)]
        command = [*cell, sys.executable, os.path.abspath(__file__), *words, "--only", ",".join(there)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise Trouble("no trial could be made")
    found = json.loads(done.stdout)
    shown = table(found, options.seconds)
    print(shown)
    if options.page:
        page = pathlib.Path(options.page)
        before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
        machine = f"{os.cpu_count()} cores, Linux {platform.release()}, {options.rounds} rounds, load {os.getloadavg()[0]:.1f} at the end."
        page.write_text(f"{before}{BEGIN}\n\n{machine}\n\n{shown}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    return 0 if found.get(f"right {OURS}") and found.get(f"cost {OURS}") else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", default="build/release/bin", help="folder of ours (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="trials of each (%(default)s)")
    parser.add_argument("--seconds", type=int, default=5, help="length of a trial (%(default)s)")
    parser.add_argument("--page", help="write the tables into this file, between the lines that are for them")
    for word in ("--folder", "--only"):
        parser.add_argument(word, help=argparse.SUPPRESS)
    for word in ("--inside", "--answer"):
        parser.add_argument(word, action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.rounds < 1 or not 2 <= options.seconds <= 60:
        parser.error("want at least one round, of 2 to 60 seconds")
    try:
        if options.answer:
            answer(options.programs)
            return 0
        if options.inside:
            print(json.dumps(inside(options)))
            return 0
        return bench(options)
    except Trouble as trouble:
        print(f"rtt: {trouble}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
