"""A clock that is slewed never goes backwards: it loses half a millisecond a second; one that is stepped repeats what it has shown.

The client's clock is fast. Stepped, it is right at once, and shows the same seconds a second time: files are older than their sources, timers
run twice. Slewed, it is right only after a while, and on the way every second comes once. By itself the client steps when the clock is wrong by
more than 128 ms, as NTP does. The clock is seen in the questions: T1 is its time when each was sent.
"""

import numpy

from harness import about, above, below, between, equals, scenario
from scenarios.services.kit.utc import clock_on_the_wire, rounds, utc_client, utc_server
from topologies.single import Single

FAST, LITTLE, SLEW = 2.0, 0.05, 500e-6  # s; s below 128 ms; s in a second
ROUNDS, SAMPLES, INTERVAL = 5, 6, 0.6  # s


@scenario(
    "services.ex10-slew", question="Step or slew?", topology=Single(2), roles=["utc-server", "utc-client"],
    needs={"utc-client": ["json", "adjust", "rounds"]}, timing_critical=True, seconds=20,
)  # fmt: skip
def step_or_slew(lab):
    with lab.step("A server that is right", id="listen"):
        server = utc_server(lab)
    shown = {}
    with lab.step("Slewed", id="slew"):
        found, shown["slewed"] = correct(lab, "slew", FAST)
        times, ahead = shown["slewed"]
        lab.expect([one["stepped"] for one in found], equals([False] * ROUNDS), "rounds in which it stepped", id="stepped")
        lab.expect(float(numpy.diff(times + ahead).min()), above(0.0, "s"), "least that the clock goes on from a question to the next", id="forwards")
        lab.expect(slope(times, ahead), about(-SLEW, by=SLEW / 2), "seconds that it gains in a second", id="rate")

    with lab.step("Stepped", id="step"):
        found, shown["stepped"] = correct(lab, "step", FAST)
        times, ahead = shown["stepped"]
        lab.expect(found[0]["stepped"], equals(True), "whether the first round stepped", id="stepped")
        lab.expect(float(numpy.diff(ahead).min()), about(-FAST, by=0.02, unit="s"), "the step, in the questions' times", id="size")
        lab.expect(abs(found[1]["offset"]), below(0.02, "s"), "how wrong it is in the second round", id="right")

    with lab.step("As it sees fit: wrong by much, and by little", id="auto"):
        much, _ = correct(lab, "auto", FAST)
        little, _ = correct(lab, "auto", LITTLE)
        lab.expect([much[0]["stepped"], little[0]["stepped"]], equals([True, False]), "whether it steps", id="stepped")
        lab.expect(abs(much[1]["offset"]), below(0.02, "s"), "how wrong it is in the second round, by much at first", id="much")
        lab.expect(little[1]["offset"], between(-LITTLE, -LITTLE + 0.005, "s"), "and by little at first", id="little")
    draw(lab, shown)
    with lab.step("Ctrl+C", id="interrupt"):
        lab.expect_interrupted(server)


def correct(lab, how, fast):
    """A client whose clock is so fast; its rounds, and its clock as its questions show it."""
    file = lab.folder / "rounds.json"
    client = utc_client(lab, offset=fast, adjust=how, samples=SAMPLES, rounds=ROUNDS, interval=INTERVAL, json=file)
    found = rounds(lab, client, file)
    lab.expect(len(found), equals(ROUNDS), "rounds", id="rounds")
    lab.expect(found[0]["offset"], about(-fast, by=0.02, unit="s"), "how far it finds the server ahead at first", id="offset")
    return found, clock_on_the_wire(lab, client)


def draw(lab, shown):
    """Both clocks by the times in their questions, each on a scale of its own."""
    panels = []
    for name, label, unit in (("stepped", "ahead of true time (s)", 1), ("slewed", "gained since it began (ms)", 1000)):
        times, ahead = shown[name]
        y = (ahead - (ahead[0] if unit > 1 else 0)) * unit
        panels.append({"y_label": label, "series": [{"label": name, "x": [*map(float, times - times[0])], "y": [*map(float, y)]}]})
    lab.plot("clock", {"title": "A clock that is 2 s fast, stepped and slewed", "x_label": "time (s)", "panels": panels})


def slope(times, ahead):
    """Of the line through the points behind the first round, one of each: the one that left its host the soonest, for the others seem behind."""
    soonest = [rows[numpy.argmax(ahead[rows])] for rows in numpy.array_split(numpy.arange(len(times)), ROUNDS)[1:]]
    return float(numpy.polyfit(times[soonest] - times[0], ahead[soonest], 1)[0])
