"""Traces as strace wrote them, and the causes of frames found in them."""

from __future__ import annotations

import dataclasses
import json
import pathlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.evidence.frames.frame import Frame
from harness.evidence.trace.causes import UNKNOWN, Causes, find
from harness.evidence.trace.strace import OPTIONS, Call, End, Signal, TraceError, command, descriptor, ended, parse, split_arguments

TRACES = pathlib.Path(__file__).parent / "traces"
SERVERS = {"end-of-file": "socat", "interrupted": "socat", "refused": "socat", "unread": "unread"}
ADDRESSES = ("10.0.0.2", "10.0.0.1")


def _text(name: str) -> str:
    return (TRACES / f"{name}.strace").read_text()


def _frames(name: str) -> list[Frame]:
    return [Frame(**row) for row in json.loads((TRACES / f"{name}.frames.json").read_text())]


def _causes(name: str, frames: list[Frame] | None = None) -> Causes:
    client, server = parse(_text(f"{name}.client")), parse(_text(f"{SERVERS[name]}.server"))
    return find(frames if frames is not None else _frames(name), client, server, ADDRESSES)


HANDSHAKE = ["client connect → SYN", "server kernel → SYN, ACK"]


@pytest.mark.parametrize(
    ("name", "wanted", "calls"),
    [
        (
            "end-of-file",
            ["client send → PSH, ACK 6", "server send → PSH, ACK 6", "client shutdown → FIN, ACK", "server shutdown → FIN, ACK"],
            ["connect() = EINPROGRESS", "write(6 bytes)", "write(6 bytes)", "shutdown(SHUT_WR)", "shutdown(SHUT_WR)"],
        ),
        (
            "interrupted",
            ["client send → PSH, ACK 13", "server send → PSH, ACK 13", "client exit → FIN, ACK", "server shutdown → FIN, ACK"],
            ["connect() = EINPROGRESS", "write(13 bytes)", "write(13 bytes)", "killed by SIGINT", "shutdown(SHUT_WR)"],
        ),
        ("unread", ["client send → PSH, ACK 5", "server close → RST, ACK"], ["connect() = EINPROGRESS", "write(5 bytes)", "close()"]),
    ],
)
def test_causes_of_recorded_frames(name: str, wanted: list[str], calls: list[str]) -> None:
    causes = _causes(name)
    assert [one.text for one in causes.telling] == HANDSHAKE + wanted
    assert [one.call.text for one in causes if one.call] == calls
    assert len(causes) == len(_frames(name)) and all(one.cause == "kernel" for one in causes if one.frame.pure_ack)


def test_a_refusal_is_the_kernels() -> None:
    assert [one.text for one in _causes("refused")] == ["client connect → SYN", "server kernel → RST, ACK"]


def test_who_returns_because_of_a_frame() -> None:
    received = {one.text: [call.text for call in one.received] for one in _causes("end-of-file")}
    assert received["client kernel → ACK"] in (["accept() = 8"], []), "accept returns when the handshake is over"
    assert [call.name for call in _causes("end-of-file")[2].received] == ["accept"]
    assert received["client send → PSH, ACK 6"] == ["read() = 6"] == received["server send → PSH, ACK 6"]
    assert received["client shutdown → FIN, ACK"] == ["read() = 0"]


def test_signals_belong_to_the_connection() -> None:
    causes = _causes("interrupted")
    assert [signal.name for signal in causes.client.signals] == ["SIGINT"]
    assert [end.text for end in causes.client.ends] == ["killed by SIGINT"]
    assert not _causes("end-of-file").client.signals


@pytest.mark.parametrize("index", [0, 3, 5, 7, 8])
def test_no_frame_is_older_than_its_cause(index: int) -> None:
    frames = _frames("end-of-file")
    assert frames[index].payload or frames[index].flag_set & {"SYN", "FIN"}
    frames[index] = dataclasses.replace(frames[index], time=frames[0].time - 1)
    assert _causes("end-of-file", frames)[index].cause == UNKNOWN


