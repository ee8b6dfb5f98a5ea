"""Runs ``ss -tin`` for one source port every 20 ms until its input ends, a JSON line for each look at a connection.

Runs on a host, by itself: nothing of the harness is at hand.
"""

import json
import re
import select
import subprocess
import sys
import time

INTERVAL = 0.02


def main(port: str) -> None:
    print("looking", file=sys.stderr, flush=True)
    due = time.monotonic()
    while not select.select([sys.stdin], [], [], max(0.0, due - time.monotonic()))[0]:
        due = max(due + INTERVAL, time.monotonic())
        before = time.time()
        text = subprocess.run(["ss", "-tinH", f"sport = {port}"], capture_output=True, text=True, check=True).stdout
        after = time.time()
        if window := re.search(r"\bcwnd:(\d+)", text):
            print(json.dumps({"before": before, "after": after, "window": int(window[1])}), flush=True)


main(*sys.argv[1:])
