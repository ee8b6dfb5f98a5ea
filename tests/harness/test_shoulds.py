"""What a good program does beyond what is asked: peers that lead it there, what servers are looked at for, and steps that are not held."""

from __future__ import annotations

import pytest

from harness.judge.expect import between, equals
from harness.judge.hold import Hold
from harness.judge.claims import read
from harness.judge.scenario import all_scenarios
from harness.judge.waiting import DeadlinePassed, ProgramFault
from harness.stage.peer import Peer
from tests.harness.judged_lab import PYTHON, judged_lab, start
from tests.harness.network_cell import run

# A server of a thread for each client; what is wrong with it is its second argument.
_SERVER = """
import os, socket, sys, threading, time
fault, kept = sys.argv[1], []
listening = socket.create_server(("", 1234))
def serve(client):
    while data := client.recv(4096):
        client.sendall(data)
    if fault == "zombies" and os.fork() == 0:
        os._exit(0)
    if fault == "keeps":
        kept.append(client)
        return
    client.close()
    if fault == "grows":
        kept.append(b"x" * (300 << 20))
    while fault == "spins":
        pass
while True:
    client, _ = listening.accept()
    if fault == "resets":
        time.sleep(0.5)  # until something is there to read
        client.close()
    elif fault == "leaks":
        kept.extend(open("/dev/null") for _ in range(12))
    elif fault == "connects":
        kept.append(socket.create_server(("127.0.0.1", 4321)))
        kept.extend(socket.create_connection(("127.0.0.1", 4321)) for _ in range(12))
    threading.Thread(target=serve, args=(client,), daemon=True).start() if fault != "resets" else None
"""
_HABITS = {
    "none": "", "connects": "", "keeps": "closes the connections", "zombies": "waits for its children", "spins": "rests while nobody", "grows": "keeps nothing",
    "leaks": "gives back the descriptors", "resets": "ends connections in order",
}  # fmt: skip


def habits(fault: str) -> None:
    with judged_lab() as lab:
        lab.record(next(one for node in lab.network.net.hosts for one in node.intfList() if one.name == "h1-eth0"), 200)
        lab.recorders["h1-eth0"].wait_live()
        server = start(lab.h1, PYTHON, "-c", _SERVER, fault).wait_listening(1234)
        peer = Peer(lab.h2, lab.h1, 1234)
        peer.send(b"hello")
        heard = peer.receive(5, seconds=2)
        peer.close()
        assert heard == (b"" if fault == "resets" else b"hello")
        if fault == "grows":
            lab.until(lambda: _resident(server.pid) > 250 << 20, "the server to grow")
        server.stop()
    failed = [row.what for row in lab.expectations if not row.passed]
    assert all(row.holds is Hold.SHOULD for row in lab.expectations)
    wanted = _HABITS[fault]
    assert [wanted in what for what in failed] == ([True] if wanted else []), failed


def hangs_up() -> None:
    """Who reads its files again is not told to end by that: its habits are looked at later."""
    code = "import signal, socket\nsignal.signal(signal.SIGHUP, lambda *_: print('again', flush=True))\nsocket.create_server(('', 1234)).accept()\n"
    with judged_lab() as lab:
        server = start(lab.h1, PYTHON, "-c", code).wait_listening(1234)
        server.signal("SIGHUP")
        server.wait_for_text("again")
        assert (server.told_by, server.told_to_end, lab.expectations) == ("SIGHUP", False, [])
        server.signal("SIGTERM")
        assert (server.told_to_end, len(lab.expectations)) == (True, 5)


def _resident(pid: int) -> int:
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * 4096