def test_bytes_that_nobody_wrote_have_no_cause() -> None:
    frames = _frames("end-of-file")
    frames[3] = dataclasses.replace(frames[3], sequence=7)
    assert _causes("end-of-file", frames)[3].cause == UNKNOWN
    frames[3] = dataclasses.replace(frames[3], sequence=1, retransmission=True)
    assert _causes("end-of-file", frames)[3].cause == "kernel"


def test_without_frames_there_is_no_connection() -> None:
    with pytest.raises(ValueError, match="no frame of a connection"):
        find([], [], [], ADDRESSES)


@pytest.mark.parametrize("path", sorted(TRACES.glob("*.strace")), ids=lambda path: path.stem)
def test_recorded_traces_are_read_whole(path: pathlib.Path) -> None:
    text = path.read_text()
    events = parse(text)
    apart = text.count("resumed>")
    assert len(events) == len(text.splitlines()) - apart - text.count("stopped by")
    calls = [event for event in events if isinstance(event, Call)]
    assert all(call.end is not None for call in calls if call.name != "exit_group" and call.result is not None)
    assert {event.pid for event in events if isinstance(event, End)} == {event.pid for event in events}, "each process ends"


def test_one_line_of_each_kind() -> None:
    events = parse(
        '7 1.000000 recvfrom(4<TCPv6:[[::ffff:10.0.0.1]:80->[::ffff:10.0.0.2]:9]>, "\\x28\\x2c", 16, 0, NULL, NULL) = 2 <0.000010>\n'
        "7 1.100000 accept4(3<TCP:[0.0.0.0:80]>, NULL, NULL, SOCK_CLOEXEC <unfinished ...>\n"
        "8 1.200000 exit_group(3)   = ?\n"
        "8 1.300000 +++ exited with 3 +++\n"
        "7 1.400000 <... accept4 resumed>) = 5<TCP:[10.0.0.1:80->10.0.0.2:9]> <0.300000>\n"
        "7 1.500000 read(5<TCP:[10.0.0.1:80->10.0.0.2:9]>, 0x7ffd, 4) = -1 ECONNRESET (Connection reset by peer) <0.000005>\n"
        "7 1.600000 read(5<TCP:[10.0.0.1:80->10.0.0.2:9]>, 0x7ffd, 4) = ? ERESTARTSYS (To be restarted if SA_RESTART is set) <0.1>\n"
        "7 1.700000 --- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=2, si_uid=0} ---\n"
        "7 1.710000 read(5, <unfinished ...>) = ?\n"
        "7 1.800000 +++ killed by SIGTERM (core dumped) +++\n"
    )
    receive, accept, leave, end, reset, again, signal, lost, killed = events
    assert receive.descriptor == descriptor("4<TCPv6:[[::ffff:10.0.0.1]:80->[::ffff:10.0.0.2]:9]>")
    assert receive.descriptor.local == ("10.0.0.1", 80) and receive.arguments[1] == '"\\x28\\x2c"'
    assert (accept.start, round(accept.end, 6), accept.result, accept.returned.remote) == (1.1, 1.4, 5, ("10.0.0.2", 9))
    assert (leave.text, end) == ("exit(3)", End(8, 1.3, 3)) and end.text == "exited with 3"
    assert (reset.error, reset.text) == ("ECONNRESET", "read() = ECONNRESET") and again.result is None
    assert signal == Signal(7, 1.7, "SIGTERM") and lost.end is None and killed.text == "killed by SIGTERM"


@pytest.mark.parametrize(
    "line",
    [
        "read(3) = 1", "7 read(3) = 1", "7 1.0 read(3)", "7 1.0 read(3) = one", "7 1.0 <... read resumed>) = 1 <0.1>", "7 1.0 +++ what +++",
        "7 1.0 --- SIGINT ---", "7 1.0 read(3 <unfinished ...>\n7 1.1 read(3 <unfinished ...>", "\x1b[2J", "7 1.0 read(3) = 1 <now>",
    ],
)  # fmt: skip
def test_lines_that_strace_does_not_write(line: str) -> None:
    with pytest.raises(TraceError, match="trace, line [12]: "):
        parse(line + "\n7 2.0 +++ exited with 0 +++\n")


