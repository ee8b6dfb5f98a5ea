"""What a proxy keeps has a bound: the bytes never pass it, and what is asked for often stays when the rest has to go.

A cache without a bound fills the disk of whoever runs it. What goes first is a choice, but what was asked for a moment ago is likely to be asked for
again. A file larger than the whole cache is handed on all the same, and pushes nothing out; so it is when the disk is full, or cannot be written to.
"""

from harness import below, between, equals, scenario
from scenarios.services.kit.http import Origin
from scenarios.services.kit.http_proxy import PROXY, ask, ask_each, asked, counted, http_proxy, serves
from scenarios.services.kit.http_proxy_tables import FAVOURITE, LARGE_BODY, OBJECTS, SIZE_TABLE
from topologies.single import Single

BOUND = 1 << 20  # bytes, for ten of the objects


@scenario(
    "services.ex07-size", question="How much does a proxy keep, and what goes first?", topology=Single(3), roles=["http-proxy"],
    needs={"http-proxy": ["size"]}, captures=["h1-eth0"], snaplen=200, seconds=6, load=0.4,
)  # fmt: skip
def size(lab):
    kept = lab.kept("cache")
    with lab.step("More than fits in", id="more"):
        server, origin = http_proxy(lab, kept, size="1M"), Origin(lab, lab.h1, SIZE_TABLE)
        for few in zip(*[iter(OBJECTS)] * 4, strict=True):
            targets = [target for one in few for target in (one, FAVOURITE)]
            for target, reply in zip(targets, ask_each(lab, targets), strict=True):
                serves(lab, reply, OBJECTS[target], target, server)
            lab.expect(kept.taken, below(BOUND + 1, "bytes"), "what the folder holds", id="bound", should=True)
    with lab.step("What was asked for all the time, and what was asked for once", id="favourite", should=True):
        counted(lab, origin, FAVOURITE, 1, "it was kept")
        for target, reply in zip(OBJECTS, ask_each(lab, OBJECTS), strict=True):
            serves(lab, reply, OBJECTS[target], target, server)
        again = sum(asked(origin, target) for target in OBJECTS) - len(OBJECTS)
        lab.expect(again, between(len(OBJECTS) - 11, len(OBJECTS)), "of all that were asked for a second time, those that were not kept", id="rest")
    with lab.step("What is larger than all of it", id="large", should=True):
        ask(lab, FAVOURITE)
        before = asked(origin, FAVOURITE)
        for _ in range(2):
            serves(lab, ask(lab, "/large"), LARGE_BODY, "/large", server)
        serves(lab, ask(lab, FAVOURITE), OBJECTS[FAVOURITE], FAVOURITE, server)
        lab.expect([asked(origin, "/large"), asked(origin, FAVOURITE) - before], equals([2, 0]), "requests for it, and for what it could have pushed out", id="asked")
        lab.expect_soon(lambda: kept.taken, below(BOUND + 1, "bytes"), "what the folder holds", id="bound")
    if lab.takes("http-proxy", "cache"):
        with lab.step("A disk that is full, and one that cannot be written to", id="disk", should=True):
            for number, name in enumerate(("full", "locked"), 1):
                folder = lab.kept(name, 150_000)
                other = http_proxy(lab, folder, PROXY + number, size="64M")
                folder.lock(name == "locked")
                for target in [*OBJECTS][:4]:
                    serves(lab, ask(lab, target, port=PROXY + number), OBJECTS[target], f"{target}, of a proxy whose disk is {name}", other)
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(server)
