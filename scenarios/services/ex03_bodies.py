"""What is saved is the body: without what framed it, without what packed it, and with every byte, however the network cut it into segments.

How long a body is tells Content-Length, or the last chunk of many, or the end of the connection, in that order from the back. TCP knows of no
messages: a read may end within the head, within the size of a chunk, or between CR and LF.
"""

from harness import contains, equals, same_bytes, scenario
from scenarios.services.kit.bodies import ENCODED, FORMS, NOTHING, ODD, SEGMENTS, TABLE
from scenarios.services.kit.http import Origin, fetch
from topologies.single import Single


@scenario(
    "services.ex03-bodies", question="HTTP: where does a body begin and end, and what is it?", topology=Single(2), roles=["http-client"],
    captures=["h1-eth0"], seconds=5,
)  # fmt: skip
def bodies(lab):
    with lab.step("By their length, until the end, in chunks", id="forms"):
        origin = Origin(lab, lab.h1, TABLE)
        saves(lab, FORMS)
    with lab.step("Packed by gzip, for who asks for that", id="gzip"):
        saves(lab, ENCODED)
        asked = " ".join(origin.last.values("Accept-Encoding"))
        lab.expect(asked, contains("gzip"), "what it asks for", should=True, id="asked")
    with lab.step("In segments of a byte, or of some", id="segments"):
        saves(lab, SEGMENTS)

    with lab.step("Bodies that are empty", id="nothing"):
        for target in NOTHING:
            found = fetch(lab, target)
            lab.expect(found.kept or b"", same_bytes(b""), f"{target}: what the client saves", id="bytes")
            lab.expect(found.status, equals(0), f"{target}: its exit status", should=True, id="status")
        lab.expect(fetch(lab, "/empty.txt").kept is not None, equals(True), "/empty.txt: it has a file, an empty one", should=True, id="file")

    with lab.step("Extensions, trailers, interim answers, a length of what is never sent", id="odd", should=True):
        saves(lab, ODD)


def saves(lab, forms):
    """The client saves what is there, and ends although the server leaves the connection open."""
    for target, (data, _) in forms.items():
        found = fetch(lab, target)
        lab.expect(found.saved, same_bytes(data), f"{target}: what the client saves", id="bytes", hint=found.against(data))
        lab.expect(found.status, equals(0), f"{target}: its exit status", should=True, id="status")
