"""A name may have several addresses, of which some do not answer: a client tries the others before it gives up, and does not wait long for each.

In a URL an IPv6 address stands in brackets, because of its colons, and so it does in Host. Which address of a name comes first is the resolver's
choice, IPv6 mostly; a first one that swallows all packets costs a quarter of a second, if the next one is tried meanwhile (RFC 8305).
"""

from harness import equals, same_bytes, scenario
from scenarios.services.kit.http import LETTER, PORT, Origin, answer, client, moved
from topologies.scopes import Scopes

DEAF = "add table ip6 deaf; add chain ip6 deaf in { type filter hook input priority 0 ; }; add rule ip6 deaf in tcp dport %d drop" % PORT


@scenario(
    "services.ex03-addresses", question="HTTP: which of a host's addresses does a client speak to?", topology=Scopes(2), roles=["http-client"],
    captures=["h1-eth0"], seconds=5,
)  # fmt: skip
def addresses(lab):
    four, six = lab.h1.address, lab.h1.address6
    with lab.step("An address of version 4, in numbers", id="four"):
        origin = Origin(lab, lab.h1, {"/letter.txt": answer(LETTER), "/six.txt": moved(f"http://[{six}]:{PORT}/letter.txt")})
        saves(lab, f"http://{four}:{PORT}/letter.txt")
        lab.expect(origin.last.values("Host"), equals([f"{four}:{PORT}"]), "the host that the client names", id="host")

    with lab.step("A name with two addresses, one of which refuses", id="refuses", should=True):
        lab.expect(lab.h1.listening(PORT), equals(True), "the origin listens at one of them", id="listens")
        saves(lab, f"http://h1:{PORT}/letter.txt")
    with lab.step("The same, and one is deaf", id="deaf", should=True):
        lab.h1.run("nft", DEAF)
        saves(lab, f"http://h1:{PORT}/letter.txt")
        lab.h1.run("nft", "delete table ip6 deaf")

    with lab.step("An address of version 6, in brackets", id="six", should=True):
        other = Origin(lab, lab.h1, {"/letter.txt": answer(LETTER[::-1])}, address=six)
        for url in (f"http://[{six}]:{PORT}/letter.txt", f"http://{four}:{PORT}/six.txt"):
            found = client(lab, url)
            lab.expect(found.saved, same_bytes(LETTER[::-1]), f"{url}: what the client saves", id="bytes", hint=found.against(LETTER[::-1]))
            lab.expect(other.last.values("Host"), equals([f"[{six}]:{PORT}"]), "the host that it names", id="host")


def saves(lab, url):
    """The client has the letter."""
    found = client(lab, url)
    lab.expect(found.saved, same_bytes(LETTER), f"{url}: what the client saves", id="bytes", hint=found.against(LETTER))
