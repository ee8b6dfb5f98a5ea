"""An answer that comes late is not taken for the next one's: each question has an id, which the answer gives back.

Of UDP anything may come to a client's port: an answer to an earlier question, half of one, one that somebody has made up. A PDU of one's own has
a number that nobody can guess, and fields that can be held against what they may be; RFC 867's text has neither.
"""

import sys

from harness import contains, equals, scenario, udp
from scenarios.services.kit.daytime import AGENTS, FORMAT, LENGTH, PORT
from topologies.single import Single


@scenario(
    "services.ex02-late", question="Which answer does a client take?", topology=Single(2), roles=["daytime-client"], captures=["h1-eth0"],
    seconds=4,
)  # fmt: skip
def late(lab):
    with lab.step("Two questions, each answered wrongly and then rightly", id="answers"):
        server = lab.h1.start_command(sys.executable, AGENTS / "daytime_late.py", PORT, name="server")
        server.wait_for_text("ready", stream="stdout")
        for zone in ("Europe/Madrid", "Europe/Paris"):
            client = lab.h2.start("daytime-client", host=lab.h1, port=PORT, zone=zone, format=FORMAT)
            client.wait()
            if lab.replaced("daytime-client") and not lab.packets(lab.h1, "daytime_zone.kind == 1"):
                lab.skip("daytime-client does not speak docs/protocols/daytime.md, and there is no other way to give it wrong answers")
            lab.expect(client.output, equals("2026-03-29T03:00:00\n"), f"what the client of {zone} prints", id="printed", hint=client.state)
        asked = lab.packets(lab.h1, udp(to=PORT))
        lab.expect(asked.payloads, equals([LENGTH] * 2), "bytes of its questions, none of which is sent again", id="asked")
        ids = {packet["daytime_zone.id"] for packet in asked}
        lab.expect(len(ids), equals(2), "different ids of the two", id="ids")

    with lab.step("Nobody listens there", id="refused", should=True):
        server.stop()
        client = lab.h2.start("daytime-client", host=lab.h1, port=PORT)
        lab.expect(client.wait(30), equals(1), "the client's exit status", id="status")
        lab.expect(client.errors, contains("refused"), "the client is told", id="told")
