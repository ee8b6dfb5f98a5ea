"""A clock that is set once is wrong again soon: from several rounds the client learns how fast it drifts, and corrects that too.

The client's clock gains 450 microseconds in each second, as a bad quartz may, 39 s in a day. Two measurements tell a rate, each wrong
by its bound at most: the farther apart, the better it is known. Once that is within 200 millionths, the client's clock runs at the right
rate; its questions show both, the slope before and the flat line behind.
"""

from harness import above, below, between, equals, scenario
from scenarios.services.kit.utc import draw_drift, rounds, utc_client, utc_server
from topologies.single import Single

DRIFT, WELL_KNOWN = 450.0, 200.0  # millionths
ROUNDS, INTERVAL = 18, 0.8  # s
LATE = 5  # rounds


@scenario(
    "services.ex10-drift", question="How fast does the clock drift?", topology=Single(2), roles=["utc-server", "utc-client"],
    needs={"utc-client": ["json", "rounds", "drift", "drift_error"]}, timing_critical=True, seconds=22,
)  # fmt: skip
def drift(lab):
    with lab.step("A server that is right", id="listen"):
        server = utc_server(lab)
    with lab.step("A client whose clock gains 450 microseconds a second", id="learn"):
        file = lab.folder / "rounds.json"
        client = utc_client(lab, drift=DRIFT, drift_error=WELL_KNOWN, adjust="step", samples=4, rounds=ROUNDS, interval=INTERVAL, json=file)
        found = rounds(lab, client, file, deadline=60)
        told = [one for one in found if "drift" in one]
        lab.expect(len(found), equals(ROUNDS), "rounds", id="rounds")
        lab.expect(len(told), above(ROUNDS - 2), "of these, that tell a drift: all but the first", id="told")
        off = [abs(one["drift"] + DRIFT) - one["drift_error"] for one in told]
        lab.expect(max(off), below(1.0, "millionths"), "the farthest that a drift is outside of what it says of its error", id="within")
        lab.expect(told[-1]["drift_error"], below(min(WELL_KNOWN, told[0]["drift_error"] / 4), "millionths"), "its error, in the end", id="known")
        lab.expect(told[-1]["drift"], between(-DRIFT - WELL_KNOWN, -DRIFT + WELL_KNOWN, "millionths"), "drift, in the end", id="drift")

    with lab.step("In the end its clock runs at the right rate", id="corrected"):
        gained = 1e-6 * DRIFT * LATE * INTERVAL
        late = abs(sum(one["offset"] for one in found[-LATE:]))
        lab.expect(late, below(gained / 3, "s"), f"what the last {LATE} rounds had to correct, a third of what the clock gains by itself", id="right")
    draw_drift(lab, client, told, DRIFT)
    with lab.step("Ctrl+C", id="interrupt"):
        lab.expect_interrupted(server)
