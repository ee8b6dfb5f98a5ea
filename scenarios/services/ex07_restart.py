"""What was kept is there after a restart, whichever end the proxy before had, and what is damaged is asked for anew, never handed on.

A store on a disk outlives its program: it ends in the middle of writing, bits rot, a disk is full, someone edits a file. Each entry carries a sum by
which this is seen; an entry that does not fit it is a miss, and no reason not to start.
"""

from harness import above, equals, scenario
from scenarios.services.kit.http import Origin
from scenarios.services.kit.http_proxy import KEPT, Gate, ask, ask_each, asked, asking, Request, dated, http_proxy, serves, talking
from scenarios.services.kit.http_proxy_tables import OBJECTS
from topologies.single import Single

NAMES = [*OBJECTS][:8]


@scenario(
    "services.ex07-restart", question="What of a proxy's store outlives it?", topology=Single(3), roles=["http-proxy"],
    needs={"http-proxy": ["cache"]}, captures=["h1-eth0"], snaplen=200, seconds=6, load=0.4,
)  # fmt: skip
def restart(lab):
    gate, kept = Gate(lab), lab.kept("cache")
    with lab.step("Files, twice", id="files"):
        table = {target: dated(OBJECTS[target], KEPT, f'ETag: "{target[1:]}"') for target in NAMES}
        table["/cut"] = [gate.within(OBJECTS[NAMES[0]], KEPT, before=50_000), dated(OBJECTS[NAMES[1]], KEPT)]
        server, origin = http_proxy(lab, kept), Origin(lab, lab.h1, table)
        right(lab, server)
        right(lab, server)
        lab.expect(total(origin), equals(len(NAMES)), "requests of the origin for all of them", id="asked")
        lab.expect(kept.taken, above(len(NAMES) * len(OBJECTS[NAMES[0]]) - 1, "bytes"), "what the folder holds", id="folder", should=True)
    with lab.step("Ctrl+C, and another one", id="again"):
        lab.expect_interrupted(server)
        server = http_proxy(lab, kept)
        right(lab, server)
    with lab.step("The origin is not asked", id="survives", should=True):
        lab.expect(total(origin), equals(len(NAMES)), "requests of the origin since the beginning", id="asked")
    with lab.step("SIGKILL in the middle of a file", id="killed"):
        waiting = talking(lab, Request(asking("/cut"), seconds=20))
        lab.until(lambda: asked(origin, "/cut"), "the origin to be asked", details=server.state)
        server.signal("SIGKILL")
        server.wait()
        gate.open()
        waiting()
        server = http_proxy(lab, kept)
        serves(lab, ask(lab, "/cut"), OBJECTS[NAMES[1]], "/cut, of which half had come", server)
        right(lab, server)
    with lab.step("The rest survives that", id="crash", should=True):
        lab.expect(total(origin), equals(len(NAMES)), "requests of the origin since the beginning", id="asked")
    with lab.step("Bits rot, files are cut, emptied, and what they never were", id="damaged"):
        server.stop()
        entries = {name: data for name, data in kept.files().items() if len(data) > 10_000}
        for number, (name, data) in enumerate(entries.items()):
            kept.change(name, spoilt(data, number))
        server = http_proxy(lab, kept)
        found = dict(zip(NAMES, ask_each(lab, NAMES), strict=True))
        wrong = [target for target, reply in found.items() if reply.whole and (reply.status, reply.body) != (200, OBJECTS[target])]
        lab.expect(wrong, equals([]), "files that come as if they were whole, and are not", id="passed-off", hint=server.state)
        right(lab, server)
    with lab.step("What was damaged counts as not kept: it comes whole the first time", id="miss", should=True):
        for target, reply in found.items():
            serves(lab, reply, OBJECTS[target], target, server)
    with lab.step("SIGTERM", id="stop", should=True):
        server.signal("SIGTERM")
        lab.expect(server.wait(10), equals(0), "exit status", id="status")


def spoilt(data, number):
    """The file with a bit flipped, cut to its half, empty, and so on."""
    at = len(data) - 1000
    return (data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], data[: len(data) // 2], b"", b"x" * len(data))[number % 4]


def right(lab, server):
    """Each comes as the origin has it."""
    for target, reply in zip(NAMES, ask_each(lab, NAMES), strict=True):
        serves(lab, reply, OBJECTS[target], target, server)


def total(origin):
    """How often the origin was asked for them."""
    return sum(asked(origin, target) for target in NAMES)
