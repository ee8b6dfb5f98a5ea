#!/usr/bin/python3
"""How exactly do senders pace a constant-rate transport stream? Ours beside five others, in one run.

Every trial has private user, network, mount and process namespaces (no root needed): the sender in one network
namespace, a listener in another, a veth pair between them, dumpcap with nanosecond stamps at the sender's end. Trials
are interleaved in rounds, so that other load on the machine strikes all senders alike; ratios are what to believe.

The deviation of a datagram is its send time minus the ideal one (bytes sent before it · 8 / rate), relative to the
median of the trial. Shown are medians over the rounds, and the worst maximum.

    bench/pacing.py --sender build/release/bin/tv-sender
    bench/pacing.py --rounds 5 --seconds 30 --only tv-sender,tsplay --json pacing.json

Peers come from the Debian packages tstools, multicat, gstreamer1.0-tools, gstreamer1.0-plugins-good,
gstreamer1.0-plugins-bad, ffmpeg, vlc-bin and vlc-plugin-base; a missing one is told and skipped.
Exit status: 0 measured, 1 a needed tool is missing or no trial of ours gave a result, 2 wrong usage.
"""

import argparse
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

RATE = 638_000  # bit/s of the clip
CLIP_BYTES = 4_785_540
PACKET = 188
NULL_PACKET = b"\x47\x1f\xff\x10" + b"\xff" * 184
SENDER_ADDRESS, LISTENER_ADDRESS, PORT = "10.66.0.1", "10.66.0.2", 5000
MARKER_PORT, MARKER = 5001, b"wireproof pacing: end of trial"
INTERFACE = "sender0"
MINIMUM_DATAGRAMS = 50

CLIP_RECIPE = (
    "-f lavfi -i testsrc2=size=352x288:rate=25 -f lavfi -i sine -t 59.9 -c:v libx264 -threads 1 -pix_fmt yuv420p "
    "-g 50 -keyint_min 50 -x264-params nal-hrd=cbr -b:v 460k -minrate 460k -maxrate 460k -bufsize 460k "
    "-c:a mp2 -b:a 64k -flags +bitexact -fflags +bitexact -map_metadata -1 -f mpegts -muxrate 638k "
    "-mpegts_flags +resend_headers -pat_period 0.2"
).split()

# name: (programs it needs, command). {words} are filled in per trial.
PEERS = {
    "tsplay": (["tsplay"], ["tsplay", "{clip}", "{host}:{port}"]),
    "gstreamer": (
        ["gst-launch-1.0"],
        ["gst-launch-1.0", "-q", "filesrc", "location={clip}", "!", "tsparse", "set-timestamps=true", "alignment=7",
         "!", "udpsink", "host={host}", "port={port}", "sync=true"],
    ),
    "multicat": (["multicat", "ingests"], ["multicat", "-U", "{clip}", "{host}:{port}"]),
    "ffmpeg": (
        ["ffmpeg"],
        ["ffmpeg", "-nostdin", "-loglevel", "error", "-re", "-i", "{clip}", "-c", "copy", "-f", "mpegts",
         "-muxrate", str(RATE), "udp://{host}:{port}?pkt_size=1316&bitrate=" + str(RATE)],
    ),
    "vlc": (
        ["cvlc"],
        # VLC does not run as user 0, which we are in our namespace.
        ["unshare", "-U", "--map-user=1000", "--map-group=1000", "cvlc", "-I", "dummy", "--no-audio", "--no-video",
         "{clip}", "--sout", "#standard{{access=udp,mux=ts,dst={host}:{port}}}", "vlc://quit"],
    ),
}


class Trouble(Exception):
    """Something that was tried did not work; the text is for people."""


