"""What calls moved, read from traces of strace."""

from __future__ import annotations

from harness.evidence.trace.strace import Call, parse
from harness.evidence.trace.transfers import END_OF_STREAM, streams, transfers

_SOCKET = "5<TCP:[10.0.0.1:1234->10.0.0.2:40000]>"


def _calls(*lines: str) -> list[Call]:
    text = "".join(f"7 1.{number:06} {line} <0.000010>\n" for number, line in enumerate(lines))
    return [event for event in parse(text) if isinstance(event, Call)]


def _hexadecimal(text: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


def _line(name: str, text: str, size: int | None = None) -> str:
    return f'{name}({_SOCKET}, "{_hexadecimal(text)}", 65536) = {len(text.encode()) if size is None else size}'


def test_each_call_that_moved_bytes_is_told_in_order() -> None:
    calls = _calls(_line("read", "hé\r\n"), _line("write", "hé\r\n"), _line("read", "", 0))
    assert transfers(calls) == ["receives hé\r\n", "sends hé\r\n", END_OF_STREAM]


def test_what_moved_nothing_is_left_out() -> None:
    failed = f'recvfrom({_SOCKET}, 0x7f00, 65536, 0, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable)'
    peeked = f'recvfrom({_SOCKET}, "\\x68", 1, MSG_PEEK, NULL, NULL) = 1'
    assert transfers(_calls(failed, peeked, f"close({_SOCKET}) = 0")) == []


def test_bytes_in_a_vector_are_one_text() -> None:
    vector = f'writev({_SOCKET}, [{{iov_base="\\x68\\x65", iov_len=2}}, {{iov_base="\\x79", iov_len=1}}], 2) = 3'
    assert transfers(_calls(vector)) == ["sends hey"]


def test_a_receive_shows_no_more_than_came() -> None:
    message = f'recvmsg({_SOCKET}, {{msg_name=NULL, msg_iov=[{{iov_base="\\x68\\x69\\x00", iov_len=3}}], msg_iovlen=1}}, 0) = 2'
    assert transfers(_calls(message)) == ["receives hi"]


def test_what_strace_cut_ends_in_an_ellipsis() -> None:
    assert transfers(_calls(f'read({_SOCKET}, "\\x68\\x69"..., 65536) = 4000')) == ["receives hi…"]


def test_streams_do_not_depend_on_the_pieces() -> None:
    whole = _calls(_line("read", "hello\r\n"), _line("write", "hello\r\n"))
    pieces = _calls(_line("read", "hello"), _line("write", "hel"), _line("write", "lo"), _line("read", "\r\n"), _line("write", "\r\n"))
    assert streams(whole) == streams(pieces) == ("hello\r\n", "hello\r\n")
