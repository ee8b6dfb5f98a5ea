"""Who of a chat's members was shown which lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness import ended, equals
from harness.judge.waiting import wait_for
from scenarios.group.kit import unread

if TYPE_CHECKING:
    from harness.stage.lab import Lab
    from scenarios.group.kit.chat import ChatRoom, Member

_DEADLINE = 10  # s


class Counts(dict[str, int]):
    """Who was shown how many lines, for people too."""

    def __str__(self) -> str:
        return ", ".join(f"{name} {count}" for name, count in self.items()) or "nobody"


def wait_shown(lab: Lab, readers: Sequence[Member], *words: str, times: int = 1) -> None:
    """Waits until each reader was shown this many lines with all of these words."""
    for reader in readers:
        program = reader.program
        wait_for(
            lambda: len(reader.lines(*words)) >= times, unread.awaited(reader, words, times), _DEADLINE,
            lambda: None if program.running else f"{reader.name} on {reader.host.name} ended with {program.how_it_ended}",
            lambda: unread.instead(reader, readers, words, times),
        )  # fmt: skip


def shown(readers: Sequence[Member], *words: str) -> Counts:
    """How many lines with all of these words each reader was shown."""
    return Counts({reader.name: len(reader.lines(*words)) for reader in readers})


def once(readers: Sequence[Member], times: int = 1) -> Counts:
    """What `shown` gives when each reader was shown it exactly once, or so many times."""
    return Counts({reader.name: times for reader in readers})


def only(readers: Sequence[Member], chosen: Member) -> Counts:
    """What `shown` gives when that one was shown it exactly once, and the others were not."""
    return Counts({reader.name: int(reader is chosen) for reader in readers})


def expect_shown(lab: Lab, readers: Sequence[Member], *words: str, times: int = 1) -> None:
    """States that each reader was shown exactly so many lines with all of these words."""
    what = f"lines with {' and '.join(map(repr, words))} that each is shown"
    hint = lambda: unread.datagrams(readers, words)  # noqa: E731
    lab.expect(shown(readers, *words), equals(once(readers, times)), what, whatever_lag=True, id="shown", hint=hint)


def say(lab: Lab, speaker: Member, text: str, readers: Sequence[Member], times: int = 1) -> None:
    """One says a line, and all readers are shown it, for this many times by now."""
    speaker.say(text)
    wait_shown(lab, readers, speaker.name, text, times=times)


def each_says(lab: Lab, text: str, members: Sequence[Member]) -> None:
    """Each of them says a line; states that all are shown each exactly once."""
    for member in members:
        say(lab, member, text, members)
    lab.let_arrive()
    for member in members:
        expect_shown(lab, members, member.name, text)


def leave(lab: Lab, *members: Member) -> None:
    """They leave one after another, at the end of their input."""
    for member in members:
        member.leave()
        lab.expect(member.program.wait(), ended, f"how {member.name} ends when it leaves", id="leaves")


def one_datagram_each(lab: Lab, room: ChatRoom, first: int = 0) -> None:
    """States that a datagram was sent for each deed in a room, from this one on."""
    for deed in room.deeds[first:]:
        lab.expect(room.sent_for(deed), equals(1), f"datagrams of {deed.host.name} to the room when {deed.what}", id="datagrams")