def make_clip(folder):
    """Makes the constant-rate test clip; returns its path."""
    raw, clip = folder / "raw.ts", folder / "clip.ts"
    command = ["ffmpeg", "-nostdin", "-loglevel", "error", "-y", *CLIP_RECIPE, str(raw)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise Trouble(f"make the clip with ffmpeg: {made.stderr.strip()}")
    data = raw.read_bytes()
    clip.write_bytes(data + NULL_PACKET * max(0, (CLIP_BYTES - len(data)) // PACKET))
    raw.unlink()
    return clip


def pcr_pid(clip):
    """PID of the first packet with a PCR."""
    data = clip.read_bytes()
    for at in range(0, len(data) - PACKET + 1, PACKET):
        if data[at + 3] & 0x20 and data[at + 4] > 0 and data[at + 5] & 0x10:
            return (data[at + 1] & 0x1F) << 8 | data[at + 2]
    raise Trouble(f"{clip} has no PCR")


def prepare_multicat(clip):
    """Writes the index (clip.aux) that multicat paces by."""
    done = subprocess.run(["ingests", "-p", str(pcr_pid(clip)), str(clip)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Trouble(f"ingests: {done.stderr.strip()}")


# --- inside a trial's namespaces ---------------------------------------------------------------------------------


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def listen():
    """The listener's process: takes datagrams and forgets them until standard input ends."""
    ip("link", "set", "lo", "up")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as inbox:
        inbox.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        inbox.bind(("0.0.0.0", PORT))
        inbox.setblocking(False)
        print("ready", flush=True)
        while True:
            readable, _, _ = select.select([inbox, sys.stdin], [], [])
            if sys.stdin in readable:
                line = sys.stdin.readline()
                if not line:
                    return
                ip("addr", "add", f"{LISTENER_ADDRESS}/24", "dev", "listener0")
                ip("link", "set", "listener0", "up")
                print("ready", flush=True)
            while inbox in readable:
                try:
                    inbox.recv(65536)
                except BlockingIOError:
                    break


def wait_for(what, condition, seconds):
    """Polls until condition() holds; raises Trouble at the deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Trouble(f"waited {seconds} s in vain for {what}")
        time.sleep(0.02)


def carrier():
    return pathlib.Path(f"/sys/class/net/{INTERFACE}/operstate").read_text().strip() == "up"


def stop(process, first_signal):
    """Ends a process we started in a session of its own, with its children (tsplay's sending child outlives it
    otherwise), in order when they heed the signal within 3 s."""
    for number in (first_signal, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(3)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def trial(folder, seconds, command):
    """Runs one sender for `seconds`; leaves folder/capture.pcap. Runs as root of fresh namespaces."""
    subprocess.run(["mount", "-t", "sysfs", "none", "/sys"], check=True)  # /sys of this network namespace
    ip("link", "set", "lo", "up")
    listener = subprocess.Popen(["unshare", "-n", sys.executable, __file__, "--listen"], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True)
    assert listener.stdout.readline() == "ready\n"
    ip("link", "add", INTERFACE, "type", "veth", "peer", "name", "listener0", "netns", str(listener.pid))
    ip("addr", "add", f"{SENDER_ADDRESS}/24", "dev", INTERFACE)
    ip("link", "set", INTERFACE, "up")
    listener.stdin.write("link\n")
    listener.stdin.flush()
    assert listener.stdout.readline() == "ready\n"
    wait_for("the link", carrier, 5)

    capture, log = folder / "capture.pcap", folder / "dumpcap.log"
    with log.open("wb") as errors:
        dumpcap = subprocess.Popen(
            ["dumpcap", "-q", "-P", "-i", INTERFACE, "-f", f"udp dst portrange {PORT}-{MARKER_PORT}", "-B", "16",
             "-w", str(capture)], stdin=subprocess.DEVNULL, stdout=errors, stderr=errors, start_new_session=True)
    wait_for("dumpcap", lambda: b"File: " in log.read_bytes(), 10)
    environment = dict(os.environ, HOME=str(folder), XDG_RUNTIME_DIR=str(folder))
    with (folder / "sender.log").open("wb") as output:
        sender = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment,
                                  start_new_session=True)
        try:
            sender.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        stop(sender, signal.SIGTERM)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
        last.sendto(MARKER, (LISTENER_ADDRESS, MARKER_PORT))
    wait_for("the last packet in the capture", lambda: MARKER in capture.read_bytes()[-4096:], 10)
    stop(dumpcap, signal.SIGINT)
    listener.stdin.close()
    listener.wait(5)


# --- outside -----------------------------------------------------------------------------------------------------


def read_datagrams(capture):
    """(seconds, payload bytes) of every datagram to PORT, from a pcap file with microsecond or nanosecond stamps."""
    data = capture.read_bytes()
    if len(data) < 24:
        raise Trouble("the capture is empty")
    units = {0xA1B23C4D: 1_000_000_000, 0xA1B2C3D4: 1_000_000}.get(struct.unpack_from("<I", data)[0])
    if units is None:
        raise Trouble("the capture is no little-endian pcap file")
    found, at, start = [], 24, None
    while at + 16 <= len(data):
        second, fraction, captured, _ = struct.unpack_from("<IIII", data, at)
        frame = at + 16
        at = frame + captured
        if at > len(data):
            break
        udp = frame + 14 + (data[frame + 14] & 15) * 4
        port, length = struct.unpack_from(">HH", data, udp + 2)
        if port == PORT and length > 8:
            start = second if start is None else start
            found.append(((second - start) + fraction / units, length - 8))
    return found


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def measure(datagrams, seconds):
    """Deviation from the ideal schedule, in µs, and rate error, in ppm, over the first `seconds`."""
    if datagrams:
        begin = datagrams[0][0]
        datagrams = [(when - begin, size) for when, size in datagrams if when - begin < seconds]
    if len(datagrams) < MINIMUM_DATAGRAMS:
        raise Trouble(f"only {len(datagrams)} datagrams were sent")
    before, offsets = 0, []
    for when, size in datagrams:
        offsets.append(when - before * 8 / RATE)
        before += size
    middle = statistics.median(offsets)
    deviations = [abs(offset - middle) * 1e6 for offset in offsets]
    bits = (before - datagrams[-1][1]) * 8
    return {
        "datagrams": len(datagrams),
        "p50_us": percentile(deviations, 0.50),
        "p99_us": percentile(deviations, 0.99),
        "max_us": max(deviations),
        "rate_error_ppm": (bits / datagrams[-1][0] / RATE - 1) * 1e6,
    }


def run_trial(name, command, clip, seconds, folder):
    """One trial in namespaces of its own; returns the figures."""
    words = {"clip": clip, "host": LISTENER_ADDRESS, "port": PORT}
    filled = [word.format(**words) for word in command]
    folder.mkdir()
    folder.chmod(0o777)
    cell = ["unshare", "-Urnm", "--pid", "--fork", "--kill-child", "--mount-proc"]
    call = [*cell, sys.executable, os.path.abspath(__file__), "--trial", str(folder), "--seconds", str(seconds), "--",
            *filled]
    load = os.getloadavg()[0]
    done = subprocess.run(call, capture_output=True, text=True, check=False, timeout=seconds + 60)
    if done.returncode != 0:
        raise Trouble((done.stderr.strip().splitlines() or ["the trial failed without a word"])[-1])
    try:
        figures = measure(read_datagrams(folder / "capture.pcap"), seconds)
    except Trouble as trouble:
        log = (folder / "sender.log").read_text(errors="replace").strip().splitlines()
        raise Trouble(f"{trouble}; {name} said: {log[-1] if log else 'nothing'}") from trouble
    figures["load"] = load
    return figures


def summarise(trials):
    summary = {}
    for name, figures in trials.items():
        if not figures:
            continue
        summary[name] = {key: statistics.median(one[key] for one in figures)
                         for key in ("datagrams", "p50_us", "p99_us", "rate_error_ppm")}
        summary[name]["max_us"] = max(one["max_us"] for one in figures)
        summary[name]["rounds"] = len(figures)
    ours = summary.get("tv-sender")
    for figures in summary.values():
        for key in ("p50_us", "p99_us"):
            figures[key.replace("_us", "_ratio")] = figures[key] / ours[key] if ours else None
    return summary


def print_table(summary):
    print(f"{'sender':<12}{'rounds':>7}{'datagrams':>11}{'p50 µs':>12}{'p99 µs':>14}{'max µs':>14}"
          f"{'rate ppm':>12}{'p50 ratio':>11}{'p99 ratio':>11}")
    for name, one in sorted(summary.items(), key=lambda item: item[1]["p99_us"]):
        ratios = "".join(f"{one[key]:>11.1f}" if one[key] is not None else f"{'-':>11}"
                         for key in ("p50_ratio", "p99_ratio"))
        print(f"{name:<12}{one['rounds']:>7}{one['datagrams']:>11.0f}{one['p50_us']:>12.1f}{one['p99_us']:>14.1f}"
              f"{one['max_us']:>14.1f}{one['rate_error_ppm']:>+12.1f}{ratios}")


def bench(options):
    for tool in ("unshare", "ip", "dumpcap", "ffmpeg"):
        if shutil.which(tool) is None:
            raise Trouble(f"{tool} is missing")
    sender = os.path.abspath(options.sender)
    if not os.access(sender, os.X_OK):
        raise Trouble(f"{sender}: no such program; build it, or name it with --sender")
    commands = {"tv-sender": [sender, "{host}", "{port}", "--file", "{clip}"]}
    for name, (needed, command) in PEERS.items():
        missing = [program for program in needed if shutil.which(program) is None]
        if missing:
            print(f"{name}: skipped, {', '.join(missing)} is not installed", file=sys.stderr)
        else:
            commands[name] = command
    if options.only:
        unknown = [name for name in options.only.split(",") if name != "tv-sender" and name not in PEERS]
        if unknown:
            raise SystemExit(f"pacing: unknown sender {', '.join(unknown)}")
        commands = {name: commands[name] for name in options.only.split(",") if name in commands}

    trials = {name: [] for name in commands}
    with tempfile.TemporaryDirectory(prefix="pacing-") as place:
        folder = pathlib.Path(place)
        folder.chmod(0o755)
        clip = make_clip(folder)
        if "multicat" in commands:
            prepare_multicat(clip)
        for turn in range(options.rounds):
            # Each round starts with another sender: none always has the same neighbour or the coldest caches.
            names = list(commands)
            for name in names[turn % len(names):] + names[:turn % len(names)]:
                command = commands[name]
                try:
                    figures = run_trial(name, command, clip, options.seconds, folder / f"{turn}-{name}")
                except (Trouble, subprocess.TimeoutExpired) as trouble:
                    print(f"round {turn + 1} {name}: no result: {trouble}", file=sys.stderr)
                    continue
                trials[name].append(figures)
                print(f"round {turn + 1} {name}: p50 {figures['p50_us']:.1f}, p99 {figures['p99_us']:.1f}, "
                      f"max {figures['max_us']:.1f} µs (load {figures['load']:.2f})", file=sys.stderr)
    summary = summarise(trials)
    print_table(summary)
    if options.json:
        pathlib.Path(options.json).write_text(
            json.dumps({"rate": RATE, "seconds": options.seconds, "trials": trials, "summary": summary}, indent=1))
    return 0 if not options.only and trials.get("tv-sender") or options.only and summary else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sender", default="build/release/bin/tv-sender", help="our program (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="trials of each sender (%(default)s)")
    parser.add_argument("--seconds", type=float, default=20, help="length of a trial (%(default)s)")
    parser.add_argument("--only", help="comma-separated names of the senders to measure")
    parser.add_argument("--json", help="write all figures to this file")
    parser.add_argument("--trial", help=argparse.SUPPRESS)
    parser.add_argument("--listen", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("command", nargs="*", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.rounds < 1 or not 2 <= options.seconds <= 60:
        parser.error("want at least one round, of 2 to 60 seconds")
    try:
        if options.listen:
            return listen() or 0
        if options.trial:
            return trial(pathlib.Path(options.trial), options.seconds, options.command) or 0
        return bench(options)
    except Trouble as trouble:
        print(f"pacing: {trouble}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