def peers() -> None:
    with judged_lab() as lab:
        server = start(lab.h1, "nc", "-l", 1234, terminal=True).wait_listening(1234)
        peer = Peer(lab.h2, lab.h1, 1234)
        peer.send(b"\0\xff")
        lab.until(lambda: server.output_bytes == b"\0\xff", "the bytes")
        server.type("answer\n")
        assert (peer.receive(7), peer.receive(seconds=0.1), peer.ended) == (b"answer\n", b"", "")
        server.end_input()
        server.stop()
        assert (peer.receive(), peer.ended) == (b"", "FIN")
        with pytest.raises(DeadlinePassed, match="Connection refused"):
            Peer(lab.h2, lab.h1, 1234)
        broken = start(lab.h1, "nc", "-l", 1235).wait_listening(1235)
        other = Peer(lab.h2, lab.h1, 1235)
        other.reset()
        broken.wait()
        answers = start(lab.h1, PYTHON, "-c", "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.bind(('', 7))\n"
                         "while True:\n    data, sender = s.recvfrom(99)\n    s.sendto(b'<%s>' % data, sender)")  # fmt: skip
        answers.wait_listening(7, "udp")
        datagrams = Peer(lab.h2, lab.h1, 7, "udp")
        for data in (b"", b"two"):
            datagrams.send(data)
            assert datagrams.receive() == b"<%s>" % data


def asking() -> None:
    code = "import sys, time\nprint('a banner')\nfor line in sys.stdin:\n    print('thinking'); sys.stdout.flush(); time.sleep(0.3); print('you said', line, end='> ', flush=True)"
    with judged_lab() as lab:
        program = start(lab.h1, PYTHON, "-c", code)
        assert "you said one" in program.ask("one", "you said")
        assert program.ask("two", "never said").endswith("you said two"), "what else is printed, when no more comes"
        quiet = start(lab.h1, "cat", stdout="/dev/null")
        with pytest.raises(DeadlinePassed, match="in vain for .* to answer 'x': it runs, and printed nothing"):
            quiet.ask("x", deadline=0.2)


def steps(hold: str) -> None:
    with judged_lab() as lab:
        lab.hold = Hold(hold)
        held = lab.holds_should
        lab.expect(3, between(1, 9).ideally(1), "a status")
        assert (lab.expectations[-1].holds, lab.expectations[-1].passed) == (Hold.SHOULD, False)
        lab.expect(30, between(1, 9).ideally(1), "another status")
        assert lab.expectations[-1].holds is Hold.MUST
        left = start(lab.h1, "sleep", "60")
        reached = []

        def step() -> None:
            with lab.step("what a good program does", should=True):
                started = start(lab.h1, "sleep", "60")
                reached.append(started)
                lab.expect(1, equals(2), "a claim")
                reached.append(started)
                raise ProgramFault("it did nothing")

        if held:
            with pytest.raises(ProgramFault):
                step()
        else:
            step()
        found = (len(reached), reached[0].running, left.running)
        assert found == (2 if held else 1, held, True), found
        assert [row.what for row in lab.expectations if row.holds is Hold.SHOULD] == ["a status", "a claim"]
        with lab.step("and another", should=True) if not held else pytest.raises(ProgramFault):
            raise ProgramFault("it did nothing\n    | its words")
        told = [row for row in lab.expectations if row.what == "it did nothing"]
        assert [row.found for row in told] == ([] if held else ["    | its words"])



def test_a_question_shows_what_it_holds() -> None:
    holds = {claim.what: claim.hold for claim in read(all_scenarios()["tv.q18"]).claims}
    assert holds["connections established at once"] is Hold.MUST
    assert holds["the new server answers on the same port"] is Hold.SHOULD, "in a block"
    assert holds["children that are left of these"] is Hold.SHOULD, "in a function that a block calls"
    assert holds["{client.host.name}'s client ends too, after Ctrl+D"] is Hold.MUST, "without the sign of Python"


@pytest.mark.parametrize("fault", _HABITS)
def test_servers_are_looked_at(fault: str) -> None:
    run(habits, fault)


def test_sighup_ends_nothing() -> None:
    run(hangs_up)


def test_peers() -> None:
    run(peers)


def test_asking_for_a_text() -> None:
    run(asking)


@pytest.mark.parametrize("hold", list(Hold))
def test_steps_that_are_not_held(hold: Hold) -> None:
    run(steps, hold)
