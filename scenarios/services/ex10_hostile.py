"""Nobody sets a clock who cannot see the question, and nobody makes a server talk to itself or to others.

A server answers questions, as long as they are, and nothing else: not an answer, or two servers would answer each other for ever once a forged
datagram has begun it. A client waits for one id out of 2^64, from one address, and for an answer that can be: it was not answered before it
came, and took no longer there than here.
"""

import pathlib
import secrets
import struct
import time

from harness import Peer, about, equals, scenario
from scenarios.services.kit.utc import PORT, rounds, utc_client, utc_server
from topologies.single import Single

AHEAD, LENGTH, QUESTION, ANSWER = 12.5, 56, b"WPUT\1\1\0\0", b"WPUT\1\2\0\1"
LIAR = pathlib.Path(__file__).parent / "agents/utc_liar.py"


@scenario(
    "services.ex10-hostile", question="What do a server and a client make of forged datagrams?", topology=Single(2),
    roles=["utc-server", "utc-client"], needs={"utc-client": ["json"]}, seconds=8,
)  # fmt: skip
def hostile(lab):
    with lab.step("A question, and its answer", id="question"):
        server = utc_server(lab)
        peer = Peer(lab.h2, lab.h1, PORT, "udp")
        answer = ask(lab, peer)
    with lab.step("Everything else is answered by silence", id="silence", should=True):
        bad = [QUESTION[:length] for length in range(9)] + [QUESTION + bytes(length) for length in range(1, 300) if length != LENGTH - len(QUESTION)]
        bad += [answer, bytes(LENGTH), secrets.token_bytes(LENGTH), b"WPUT\2\1\0\0" + bytes(48), QUESTION + bytes(47) + b"\1", QUESTION + bytes(65_000)]
        for datagram in bad:
            peer.send(datagram)
        lab.expect(peer.receive(seconds=0.5), equals(b""), f"answer to one of {len(bad)} datagrams that are no questions", id="silent")
        lab.expect(server.running, equals(True), "whether the server still runs", id="runs", hint=server.state)
        ask(lab, peer)
        server.interrupt()
        server.wait()

    with lab.step("A server that tells the truth between lies", id="lies"):
        lab.h1.start_command("/usr/bin/python3", LIAR, PORT, AHEAD, name="liar").wait_for_text("ready", stream="stdout")
        file = lab.folder / "rounds.json"
        found = rounds(lab, utc_client(lab, samples=8, json=file), file)[0]
        lab.expect(found["offset"], about(AHEAD, by=0.05, unit="s"), "how far the client finds the server ahead", id="truth")


def ask(lab, peer):
    """The answer to a right question, which is in order."""
    mark, now = secrets.token_bytes(8), struct.pack(">q", time.time_ns())
    peer.send(QUESTION + mark + now + bytes(32))
    answer = peer.receive()
    if not answer and lab.replaced("utc-server"):
        lab.skip("the server does not speak docs/protocols/utc.md, by which it is asked here")
    lab.expect([len(answer), answer[:6], answer[8:24]], equals([LENGTH, ANSWER[:6], mark + now]), "length, kind, id and T1 of the answer", id="answer")
    return answer
