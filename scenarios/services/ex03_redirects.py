"""A redirect is a reference, relative to the URL that was asked for; a client follows it, writes each hop down, and does so a bounded number of times.

Location may be relative in every form of RFC 3986, and a fragment is never sent. Two pages that point at each other, and a row of them without
end, have an end that the client makes.
"""

from harness import contains, matches, same_bytes, scenario
from scenarios.services.kit.http import LETTER, PORT, Origin, fetch
from scenarios.services.kit.redirects import EXOTIC, ROW, ROWS, STATUSES, TABLE, given_up, walked
from topologies.single import Single


@scenario(
    "services.ex03-redirects", question="HTTP: where does a redirect lead to, and where does it end?", topology=Single(2), roles=["http-client"],
    captures=["h1-eth0"], seconds=4,
)  # fmt: skip
def redirects(lab):
    origin = Origin(lab, lab.h1, TABLE, PORT, 80)
    with lab.step("The five statuses that redirect", id="statuses"):
        for status in STATUSES:
            found = fetch(lab, f"/{status[:3]}")
            lab.expect(found.saved, same_bytes(LETTER), f"{status}: what the client saves", id="bytes", hint=found.against(LETTER))
            if lab.takes("http-client", "log"):
                lab.expect(found.logged, contains(f"first-of-{status[:3]}"), f"{status}: what stands in its log of the first hop", id="log")
                lab.expect(found.logged, contains(f"last-of-{status[:3]}"), f"{status}: what stands in its log of the last hop", id="last")

    with lab.step("Locations that are relative", id="relative"):
        for row in ROWS:
            walked(lab, origin, row)
    with lab.step("A field that is spelt location, and one that leads to another port", id="elsewhere"):
        for target, what in {"/spelt/small": "location", "/other": "the other port"}.items():
            found = fetch(lab, target)
            lab.expect(found.saved, same_bytes(LETTER), f"led by {what}: what the client saves", id="bytes", hint=found.against(LETTER))
        lab.expect(" ".join(origin.last.values("Host")), matches("^h1(:80)?$"), f"the host that it names there, led from h1:{PORT} to h1", id="host")
    with lab.step("Above the root, dots in rare places, letters in the other case", id="rare", should=True):
        for row in EXOTIC:
            walked(lab, origin, row)

    with lab.step("Two that point at each other, and a row without end", id="endless"):
        for first in ("/loop", ROW[0]):
            given_up(lab, origin, first)
