"""A server that is started anew amid an exchange may have another time: what the one before said does not count any more.

The client asks for a hundred samples. Amid them the server ends, and another one comes, 10 s ahead, behind a slower link: every sample
of the first looks better. A client that keeps the best of both sets its clock by a server that is gone. The answers carry a number that is
another one after each start. While nobody is there, the client asks again, by and by, and gives up neither the round nor itself.
"""

from harness import about, above, below, equals, scenario, udp
from scenarios.services.kit.utc import PORT, rounds, utc_client, utc_server
from topologies.single import Single

BEFORE, AFTER, SAMPLES = 1.0, 10.0, 100  # s that each is ahead; samples


@scenario(
    "services.ex10-restart", question="The server is started anew amid an exchange", topology=Single(2, means="wire", delay=1),
    roles=["utc-server", "utc-client"], needs={"utc-client": ["json", "samples"]}, timing_critical=True, seconds=14,
)  # fmt: skip
def restart(lab):
    answers = lambda: lab.packets(lab.h2, f"{udp(source=PORT)} && !icmp")  # noqa: E731
    file = lab.folder / "rounds.json"
    with lab.step("A server, and some samples of it", id="begin"):
        server = utc_server(lab, BEFORE)
        client = utc_client(lab, samples=SAMPLES, json=file)
        lab.expect_soon(lambda: len(answers()), above(4), "answers of the first server", id="answers", hint=client.state)

    with lab.step("It ends, and the client asks in vain", id="gone"):
        lab.expect_interrupted(server)
        asked = len(lab.packets(lab.h2, udp(to=PORT)))
        lab.expect_soon(lambda: len(lab.packets(lab.h2, udp(to=PORT))), above(asked), "questions by now, though nobody answers", id="asks", hint=client.state)
        lab.expect(client.running, equals(True), "whether the client still runs", id="runs", hint=client.state)

    with lab.step("Another one, with another time, and farther away", id="another"):
        lab.link(lab.h1, "s1").set(delay=6)
        server = utc_server(lab, AFTER)
        found = rounds(lab, client, file)[0]
        lab.expect(found["offset"], about(AFTER, by=0.01, unit="s"), "how far the server is ahead: the one that is there", id="offset")
        lab.expect(found["round_trip"], about(0.014, by=0.004, unit="s"), "round trip of the sample that counts: one of its own", id="own")
        lab.expect(abs(found["offset"] - AFTER), below(found["bound"], "s"), "error, below its bound", id="within")
        lab.expect(found["lost"], above(0), "questions that it tells as lost", id="lost")
    with lab.step("Ctrl+C", id="interrupt"):
        lab.expect_interrupted(server)
