"""A client of docs/protocols/utc.md, spoilt: utc_client.py FAULT HOST PORT NAME=VALUE…; of values that are empty the default holds."""

import json
import os
import socket
import struct
import sys
import time

fault, host, port = sys.argv[1:4]
given = {name: value for name, _, value in (word.partition("=") for word in sys.argv[4:]) if value}
samples, rounds, adjust = int(given.get("samples", 8)), int(given.get("rounds", 1)), given.get("adjust", "auto")
least, interval = float(given.get("least_delay", 0)), float(given.get("interval", 1))
drift, known = float(given.get("drift", 0)) / 1e6, float(given.get("drift_error", 20)) / 1e6
SLEW = 0.05 if fault == "slews-in-a-hurry" else 500e-6
LIMIT = 128_000_000  # ns


class Clock:
    """ns since 1970, over an oscillator that drifts."""

    def __init__(self):
        self.since, self.base, self.rate, self.left = self.oscillator(), time.time_ns(), 0.0, 0

    def oscillator(self):
        passed = time.monotonic_ns()
        return passed + int(passed * drift)

    def slewed(self, now):
        most = int((now - self.since) * SLEW)
        return max(-most, min(most, self.left))

    def at(self, now):
        return self.base + now - self.since + int((now - self.since) * self.rate) + self.slewed(now)

    def now(self):
        return self.at(self.oscillator())

    def correct(self, by, steps, rate):
        now = self.oscillator()
        self.base, self.left = self.at(now) + (by if steps else 0), 0 if steps else by
        self.since, self.rate = now, rate


def wanted(answer, came_from, mark):
    """Whether it is the answer that is waited for."""
    if fault == "hears-everybody":
        came_from = server
    if fault == "believes-any-id":
        mark = answer[8:16]
    return came_from == server and len(answer) == 56 and answer[:6] == b"WPUT\1\2" and answer[8:16] == mark


def exchange():
    """T1 to T4 and the server's instance, or nothing."""
    global patience
    mark = os.urandom(8)
    asked = clock.now()
    told = asked if fault != "tells-no-time" else 0
    link.sendto(b"WPUT\1\1\0\0" + mark + struct.pack(">q", told) + bytes(32), server)
    end = time.monotonic() + patience
    while (left := end - time.monotonic()) > 0:
        link.settimeout(left)
        try:
            answer, came_from = link.recvfrom(65536)
        except OSError:
            return None
        arrived = clock.now()
        patience = 0.3 + 2e-9 * (arrived - asked)
        if not wanted(answer, came_from, mark):
            continue
        received, answered = struct.unpack(">qq", answer[24:40])
        if answered < received or answered - received > arrived - asked:
            if fault != "believes-the-impossible":
                return None
        if fault == "has-32-bits":
            received, answered = (seconds - (seconds // 10**9 & ~0xFFFFFFFF) * 10**9 for seconds in (received, answered))
        if fault == "has-31-bits":
            received, answered = ((seconds + 2**31 * 10**9) % (2**32 * 10**9) - 2**31 * 10**9 for seconds in (received, answered))
        return asked, received, answered, arrived, answer[40:48]
    return None


def sample(times):
    """Round trip, offset, bound."""
    asked, received, answered, arrived, _ = times
    trip = (arrived - asked) - (answered - received)
    offset = ((received - asked) + (answered - arrived)) // 2
    if fault == "forgets-half-the-round-trip":
        offset = answered - arrived
    if fault == "adds-the-whole-round-trip":
        offset = answered + trip - arrived
    if fault == "prints-its-own-time":
        offset = 0
    bound = trip / 2e9 - least + 1e-5
    if fault == "knows-no-doubt":
        bound = 0.001
    if fault == "ignores-what-is-known":
        bound += least
    return trip, offset, bound


def line(points):
    """Drift and its error, by the line through the measurements (least squares)."""
    middle = sum(at for at, _, _ in points) / len(points)
    spread = sum((at - middle) ** 2 for at, _, _ in points)
    if spread == 0:
        return {}, 0.0
    rate = sum((at - middle) * (ahead - points[0][1]) for at, ahead, _ in points) / spread
    error = sum(abs(at - middle) * bound * 1e9 for at, _, bound in points) / spread
    if fault == "turns-the-drift-round":
        rate = -rate
    if fault == "is-sure-of-the-drift":
        rate, error = rate * 0.9, 1e-6
    found = {"drift": 1e6 * rate, "drift_error": 1e6 * error}
    return found, rate if error <= known and fault != "only-tells-the-drift" else 0.0


server = (host, int(port))
link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
clock, patience = Clock(), 2.5  # s that an answer is waited for
report, points, instance = [], [], None
for number in range(rounds):
    if number:
        time.sleep(interval)
    found, asked, lost = [], 0, 0
    while len(found) < samples and asked < 2 * samples + 4 and (found or asked < 4):
        times = exchange()
        asked += 1
        if times is None:
            lost += 1
            if fault == "gives-up-at-a-loss":
                sys.exit("nobody answers")
            continue
        if instance not in (None, times[4]) and fault != "keeps-the-dead-ones-samples":
            found, points = [], []
        instance = times[4]
        found.append(sample(times))
        time.sleep(0.05)
    if not found:
        sys.exit("nobody answers")
    trip, offset, bound = found[0] if fault == "takes-the-first" else max(found) if fault == "takes-the-worst" else min(found)
    if fault == "averages":
        trip, offset = (sum(one[place] for one in found) // len(found) for place in (0, 1))
    if fault == "has-the-wrong-sign":
        offset = -offset
    now = clock.oscillator()
    points.append((now, clock.at(now) + offset - now, bound))
    told, rate = line(points)
    steps = adjust == "step" or (adjust == "auto" and abs(offset) > LIMIT)
    if fault in ("always-steps", "steps-and-says-it-slews"):
        steps = True
    if fault == "never-steps":
        steps = False
    utc = clock.now() + offset
    clock.correct(offset, steps, rate)
    if fault == "is-never-corrected":
        clock.correct(-offset, steps, rate)
    if fault == "sets-the-hosts-clock":
        try:
            time.clock_settime_ns(time.CLOCK_REALTIME, utc)
        except OSError:
            pass
    if fault != "prints-nothing":
        print(f"{time.strftime('%F %T', time.gmtime(utc // 10**9))}.{utc % 10**9:09} UTC")
        print(f"offset {offset / 1e9:+.9f} s")
    stepped = steps and fault != "steps-and-says-it-slews"
    report.append({"offset": offset / 1e9, "bound": bound, "round_trip": trip / 1e9, "stepped": stepped, "lost": lost, **told})
if "json" in given:
    with open(given["json"], "w", encoding="utf-8") as file:
        json.dump({"rounds": report}, file)
