"""Half of a file is none: a client that has not got all says so, by words and by its status, and leaves nothing that looks whole.

TCP's FIN tells that nothing more comes, not that all has come: that tells the length, or the last chunk. What cannot be understood is not
guessed at: two lengths, a size that is no number, a server that speaks something else.
"""

from harness import equals, is_true, scenario
from scenarios.services.kit.broken import AMBIGUOUS, CUT, PACKED, SILENT, STRANGE, TABLE, refused
from scenarios.services.kit.http import LETTER, Origin, fetch, once
from topologies.single import Single

OLD = b"what was here before\n"


@scenario(
    "services.ex03-broken", question="HTTP: what is left of an answer that is not whole?", topology=Single(2), roles=["http-client"],
    captures=["h1-eth0"], seconds=6,
)  # fmt: skip
def broken(lab):
    tries = once(lab)
    with lab.step("Cut in the middle", id="cut"):
        Origin(lab, lab.h1, TABLE)
        whole = fetch(lab, "/whole.txt", **tries)
        cut = {target: fetch(lab, target, **tries) for target in CUT}
        for target, found in cut.items():
            lab.expect(found.complains(whole), is_true(), f"{target}: it tells that this is not all, or has no file", id="whole", hint=found.program.state)
    with lab.step("Cut: in words, and without a file", id="half", should=True):
        for target, (words, _) in CUT.items():
            refused(lab, target, cut[target], words)

    with lab.step("Two ways to read it", id="ambiguous"):
        for target in AMBIGUOUS:
            found = fetch(lab, target, **tries)
            right = found.saved == LETTER or found.complains(whole)
            lab.expect(right, is_true(), f"{target}: it saves {LETTER!r}, or complains", should=target != "/more.txt", id="either")

    with lab.step("Not HTTP, or not to be understood", id="strange", should=True):
        for target, (words, _) in STRANGE.items():
            refused(lab, target, fetch(lab, target, **tries), words)
    with lab.step("Damaged within gzip", id="packed", should=True):
        for target, (words, _) in PACKED.items():
            refused(lab, target, fetch(lab, target, **tries), words)

    with lab.step("A file that was there before stays, whole", id="before", should=True):
        file = lab.folder / "length.txt"
        file.write_bytes(OLD)
        found = fetch(lab, "/length.txt", output=file, **tries)
        lab.expect(found.kept, equals(OLD), "what is in it", id="kept")

    if lab.takes("http-client", "timeout"):
        with lab.step("A server that falls silent", id="silence", should=True):
            for target in SILENT:
                refused(lab, target, fetch(lab, target, timeout=1, **tries), "time|silen|wait")
