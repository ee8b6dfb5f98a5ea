"""Nothing that a server says reaches the terminal as it is, and no name that it gives leads out of the folder.

An escape sequence in a field, a status or a name can rename a terminal's window, hide lines, or worse. A name with ../ in it, plain or behind %2f,
names a file elsewhere; a redirect to /.profile would name one that a shell reads.
"""

from harness import equals, same_bytes, scenario
from scenarios.services.kit.hostile_http import ESCAPES, NAMES, OPENED, TABLE, WORDS, files, printed
from scenarios.services.kit.http import LETTER, Origin, fetch, once
from topologies.single import Single


@scenario(
    "services.ex03-hostile", question="HTTP: what can a server do to whoever asks it?", topology=Single(2), roles=["http-client"], captures=["h1-eth0"],
    seconds=5,
)  # fmt: skip
def hostile(lab):
    with lab.step("A file", id="saved"):
        Origin(lab, lab.h1, TABLE)
        found = fetch(lab, "/letter.txt")
        lab.expect(found.saved, same_bytes(LETTER), "what the client saves", id="bytes", hint=found.against(LETTER))

    with lab.step("What reaches the terminal", id="terminal", should=True):
        for target in ("/fields.txt", *WORDS):
            found = fetch(lab, target, **once(lab))
            lab.expect(printed(found, ESCAPES), equals([]), f"{target}: sequences for terminals that it prints as they are", id="escapes")

    with lab.step("Which files are written to", id="files", should=True):
        for target in NAMES:
            found = fetch(lab, target, output=None, traced=OPENED, **once(lab))
            outside, odd = files(found.program)
            lab.expect(outside, equals([]), f"{target}: files outside of the folder, or hidden", id="outside")
            lab.expect(odd, equals([]), f"{target}: names for files that move a terminal", id="names")
