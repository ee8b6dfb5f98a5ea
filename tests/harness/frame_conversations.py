"""Exchanges for tests: as a table states them, and as captures may show them."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Sequence

from hypothesis import strategies

from harness.evidence.frames.frame import CLIENT, SERVER, Frame, other
from harness.evidence.frames.reference import Reference

SYN = [Frame(CLIENT, "SYN", 0, 74), Frame(SERVER, "SYN, ACK", 0, 74), Frame(CLIENT, "ACK", 0, 66)]


def numbered(frames: Sequence[Frame]) -> list[Frame]:
    """The frames as a capture would show them: with numbers, and all acknowledged that the other side has sent so far."""
    sent = {CLIENT: 0, SERVER: 0}
    shown = []
    for number, frame in enumerate(frames, 1):
        if frame.kind != "TCP":
            shown.append(dataclasses.replace(frame, number=number, time=number / 1000))
            continue
        told = sent[other(frame.side)] if "ACK" in frame.flag_set else 0
        shown.append(dataclasses.replace(frame, number=number, time=number / 1000, sequence=sent[frame.side], acknowledged=told))
        sent[frame.side] += frame.consumes
    return shown


@strategies.composite
def references(draw: strategies.DrawFn) -> Reference:
    """A connection: a handshake, messages of both sides with or without ACKs of their own, and FINs of one side or both."""
    frames = list(SYN)
    for _ in range(draw(strategies.integers(1, 8))):
        side, size = draw(strategies.sampled_from([CLIENT, SERVER])), draw(strategies.integers(1, 1448))
        frames.append(Frame(side, "PSH, ACK", size, 66 + size))
        if draw(strategies.booleans()):
            frames.append(Frame(other(side), "ACK", 0, 66))
    for side in draw(strategies.sampled_from([[], [CLIENT], [SERVER], [CLIENT, SERVER]])):
        frames.append(Frame(side, "FIN, ACK", 0, 66, may_join=draw(strategies.booleans())))
        if draw(strategies.booleans()):
            frames.append(Frame(other(side), "ACK", 0, 66))
    frames = [dataclasses.replace(frame, number=number) for number, frame in enumerate(frames, 1)]
    return Reference("generated", "generated", tuple(frames))


def legal_variation(reference: Reference, chance: random.Random) -> list[Frame]:
    """The same exchange with other acknowledgements: some left out, some late, some more; FINs on data where they may be."""
    rows = list(reference.frames)
    kept: list[Frame] = []
    for i, row in enumerate(rows):
        later = any(one.side == row.side and "ACK" in one.flag_set for one in rows[i + 1 :])
        following = next((one for one in rows[i + 1 :] if one.consumes), None)
        handshake = i == 2 and following is not None and following.side == SERVER
        if row.pure_ack and later and not handshake and chance.random() < 0.4:
            continue
        kept.append(row)
        if chance.random() < 0.3 and i >= 2:
            kept.append(Frame(chance.choice([CLIENT, SERVER]), "ACK", 0, 66))
    for i in range(len(kept) - 2, 2, -1):  # ACKs shift past data of the other side
        ack, after = kept[i], kept[i + 1]
        if ack.pure_ack and after.side != ack.side and chance.random() < 0.5:
            kept[i], kept[i + 1] = after, ack
    for i in range(len(kept) - 1, 2, -1):  # FINs join the data before them
        fin, data = kept[i], kept[i - 1]
        if fin.may_join and not fin.payload and data.side == fin.side and data.payload and chance.random() < 0.5:
            kept[i - 1 : i + 1] = [dataclasses.replace(data, flags="FIN, PSH, ACK")]
    return numbered(kept)
