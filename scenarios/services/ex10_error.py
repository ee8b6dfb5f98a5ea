"""Cristian's algorithm takes the middle of the round trip, and is wrong by half of what the two directions differ in.

Nothing in the exchange tells how the round trip is split. So the error is half of the round trip at most, less what is known that every
datagram takes. When both directions take the same time the error is small; with 10 ms to the server and 40 ms back it is 15 ms, every time,
and no number of samples helps. The figure shows error and bound of the same client for six splits, and for three that know their least delay.
"""

from harness import about, below, between, contains, equals, scenario, udp
from scenarios.services.kit.utc import PORT, rounds, utc_client, utc_server
from topologies.single import Single

AHEAD = 3.5  # s that the server's clock is ahead of the client's
ALIKE, UNLIKE = [(5, 5), (20, 20), (40, 40)], [(5, 35), (40, 10), (10, 60)]  # ms to the server, ms back
OWN, SLACK = 1, 0.004  # ms that h2's link takes; s that hosts and links may add


@scenario(
    "services.ex10-error", question="How exactly can a clock be set over a network?", topology=Single(2, means="wire", delay=OWN),
    roles=["utc-server", "utc-client"], needs={"utc-client": ["json"]}, timing_critical=True, seconds=10,
)  # fmt: skip
def error_and_bound(lab):
    points = {}
    with lab.step("A server whose clock is 3.5 s ahead", id="listen"):
        server = utc_server(lab, AHEAD)
    with lab.step("Both directions take the same time", id="alike"):
        for there, back in ALIKE:
            points[there, back] = found = measure(lab, there, back)
            lab.expect(found["offset"], about(AHEAD, by=SLACK, unit="s"), "how far the client finds the server ahead", id="offset")
    with lab.step("One direction takes longer", id="unlike"):
        for there, back in UNLIKE:
            points[there, back] = found = measure(lab, there, back)
            half = (there - back) / 2000
            lab.expect(found["offset"] - AHEAD, about(half, by=SLACK, unit="s"), f"error with {there} ms there and {back} ms back", id="error")
    known = {}
    with lab.step("The client knows the least delay", id="least"):
        if lab.takes("utc-client", "least_delay"):
            for there, back in UNLIKE:
                known[there, back] = found = measure(lab, there, back, least_delay=min(there, back) / 1000)
                least = abs(there - back) / 2000
                lab.expect(found["bound"], between(least, least + SLACK, "s"), "bound: half of the round trip, less the least delay", id="bound")
    with lab.step("What is on the wire, and in words", id="wire", should=True):
        sizes = {name: sorted(set(lab.packets(lab.h1, udp(**end)).payloads)) for name, end in (("asked", {"to": PORT}), ("answered", {"source": PORT}))}
        lab.expect(sizes["answered"], equals(sizes["asked"]), "bytes of answers: those of questions, so that nobody amplifies", id="sizes")
        client = utc_client(lab)
        client.wait()
        lab.expect(client.output, contains("offset +3."), "what the client prints", id="printed")
    draw(lab, points, known)
    with lab.step("Ctrl+C", id="interrupt"):
        lab.expect_interrupted(server)


def measure(lab, there, back, **parameters):
    """A client's only round, with so many ms in each direction; its error is within its bound, which is what theory says."""
    link, file = lab.link(lab.h1, "s1"), lab.folder / "rounds.json"
    link.set("forward", delay=back - OWN)
    link.set("backward", delay=there - OWN)
    found = rounds(lab, utc_client(lab, samples=4, json=file, **parameters), file)[0]
    bound = (there + back) / 2000 - parameters.get("least_delay", 0)
    lab.expect(found["bound"], between(bound, bound + SLACK, "s"), "the bound that it tells: half of the round trip, less the least delay", id="theory")
    lab.expect(abs(found["offset"] - AHEAD), below(found["bound"], "s"), "error of the offset, below its bound", id="within")
    return found


def draw(lab, points, known):
    """Error over bound, ms."""
    kinds = {"both directions alike": ALIKE, "one takes longer": UNLIKE}
    rows = {label: [points[split] for split in splits] for label, splits in kinds.items()} | {"the least delay is known": list(known.values())}
    series = [
        {"label": label, "style": "points", "x": [1e3 * one["bound"] for one in found], "y": [1e3 * abs(one["offset"] - AHEAD) for one in found]}
        for label, found in rows.items()
    ]
    most = max(1e3 * one["bound"] for one in points.values())
    series.append({"label": "error = bound", "x": [0, most], "y": [0, most]})
    axes = {"x_label": "bound: half of the round trip, less the least delay (ms)", "y_label": "error (ms)"}
    lab.plot("error", {"title": "Error of Cristian's algorithm beside its bound", **axes, "panels": [{"series": series}]})