def test_a_line_that_is_still_being_written() -> None:
    text = _text("end-of-file.client")
    for cut in range(1, 200):
        assert len(parse(text[:-cut])) == text[:-cut].count("\n")


def test_the_end_of_a_process_is_known() -> None:
    text = _text("interrupted.client")
    (end,) = [event for event in parse(text) if isinstance(event, End)]
    assert ended(text, end.pid) and not ended(text, end.pid * 10) and not ended(text[:-2], end.pid)


def test_arguments() -> None:
    assert split_arguments('5<TCP:[1.2.3.4:5->6.7.8.9:1]>, {a=1, b=[2, 3]}, "\\x2c", f(1, 2), 0<\\x2f<char 136:0>>, A|B') == (
        "5<TCP:[1.2.3.4:5->6.7.8.9:1]>", "{a=1, b=[2, 3]}", '"\\x2c"', "f(1, 2)", "0<\\x2f<char 136:0>>", "A|B",
    )  # fmt: skip
    assert split_arguments("") == () and descriptor("NULL") is None and descriptor("7").number == 7
    assert descriptor("5<TCP:[11282457]>").local is None


def test_the_command_keeps_the_program_a_child() -> None:
    words = command(OPTIONS, pathlib.Path("/tmp/x.strace"), ["nc", "-l"])
    assert words[:2] == ["strace", "-D"] and "-xx" in words and words[-3:] == ["/tmp/x.strace", "nc", "-l"]


def test_process_ids_of_another_namespace_are_shown_as_ours() -> None:
    line = "77 1.5 clone(child_stack=NULL, flags=SIGCHLD) = 3 /* 78 in strace's PID NS */ <0.1>\n"
    assert [(call.pid, call.result) for call in parse(line)] == [(77, 78)]


_TRACE = _text("interrupted.client")


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(_TRACE)))
    to = data.draw(st.integers(at, min(len(_TRACE), at + 60)))
    piece = data.draw(st.text(max_size=12) | st.sampled_from(["<unfinished ...>", " resumed>", ") = ", "= ?", "\n", "+++", ">", '"', "("]))
    try:
        events = parse(_TRACE[:at] + piece + _TRACE[to:])
    except TraceError:
        return
    find(_frames("interrupted"), events, parse(_text("socat.server")), ADDRESSES)
    assert all(event.text for event in events)


@given(st.lists(st.tuples(st.sampled_from([1, 2, 3]), st.integers(0, 2), st.integers(0, 50)), max_size=30), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_calls_that_others_interrupt_are_whole_again(plan: list[tuple[int, int, int]], chance) -> None:
    clock, lines, expected, open_calls = 1.0, [], [], {}
    for pid, kind, size in plan:
        clock += 0.001
        if pid in open_calls:
            start, number = open_calls.pop(pid)
            lines.append(f"{pid} {clock:.6f} <... write resumed>, {number}) = {number} <{clock - start:.6f}>")
            expected.append((pid, round(start, 6), round(clock, 6), number))
        elif kind == 0:
            lines.append(f"{pid} {clock:.6f} write(3, <unfinished ...>")
            open_calls[pid] = (clock, size)
        else:
            lines.append(f"{pid} {clock:.6f} write(3, {size}) = {size} <0.000000>")
            expected.append((pid, round(clock, 6), round(clock, 6), size))
    expected += [(pid, round(start, 6), None, None) for pid, (start, _) in open_calls.items()]
    events = parse("".join(line + "\n" for line in lines))
    found = [(one.pid, round(one.start, 6), one.end if one.end is None else round(one.end, 6), one.result) for one in events]
    assert sorted(found, key=lambda row: row[1]) == sorted(expected, key=lambda row: row[1])
    assert all(one.arguments[0] == "3" for one in events)
