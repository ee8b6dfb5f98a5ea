"""What announces itself can be stopped from then on: a signal during its first words ends it in order, with what it was to write."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Sequence

import pytest

from harness.world import machine
from tests.harness.unread_stderr import speaking


def free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


MODES = [["echo-server", "0", "--mode", mode] for mode in ("iterative", "fork", "select", "async")]
MODES += [["tcp-server", "--port", "0", "--json", "-", "--mode", mode] for mode in ("iterative", "fork", "select", "epoll")]
ANNOUNCING = MODES + [
    ["udp-server", "--port", "0", "--json", "-"],
    ["echo-server", "0", "--udp"],
    ["utc-server", "--port", "0"],
    ["daytime-server", "--port", "0"],
    ["eliza-server", "0"],
    ["rdv-point", "--port", "0", "--json", "-"],
    ["mcast-node", "--rdv-point", "127.0.0.1", "--port", "0", "--data-port", "0", "--status-socket", "none", "--counters", "-"],
    ["mcast-chat", "--room", "239.255.7.7", "--name", "ana", "--interface", "lo"],
    ["tv-probe", str(free_udp_port()), "--bind", "127.0.0.1", "--json", "-"],
]


def named(words: Sequence[str]) -> str:
    return "-".join([words[0], *(word for word in words if word in ("iterative", "fork", "select", "async", "epoll"))])


@pytest.mark.parametrize("words", ANNOUNCING, ids=named)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_during_the_announcement_ends_it_in_order(words: Sequence[str], number: signal.Signals) -> None:
    with speaking([machine.programs_folder() / words[0], *words[1:]]) as (program, stderr):
        program.send_signal(number)
        said = b""
        while part := os.read(stderr, 65536):
            said += part
        assert program.wait(20) == 0, said
        assert b"listening on " in said
        assert program.stdout is not None
        output = program.stdout.read()
        if "-" in words:
            json.loads(output)
