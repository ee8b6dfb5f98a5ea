"""Short scenarios for hostile programs: each asks what a program that behaves does well."""


import json
import pathlib

from harness import contains, equals, scenario
from harness.judge.waiting import ProgramFault
from topologies.single import Single

PORT = 1234
# In the order of tests/mutants/hostile/leavings.py.
LEAVINGS = [
    "15 bytes", "is no regular file", "cannot be read: Too many", "cannot be read: Too many", "is no regular file",
    "has 1,099,511,627,776 bytes; at most 67,108,864", "cannot be read: No such device", "15 bytes", "bytes",
]  # fmt: skip


@scenario("test.served", question="Does it serve?", topology=Single(2), roles=["echo-server", "netcat"], seconds=2)
def served(lab):
    """An echo server echoes, and ends in order at Ctrl+C."""
    server = lab.h1.start("echo-server", port=PORT, terminal=True).wait_listening(PORT)
    client = lab.h2.start("netcat", "-N", lab.h1, PORT, stdin=b"hello\n")
    lab.expect((client.wait(), client.output), equals((0, "hello\n")), "what is sent comes back")
    lab.expect(server.running, equals(True), "the server runs on")
    server.interrupt()
    lab.expect(server.wait(), equals(0), "the server ends with status 0")
    lab.expect(lab.h1.listening(PORT), equals(False), "nobody listens any more")


@scenario("test.left", question="What did it leave?", topology=Single(2), roles=["rdv-point"], seconds=4)
def left(lab):
    """Of all that a program may leave in the place of a file nothing is taken but a file of a sensible size."""
    for number, wanted in enumerate(LEAVINGS):
        file = lab.folder / f"left-{number}"
        program = lab.h1.start("rdv-point", port=number, json=file)
        lab.expect(program.wait(), equals(0), f"program {number} ends well")
        try:
            found = f"{len(program.left(file))} bytes"
        except ProgramFault as fault:
            found = str(fault)
        lab.expect(found, contains(wanted), f"what comes of what program {number} left")


@scenario("test.counted", question="Does it count?", topology=Single(2), roles=["tcp-server"], seconds=2)
def counted(lab):
    """A server writes down how many messages it got: none."""
    file = lab.folder / "counts.json"
    server = lab.h1.start("tcp-server", port=PORT, json=file).wait_listening(PORT)
    server.interrupt()
    lab.expect(server.wait(), equals(0), "the server ends with status 0")
    lab.expect(server.left_json(file)["messages"], equals(0), "messages that it counted")


@scenario("test.asked", question="Does it answer?", topology=Single(2), roles=["mcast-node"], seconds=2)
def asked(lab):
    """A node that is asked for its status says it, in JSON."""
    where = pathlib.Path("/tmp/status.sock")
    node = lab.h1.start("mcast-node", status_socket=where)

    def answer():
        try:
            return node.answer_at(where)
        except (ConnectionRefusedError, FileNotFoundError):
            return None

    lab.expect(json.loads(lab.until(answer, "an answer", 3)), equals({}), "the status")
