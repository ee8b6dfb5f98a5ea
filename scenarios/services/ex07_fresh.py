"""What is kept is fresh for as long as the origin says, and not a second longer, counted from when the origin made it.

Age and Date tell how old it was when it came; s-maxage counts before max-age, max-age before Expires (RFC 9111, 4.2). Whoever asks may be stricter
than the origin. What says nothing of its age may be guessed at by when it was last changed, if that is long ago.
"""

from harness import about, equals, scenario
from scenarios.services.kit.http import Origin
from scenarios.services.kit.http_proxy import ONE, TWO, ask, ask_each, asked, counted, http_proxy, serves
from scenarios.services.kit.http_proxy_tables import CLEAR, FRESH, FRESH_TABLE, GUESSED, STALE, UNWILLING
from topologies.single import Single


@scenario(
    "services.ex07-fresh", question="For how long is what a proxy keeps fresh?", topology=Single(3), roles=["http-proxy"], captures=["h1-eth0"], seconds=6, load=0.45,
)  # fmt: skip
def fresh(lab):
    with lab.step("Fresh for an hour, in plain words", id="clear"):
        server, origin = http_proxy(lab), Origin(lab, lab.h1, FRESH_TABLE)
        keeps(lab, origin, CLEAR)
    with lab.step("Fresh, in other words", id="fresh", should=True):
        keeps(lab, origin, FRESH)
    with lab.step("Changed long ago, and nothing else is said", id="guessed", should=True):
        keeps(lab, origin, GUESSED)
    with lab.step("Not fresh", id="stale", should=True):
        for target, (first, second) in twice(lab, STALE):
            lab.expect([first.body == ONE, second.body == TWO], equals([True, True]), f"{target}: the first version, then the second one", id="anew", hint=server.state)
    with lab.step("Fresh for a second", id="short", should=True):
        serves(lab, ask(lab, "/short"), ONE, "/short")
        last = lab.soon(lambda: one if (one := ask(lab, "/short")).body == TWO else None, 8)
        serves(lab, last or ask(lab, "/short"), TWO, "/short, by and by", server)
    with lab.step("Ten minutes old, and fresh", id="age", should=True):
        ages = [reply.fields.get("age", "none") for reply in ask_each(lab, ["/aged"] * 2)]
        lab.expect(float(ages[1]) if ages[1].isdigit() else -1, about(600, by=60, unit="s"), "Age of what is kept (-1: none)", id="told")
        older = lab.soon(lambda: int(ask(lab, "/aged").fields.get("age", 0)) > int(ages[1]), 5) if ages[1].isdigit() else False
        lab.expect(older, equals(True), "it grows older", id="grows")
    with lab.step("Clients that want it fresher", id="client", should=True):
        for wanted, kept in UNWILLING.items():
            before = asked(origin, "/aged")
            serves(lab, ask(lab, "/aged", cache_control=wanted), ONE, f"Cache-Control: {wanted}", server)
            lab.expect(asked(origin, "/aged") - before, equals(0 if kept else 1), f"requests of the origin for Cache-Control: {wanted}", id="wanted")
        reply = ask(lab, "/never-asked", cache_control="only-if-cached")
        lab.expect([reply.status, asked(origin, "/never-asked")], equals([504, 0]), "only-if-cached, of what is not kept: status, requests", id="only")
    with lab.step("Ctrl+C", id="interrupt", should=True):
        counted(lab, origin, "/max-age", 1, "for all of that time")
        lab.expect_interrupted(server)


def twice(lab, targets):
    """Each with the replies to two requests."""
    found = ask_each(lab, [target for target in targets for _ in (1, 2)])
    return zip(targets, zip(found[::2], found[1::2], strict=True), strict=True)


def keeps(lab, origin, targets):
    """Each comes twice, and the origin is asked once."""
    for target, replies in twice(lab, targets):
        lab.expect([[one.body for one in replies] == [ONE, ONE], asked(origin, target)], equals([True, 1]), f"{target}: it comes twice, the origin is asked so often", id="kept")
