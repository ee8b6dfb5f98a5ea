"""What the C++ programs share is done in one place: only its rooms, and files listed here with a reason, do it by themselves."""

from __future__ import annotations

import pathlib
import re

import pytest

from harness.world.machine import ROOT

CPP = ROOT / "cpp"

# What is done -> how a line of C++ betrays that it does it.
DEEDS = {
    "opens a socket": r"(?<!\w)::(?:socket|socketpair|accept4?)\(|\b(?:udp|tcp)::socket \w+\(|\bacceptor \w+\(",
    "reads a clock": r"::clock_gettime\(|\b(?:steady|system|high_resolution)_clock\b|::timerfd_create\(|::gettimeofday\(|std::time\(",
    "parses an address": r"\binet_(?:pton|aton|ntop|ntoa|addr)\b|\bmake_address|\bgetaddrinfo\(|\bgetnameinfo\(|\bsockaddr_in6?\b|\bif_nametoindex\(",
    "waits": r"::p?poll\(|::p?select\(|::epoll_(?:create1|wait|pwait)\(|\bio_context \w+[;(]",
    "prints JSON": r"<boost/json|\{\\\"",
}

# Rooms whose work it is.
LAYER = {
    "opens a socket": {"net"},
    "reads a clock": {"loop"},
    "parses an address": {"net"},
    "waits": {"loop"},
    "prints JSON": {"base"},
}

# Who else does it, and why.
REASONS = {
    "opens a socket": {
        "hmtp/status_socket.cpp": "a UNIX socket, which no network reaches",
        "sandbox/program_process.cpp": "a pair of UNIX sockets between the sandbox's two processes",
        "serving/select_server.cpp": "its lesson is select(2), with the calls that go with it",
        "wire/packet_sender.cpp": "it sends frames, not datagrams",
        "wire/packet_socket.cpp": "it takes frames, not datagrams",
    },
    "reads a clock": {
        "net/udp_socket.cpp": "turns the kernel's stamp of a datagram into this program's time",
        "net/udp_socket.hpp": "the type of that time",
        "hmtp_simulation/hmtp_simulation_main.cpp": "tells how long a sweep took; the simulation itself has no clock",
        "sandbox/supervisor.cpp": "measures the processor time of its own thread",
        "sandbox/supervisor.hpp": "the type of its deadlines: statically linked, it does without the loop",
        "serving/select_server.hpp": "its lesson is select(2), whose time-out is computed from deadlines",
        "tv/deadline_wait.cpp": "the paced sender: Asio's timers are tens of microseconds late",
        "wire/clock.hpp": "the link emulator: read once for many frames",
        "wire/timer.cpp": "the link emulator: exact to the microsecond",
    },
    "parses an address": {
        "wire/flow.cpp": "prints the addresses in frames that pass, which are nobody's here",
        "wire/packet_sender.cpp": "frames go by an interface's index",
        "wire/packet_socket.cpp": "frames come by an interface's index",
    },
    "waits": {
        "base/writing.cpp": "for room in a pipe, before a program says its last words",
        "mcast_chat/line_editor.cpp": "for the rest of a key that a terminal sends in several bytes",
        "message/tcp_client_main.cpp": "connects, before its loop begins",
        "net/udp_socket.cpp": "for room to send, as long as the caller says",
        "eliza/eliza_server_main.cpp": "hands it to the fork server",
        "sandbox/supervisor.cpp": "statically linked, for one process: it does without Asio",
        "serving/select_server.cpp": "its lesson is select(2)",
        "serving/serving.cpp": "makes the one that a server runs on",
        "tv/deadline_wait.cpp": "the paced sender: an absolute timer, and then the clock itself",
        "tv/sender_socket.cpp": "the paced sender: for an error of the network, beside the stop signals",
        "wire/answer_stream.cpp": "asks whether its reader has room, and never waits",
        "wire/emulation.cpp": "the link emulator: frames go their way in other threads, and answers may find no room",
        "wire/forwarder.cpp": "the link emulator: two sets, so that frames may wait in the ring while a packet is awaited",
    },
    "prints JSON": {
        "hmtp/status.cpp": "reads a status again, and prints lists in it",
        "wire/": "its configuration is JSON",
    },
}


def code(text: str) -> list[str]:
    """Lines without their comments."""
    return [line.split("//")[0] for line in text.split("\n")]


def doers(deed: str, files: dict[str, str]) -> set[str]:
    """The files that do it by themselves."""
    return {name for name, text in files.items() if any(re.search(DEEDS[deed], line) for line in code(text))}


def sources(root: pathlib.Path) -> dict[str, str]:
    """Texts of all C++ files, by their paths below cpp/."""
    return {str(file.relative_to(root)): file.read_text(encoding="utf-8") for file in sorted(root.rglob("*.[ch]pp"))}


def strangers(deed: str, files: dict[str, str]) -> list[str]:
    """Files outside of the layer that do it and have no reason to."""
    found = {name for name in doers(deed, files) if name.split("/")[0] not in LAYER[deed]}
    return sorted(name for name in found if not any(name == reason or (reason.endswith("/") and name.startswith(reason)) for reason in REASONS[deed]))


@pytest.mark.parametrize("deed", DEEDS)
def test_only_the_layer_does_it(deed: str) -> None:
    assert strangers(deed, sources(CPP)) == [], f"outside of {sorted(LAYER[deed])} no room {deed} by itself; or its reason stands in REASONS"


@pytest.mark.parametrize("deed", DEEDS)
def test_every_reason_is_needed(deed: str) -> None:
    found = doers(deed, sources(CPP))
    assert [reason for reason in REASONS[deed] if not any(name.startswith(reason) for name in found)] == []


@pytest.mark.parametrize("deed", DEEDS)
def test_the_layer_does_it(deed: str) -> None:
    assert {name.split("/")[0] for name in doers(deed, sources(CPP))} >= LAYER[deed], "the pattern no longer finds what it is about"


@pytest.mark.parametrize(
    ("deed", "line"),
    [
        ("opens a socket", "  const int fd = ::socket(AF_INET6, SOCK_DGRAM, 0);"),
        ("opens a socket", "  udp::socket socket(context, server.protocol());"),
        ("reads a clock", "  const auto now = std::chrono::steady_clock::now();"),
        ("parses an address", "  if (::inet_pton(AF_INET, text, &four) == 1) {"),
        ("parses an address", "  const auto address = asio::ip::make_address(text, error);"),
        ("waits", "  while (::poll(ready.data(), ready.size(), -1) < 0) {"),
        ("prints JSON", r'  text += fmt::format("{{\"sent\": {}}}", sent);'),
    ],
)
def test_a_room_that_does_it_is_found(deed: str, line: str) -> None:
    assert strangers(deed, {"new/new_main.cpp": line}) == ["new/new_main.cpp"]
    assert strangers(deed, {"new/new_main.cpp": "// " + line}) == []
