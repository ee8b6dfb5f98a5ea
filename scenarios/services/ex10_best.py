"""Of many samples the one of least round trip counts: what waits in a queue makes the error larger, and the bound with it.

The way to the server takes from 2 to 42 ms, as other traffic has it, and back always 2: up to 20 ms of error, by chance. Nothing can be
averaged out, since queues only ever add. But the quickest of 24 exchanges met hardly any queue, and its bound says so.
"""

from harness import about, above, below, equals, scenario
from scenarios.services.kit.utc import exchanges, rounds, utc_client, utc_server
from topologies.single import Single

AHEAD, SAMPLES = -7.25, 24
SLACK = 0.004  # s that a busy host may take between a program and its wire; a tenth of what the queue takes


@scenario(
    "services.ex10-best", question="Which of many samples sets the clock?", roles=["utc-server", "utc-client"],
    topology=Single(2, means="wire", delay=1, only={"h2": {"forward": {"delay": 21, "jitter": 20, "keep_order": False}, "backward": {"delay": 1}}}),
    needs={"utc-client": ["json", "samples"]}, timing_critical=True, seconds=8,
)  # fmt: skip
def best_of_many(lab):
    with lab.step("A server whose clock is 7.25 s slow", id="listen"):
        server = utc_server(lab, AHEAD)
    with lab.step("Many samples", id="many"):
        file = lab.folder / "rounds.json"
        client = utc_client(lab, samples=SAMPLES, json=file)
        found = rounds(lab, client, file)[0]
        wire = exchanges(lab, client)
        trips = [one.round_trip for one in wire]
        lab.expect(len(wire), equals(SAMPLES), "exchanges on the wire", id="exchanges")
        lab.expect(max(trips) - min(trips), above(0.012, "s"), "what the round trips differ in", id="differ")
        lab.expect(found["round_trip"], about(min(trips), by=SLACK, unit="s"), "round trip that counts: the least on the wire", id="least")
        lab.expect(found["bound"], about(min(trips) / 2, by=SLACK / 2, unit="s"), "bound of the error: half of that", id="bound")
        lab.expect(abs(found["offset"] - AHEAD), below(found["bound"], "s"), "error, below its bound", id="within")
        lab.expect(abs(found["offset"] - AHEAD), below(max(trips) / 2, "s"), "error, below the bound of the worst sample", id="better")
    x, y = [1e3 * one.round_trip for one in wire], [1e3 * (one.offset - AHEAD) for one in wire]
    taken = {"label": "the one that counts", "style": "crosses", "x": [1e3 * found["round_trip"]], "y": [1e3 * (found["offset"] - AHEAD)]}
    series = [{"label": "samples, by the packets", "style": "points", "x": x, "y": y}, taken]
    axes = {"x_label": "round trip (ms)", "y_label": "error (ms)"}
    lab.plot("samples", {"title": "Error of each sample over its round trip", **axes, "panels": [{"series": series}]})
    with lab.step("Ctrl+C", id="interrupt"):
        lab.expect_interrupted(server)
