"""Who is busy is asked again, later; what is gone is not, and nobody is asked for ever.

503 and 429 are for now, 404 is for good. Retry-After says when to come again, up to what a client is willing to wait; where nothing says so, it
waits longer each time, since all who were refused would come back together.
"""

from harness import above, below, between, contains, equals, failed, same_bytes, scenario
from scenarios.services.kit.again import OLD, TABLE
from scenarios.services.kit.http import Origin, fetch, once
from topologies.single import Single


@scenario(
    "services.ex03-busy", question="HTTP: when does a client ask again?", topology=Single(2), roles=["http-client"], captures=["h1-eth0"], seconds=6,
)  # fmt: skip
def busy(lab):
    tries = {"tries": 3} if lab.takes("http-client", "tries") else {}
    with lab.step("What is gone", id="gone"):
        origin = Origin(lab, lab.h1, TABLE)
        found = fetch(lab, "/gone.bin", **tries)
        lab.expect(found.said + found.logged, contains("404"), "what the client says", id="told")
        lab.expect(len(origin.asked("/gone.bin")), below(2), "requests for it", should=True, id="once")

    with lab.step("The server is busy, and says for how long", id="busy", should=True):
        for target in ("/busy.bin", "/often.bin"):
            found = fetch(lab, target, **tries)
            lab.expect(found.saved, same_bytes(OLD), f"{target}: what the client saves", id="bytes", hint=found.against(OLD))
            lab.expect(origin.between(target), above(0.99, "s"), f"{target}: from the first request to the last", id="waits")
        lab.expect(fetch(lab, "/tomorrow.bin", **tries).status, failed, "/tomorrow.bin: its exit status, today", id="today")

    with lab.step("It stays so", id="down", should=True):
        found = fetch(lab, "/down.bin", **tries)
        lab.expect(len(origin.asked("/down.bin")), between(2, 10), "requests", id="count")
        lab.expect(origin.between("/down.bin"), above(0.2, "s"), "from the first request to the last", id="waits")
        lab.expect([found.status == 0, found.kept], equals([False, None]), "whether it ends as if all were well, and its file", id="status")
        lab.expect(found.said, contains("503"), "what it says", id="told")
        fetch(lab, "/once.bin", **once(lab))
        lab.expect(len(origin.asked("/once.bin")), equals(1), "requests of a client that is to ask once", id="once")
