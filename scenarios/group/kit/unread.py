"""What happened in a chat in place of a line being shown, for who reads that it was not, or not as often as it should be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.evidence.capture.packets import Packets
from harness.stage import sockets
from harness.stage.standing import listening
from harness.world.network.membership import told

if TYPE_CHECKING:
    from harness.stage.host import Host
    from scenarios.group.kit.chat import ChatRoom, Deed, Member

_MOST = 3  # datagrams, lines
_TEXT, _LINE = 200, 60  # characters


def awaited(reader: Member, words: Sequence[str], times: int) -> str:
    """What a reader should be shown, after what."""
    lines = "a line" if times == 1 else f"{times} lines"
    after = f" after {reader.room.deeds[-1].what}" if reader.room.deeds else ""
    return f"{reader.name} to read {lines} with {' and '.join(repr(word[:40]) for word in words)}{after}"


def instead(reader: Member, readers: Sequence[Member], words: Sequence[str], times: int) -> str:
    """The end of a sentence: whether a datagram left the speaker's host and came to the reader's, what the reader printed, who else was
    shown it, and where the reader is bound and a member."""
    deed = reader.room.deeds[-1]
    facts = [_sent(reader.room, deed) + _came(reader, deed), _printed(reader, deed)]
    others = [other for other in readers if other is not reader]
    for read, what in ((True, "read it"), (False, "did not read it either")):
        names = [other.name for other in others if (len(other.lines(*words)) >= times) is read]
        facts += [f"{', '.join(names)} {what}"] if names else []
    return f": {'; '.join([*facts, place(reader)])}"


def _sent(room: ChatRoom, deed: Deed) -> str:
    """The datagrams that a deed's host has sent since."""
    sent = room.sent_by(deed.host, since=deed.begin)
    if len(sent):
        return f"{deed.host.name} sent {counted(sent)} to {room}"
    every = room.lab.packets(deed.host, f"udp and !icmp and eth.src == {deed.host.mac} and frame.time_epoch >= {deed.begin:.6f}")
    targets = sorted({f"{one.destination} port {one['udp.dstport']}" for one in every})
    return f"{deed.host.name} sent no datagram to {room}" + (f", but to {' and '.join(targets[:_MOST])}" if targets else "")


def _came(reader: Member, deed: Deed) -> str:
    """How many of them have come to the reader's host."""
    room, host = reader.room, reader.host
    sources = {one.source for one in room.sent_by(deed.host, since=deed.begin)}
    if not sources:
        return ""
    if host is deed.host:
        return ", of which its own members get copies if the sender left IP_MULTICAST_LOOP on"
    came = room.lab.packets(host, f"{room.filter} and eth.src != {host.mac} and frame.time_epoch >= {deed.begin:.6f}")
    count = sum(one.source in sources for one in came)
    return f", {count or 'none'} came to {host.name}"


def counted(packets: Packets) -> str:
    """ "2 datagrams ('ana: hello', 'ana: hello')"."""
    infos = [repr(packets.info_of(row)[:_TEXT]) for row in range(min(len(packets), _MOST))]
    more = ", …" if len(packets) > _MOST else ""
    return f"{len(packets)} datagram{'' if len(packets) == 1 else 's'}" + (f" ({', '.join(infos)}{more})" if infos else "")


def _printed(reader: Member, deed: Deed) -> str:
    """What a reader printed since a deed."""
    text = reader.program.output[deed.printed.get(reader.name, 0) :]
    return f"{reader.name} printed " + (repr(text[:_TEXT]) if text else "nothing") + " since"


def place(member: Member) -> str:
    """Where a member's program is bound, and the groups that its host has joined."""
    program = member.program
    how = f"runs, and listens on {listening(program)}" if program.running else f"ended with {program.how_it_ended}"
    return f"{member.name}'s program {how}; " + told(member.host.node)


def holders(host: Host, port: int) -> str:
    """Which sockets on a host are bound to a UDP port, and whose they are: who still may hold its memberships. What a program of the room
    left behind is named with it."""
    bound = [row for row in sockets.sockets(host.pid, "udp") if row.port == port]
    count = f"{len(bound) or 'no'} UDP socket{'' if len(bound) == 1 else 's'} bound to port {port} on {host.name}"
    return f"{count}{''.join(f', {one}' for one in _owners(host, bound))}; {told(host.node)}"


def _owners(host: Host, bound: Sequence[sockets.Socket]) -> list[str]:
    """Whose these sockets are."""
    found = []
    for program in (one for one in host.lab.programs if one.host is host):
        family = list(getattr(program, "family", []))
        if not any(sockets.held_by({row.inode}, family) for row in bound):
            continue
        ended = f"which {program.name}, though it has ended ({program.how_it_ended}), left behind in a process that it started"
        found.append(f"held by {program.name}, which still runs" if program.running else ended)
    return found


def datagrams(readers: Sequence[Member], words: Sequence[str]) -> str:
    """The last lines with these words that readers were shown, and how many datagrams were sent for the last deeds that showed them."""
    printed = {reader.name: [repr(line[:_LINE]) for line in reader.lines(*words)[-_MOST:]] for reader in readers}
    facts = [f"{name} printed {', '.join(lines)}" for name, lines in printed.items() if lines]
    for room in {id(reader.room): reader.room for reader in readers}.values():
        deeds = [deed for deed in room.deeds if deed.who == words[0] and (len(words) == 1 or words[1] in deed.said)]
        facts += [f"when {deed.what}, {deed.host.name} sent {counted(room.sent_for(deed))} to {room}" for deed in deeds[-_MOST:]]
    return "; ".join(facts)
