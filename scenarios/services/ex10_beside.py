"""On the same link utc-client is as near to the truth as chrony and ntpdig are: all of them are wrong by half of what the directions differ in.

Two servers on h1 are 3.5 s ahead, one that speaks NTP (chronyd) and one that speaks docs/protocols/utc.md. From h2, each client is asked how far
its clock is behind; none of them sets it. What is left of the error when half of the asymmetry is taken away is what systems and links add,
some tens of microseconds. No protocol gets rid of the other half: that would take another way to know the delay, as by GPS or PTP's switches.
"""

import json
import re

from harness import about, below, scenario
from scenarios.services.kit.fake_clock import environment
from scenarios.services.kit.utc import rounds, utc_client, utc_server
from topologies.single import Single

AHEAD, SLACK, AGAIN = 3.5, 0.004, 4  # s, s, times
SPLITS = {"5 + 5 ms": (5, 5), "30 + 30 ms": (30, 30), "5 + 45 ms": (5, 45), "45 + 5 ms": (45, 5)}  # to the server, and back
CONFIGURATION = "allow\ncmdport 0\npidfile /tmp/chronyd.pid\nlocal stratum 5\n"


@scenario(
    "services.ex10-beside", question="How near to the truth are utc-client, chronyd -Q and ntpdig?", topology=Single(2, means="wire", delay=1),
    roles=["utc-server", "utc-client", "chronyd", "chronyd-query"], needs={"utc-client": ["json"]}, timing_critical=True, seconds=30,
)  # fmt: skip
def beside(lab):
    with lab.step("Two servers, both 3.5 s ahead", id="listen"):
        file = lab.folder / "chrony.conf"
        file.write_text(CONFIGURATION)
        lab.h1.start("chronyd", file=file, environment=environment(AHEAD)).wait_listening(123, "udp")
        server = utc_server(lab, AHEAD)
    table = {"utc-client": {}, "chronyd -Q": {}, "ntpdig": {}}
    for number, (split, (there, back)) in enumerate(SPLITS.items(), 1):
        with lab.step(f"{there} ms to the server, {back} ms back", id=f"split-{number}"):
            lab.link(lab.h1, "s1").set("backward", delay=there - 1)
            lab.link(lab.h1, "s1").set("forward", delay=back - 1)
            half = (there - back) / 2000
            for name, ask in (("utc-client", by_utc_client), ("chronyd -Q", by_chronyd), ("ntpdig", by_ntpdig)):
                error = ask(lab) - AHEAD
                for _ in range(AGAIN if ask is not by_utc_client else 0):  # what a busy machine did to the others is not judged here
                    if abs(error - half) < SLACK:
                        break
                    error = ask(lab) - AHEAD
                table[name][split] = 1e3 * error
                lab.measure(f"error of {name.split()[0]} {there} and {back}", 1e3 * error, "ms")
                lab.expect(error, about(half, by=SLACK, unit="s"), f"error of {name}: half of the asymmetry", id=name.split()[0])
            others = min(abs(table[name][split] / 1e3 - half) for name in ("chronyd -Q", "ntpdig"))
            ours = abs(table["utc-client"][split] / 1e3 - half)
            lab.expect(ours, below(others + 0.001, "s"), "what utc-client's error has beyond that, and no ms more than the best", id="best", should=True)
    draw(lab, table)
    with lab.step("Ctrl+C", id="interrupt"):
        lab.expect_interrupted(server)


def draw(lab, table):
    """Errors, and what they have beyond half of the asymmetry."""
    half = {split: (there - back) / 2 for split, (there, back) in SPLITS.items()}
    rest = {name: {split: 1e3 * (error - half[split]) for split, error in errors.items()} for name, errors in table.items()}
    panels = [
        {"y_label": label, "series": [{"label": name, "style": "bars", "x": list(bars), "y": list(bars.values())} for name, bars in rows.items()]}
        for label, rows in (("error (ms)", {**table, "half of the asymmetry": half}), ("error beyond that half (µs)", rest))
    ]
    lab.plot("errors", {"title": "Error of each client of a server that is 3.5 s ahead", "x_label": "to the server + back", "panels": panels})


def by_utc_client(lab):
    """What it finds the server ahead, seconds."""
    file = lab.folder / "rounds.json"
    return rounds(lab, utc_client(lab, samples=8, json=file), file)[0]["offset"]


def by_chronyd(lab):
    """The same of `chronyd -Q`, which measures four times and sets nothing."""
    found = lab.h2.start("chronyd-query", server=lab.h1)
    found.wait(30)
    return float(re.search(r"System clock wrong by (-?[\d.]+) seconds", found.output + found.errors)[1])


def by_ntpdig(lab):
    """The same of ntpdig, of eight samples."""
    return float(json.loads(lab.h2.run("ntpdig", "-j", "-p", 8, lab.h1, deadline=30).output)["offset"])
