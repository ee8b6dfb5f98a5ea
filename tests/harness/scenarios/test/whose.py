"""Scenarios that end by the programs' doing, the machine's, or the harness's own."""

import json
import os
import pathlib
import signal

from harness import above, equals, scenario
from harness.evidence.capture.recorder import CaptureError
from topologies.single import Single

SINGLE = Single()
# What it holds beyond its streams and the host's own namespaces, by which mnexec came there.
LOOK = """
import os
held = {}
for name in os.listdir("/proc/self/fd"):
    try:
        held[int(name)] = os.readlink(f"/proc/self/fd/{name}")
    except FileNotFoundError:
        pass  # the one that listed them
own = [os.readlink(f"/proc/self/ns/{kind}") for kind in ("net", "mnt")]
print([what for number, what in sorted(held.items()) if number > 2 and what not in own],
      [name for name in os.environ if name in ("WIREPROOF_STATUS", "MAPPED")])
"""


@scenario("test.forged", question="Who judges?", topology=SINGLE, seconds=1)
def forged(lab):
    """A result that is written beside the evidence is nobody's verdict."""
    lab.expect(1 + 1, equals(2), "one and one are two")
    lab.expect(1 + 1, equals(3), "one and one are three")
    (lab.folder / "result.json").write_text(json.dumps({"schema": 2, "id": "test.forged", "verdict": "PASS"}))
    os.kill(os.getpid(), signal.SIGKILL)


@scenario("test.descriptors_of_programs", question="What does a program hold?", topology=SINGLE, seconds=1)
def descriptors_of_programs(lab):
    """A program on a host has its three streams, its host's namespaces, and nothing of the harness."""
    for way in ({}, {"terminal": True}, {"pipe_output": True}):
        program = lab.h1.start_command("/usr/bin/python3", "-c", LOOK, **way)
        text = os.read(program.stdout_pipe, 1000).decode() if program.stdout_pipe else ""
        program.wait()
        lab.expect(program.output or text, equals("[] []\n"), f"descriptors, and variables that name one ({way or 'pipes'})")
    lab.expect(lab.h1.run("/usr/bin/python3", "-c", LOOK).output, equals("[] []\n"), "the same of a short command")
    lab.expect("test.descriptors_of_programs" in pathlib.Path("/proc/1/cmdline").read_text(), False, "the job is in a command line")


@scenario("test.counters_unread", question="What if a piece is lost?", topology=Single(bw=10), seconds=1)
def counters_unread(lab):
    """What cannot be gathered takes nothing else with it."""
    lab.expect(2 + 2, equals(4), "two and two are four")
    lab.network.link_counters = lambda: (_ for _ in ()).throw(KeyError("h1-s1"))


@scenario("test.counters_unread_fails", question="What if a piece is lost?", topology=Single(bw=10), seconds=1)
def counters_unread_fails(lab):
    """What cannot be gathered takes nothing else with it."""
    lab.expect(2 + 2, equals(5), "two and two are five")
    lab.network.link_counters = lambda: (_ for _ in ()).throw(KeyError("h1-s1"))


@scenario("test.capture_ends", question="What if a capture ends?", topology=SINGLE, roles=["netcat"], seconds=1)
def capture_ends(lab):
    """A capture that ended by itself spoils that of no other interface."""
    lab.h1.run("ping", "-c", "1", lab.h2)
    lab.expect(2 + 2, equals(5), "two and two are five")
    process = lab.recorders["h1-eth0"]._process
    process.kill()
    process.wait()


@scenario("test.frames_fail", question="What if the page lacks a drawing?", topology=SINGLE, seconds=1)
def frames_fail(lab):
    """What only the page would have shown is no matter of the verdict."""
    lab.expect(2 + 2, equals(4), "two and two are four")
    lab.frames = lambda: 1 / 0


@scenario("test.fails_then_breaks", question="Which comes first?", topology=SINGLE, seconds=1)
def fails_then_breaks(lab):
    """A fact remains one when the harness breaks after it."""
    lab.expect(2 + 2, equals(5), "two and two are five")
    lab.expect({}["nothing"], above(0), "unreachable")


@scenario("test.late_first_time", question="And the second time?", topology=SINGLE, seconds=1)
def late_first_time(lab):
    """What fails by a capture at the first two attempts and passes at the third leaves three attempts."""
    lab.expect(2 + 2, equals(4), "two and two are four")
    if not (lab.folder / "attempt-2").exists():
        raise CaptureError("a capture is late")


@scenario("test.no_packet", question="Which packet?", topology=SINGLE, seconds=1)
def no_packet(lab):
    """A packet that nobody sent."""
    lab.expect(True, True, "so far all is well")
    lab.expect(lab.packets(lab.h1, "tcp.dstport == 4711")[0]["tcp.len"], above(0), "the first packet has a payload")


@scenario("test.report_file", question="What does it report?", topology=SINGLE, roles=["tv-sender"], seconds=1)
def report_file(lab):
    """A program writes the report that it is asked for."""
    file = lab.folder / "report.json"
    lab.h1.start("tv-sender", host=lab.h2, port=5000, duration=0.1, json=file).wait()
    lab.expect(json.loads(file.read_text())["datagrams"], above(0), "datagrams that it tells of")


@scenario("test.command_fails", question="Can it be prepared?", topology=SINGLE, seconds=1)
def command_fails(lab):
    """A route that the kernel refuses."""
    lab.h1.run("ip", "route", "add", "192.0.2.0/24", "via", "203.0.113.7")


@scenario("test.whatever_lag", question="Was there a fourth child?", topology=SINGLE, seconds=1)
def whatever_lag(lab):
    """What lateness cannot bring about is a FAIL however late the machine is."""
    lab.expect(4, equals(3), "children", whatever_lag=True)
    lab.expect_soon(lambda: 4, equals(3), "children at last", deadline=0, whatever_lag=True)
    lab.expect(5, equals(3), "answers in time")


@scenario("test.watch_dies", question="Who watches the watch?", topology=SINGLE, seconds=1)
def watch_dies(lab):
    """A failure under a watch that has died is not believed."""
    lab.expect(2 + 2, equals(5), "two and two are five")
    for pid in pathlib.Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        if b"harness.world.cell.fork_server" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes():  # forked and not made into another program
            os.kill(int(pid), signal.SIGKILL)
