"""What scenarios ask of a room of the multicast chat."""

from __future__ import annotations

import dataclasses

import pytest

from scenarios.group.kit.chat import ChatRoom, Member, ethernet_address
from scenarios.group.kit.reading import once, shown


@dataclasses.dataclass
class Printed:
    """In a program's place: what it has printed."""

    output: str


def member(*lines: str) -> Member:
    return Member("ana", None, Printed("\n".join(lines)), ChatRoom(None, "224.1.1.1"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("group", "address"),
    [
        ("224.1.1.1", "01:00:5e:01:01:01"), ("225.129.1.1", "01:00:5e:01:01:01"), ("239.255.255.250", "01:00:5e:7f:ff:fa"),
        ("224.0.0.22", "01:00:5e:00:00:16"), ("ff1e::801:101", "33:33:08:01:01:01"), ("ff02::16", "33:33:00:00:00:16"),
    ],
)  # fmt: skip
def test_ethernet_addresses(group: str, address: str) -> None:
    assert ethernet_address(group) == address


def test_lines_are_found_by_whole_words() -> None:
    reader = member("* ana joined", "* anabel joined", "<ana> grüß dich", "[10.0.0.3:5] ana?", "")
    assert reader.lines("ana") == ["* ana joined", "<ana> grüß dich", "[10.0.0.3:5] ana?"]
    assert reader.lines("ana", "grüß") == ["<ana> grüß dich"]
    assert reader.lines("gr") == [] and reader.lines("ana?") == ["[10.0.0.3:5] ana?"]


def test_a_line_that_is_not_ended_is_not_shown_yet() -> None:
    assert member("* ana joined", "* bob jo").lines("bob") == []


def test_repetitions_are_counted() -> None:
    assert shown([member("<bob> hi", "<bob> hi", "")], "bob", "hi") == {"ana": 2} != once([member()])
