"""What a lab can expect of frames, sockets and system calls; a part of harness.lab.Lab."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harness.capture.packets import Packets
from harness.frames import reference as tables
from harness.frames.frame import Frame
from harness.frames.match import Comparison, compare
from harness.frames.observe import SeveralConnections, exchange
from harness.frames.show import rows, side_by_side
from harness.host.socket_tables import SocketRow, SocketTable, describe, pair
from harness.result import ExpectationResult
from harness.trace import causes
from harness.trace.causes import Causes
from harness.waiting import DeadlinePassed, wait_for

if TYPE_CHECKING:
    from harness.host.host import Host
    from harness.host.program import Program


_MOST_LINES = 40


class FrameExpectations:
    """Methods of Lab."""

    packets: Any
    _conclude: Any

    def exchange(
        self, capture: "str | Host | Packets", client: "str | Host", server: "str | Host", port: int | None = None,
        connection: int | None = None,
    ) -> list[Frame]:  # fmt: skip
        """The frames between two hosts, as harness.frames.frame.Frame. port: the server's; connection: the n-th TCP
        connection between them, from 0, needed when there are several."""
        return exchange(self._packets_of(capture), str(client), str(server), port, connection)

    def expect_frames(
        self, reference: str, capture: "str | Host | Packets", client: "str | Host", server: "str | Host",
        port: int | None = None, connection: int | None = None, what: str = "", deadline: float = 1,
    ) -> bool:  # fmt: skip
        """States that an exchange is the one of captures/reference/<reference>.toml: flags, directions, lengths, order. Only
        acknowledgements may differ as TCP permits (harness.frames.match). capture: a host, an interface or packets; with the
        first two, what is still missing (a delayed ACK) is waited for until the deadline, in seconds."""
        table = tables.load(reference)
        kinds = table.kinds | {"TCP", "ICMP"}

        def measure() -> tuple[Packets, Comparison | str]:
            packets = self._packets_of(capture)
            try:
                return packets, compare(table, exchange(packets, str(client), str(server), port, connection, kinds))
            except SeveralConnections as error:
                return packets, str(error)

        def agrees() -> bool:
            comparison = measure()[1]
            return isinstance(comparison, Comparison) and comparison.agree

        if not isinstance(capture, Packets):
            with contextlib.suppress(DeadlinePassed):
                wait_for(agrees, reference, deadline)
        packets, comparison = measure()
        row = ExpectationResult(
            what or f"{packets.interface}: {table.title}", f"the {len(table.frames)} frames of {reference}", "", False,
            "ACKs as TCP permits", "",
        )  # fmt: skip
        if isinstance(comparison, str):
            row.found = comparison
            return self._conclude(row, packets)
        found = [line.found for line in comparison.lines if line.found]
        row.passed = comparison.agree
        row.comparison = rows(comparison)
        if comparison.agree:
            row.found = f"the same, in {len(found)} frames"
        else:
            row.found = f"{len(found)} frames: {'; '.join(comparison.problems[:4])}\n{side_by_side(comparison)}"
        numbers = ", ".join(str(frame.number) for frame in found[:100])
        shown = packets.where(f"frame.number in {{{numbers}}}") if numbers else packets
        return self._conclude(row, shown)

    def expect_sockets(self, table: SocketTable | list[SocketRow], wanted: Sequence[dict[str, Any]], what: str) -> bool:
        """States that a table of netstat, lsof or ss (or the rows that its where() chose) has a row for each description and no
        other row. A description says what fields must be: ``dict(state="LISTEN", pid=server)``."""
        lines = list(table)
        expected = "\n".join(describe(one) for one in wanted) or "no line"
        source = f" of {table.command}" if isinstance(table, SocketTable) else ""
        found = f"{len(lines)} line{'' if len(lines) == 1 else 's'}{source}"
        row = ExpectationResult(what, expected, found, pair(lines, wanted), "exact", "")
        if not row.passed:
            shown = [line.text.rstrip() for line in lines[:_MOST_LINES]]
            row.found = "\n".join([found, *shown, *(["…"] if len(lines) > _MOST_LINES else [])])
        return self._conclude(row, None)

    def causes(
        self, capture: "str | Host | Packets", client: "Program", server: "Program", port: int | None = None,
        connection: int | None = None,
    ) -> Causes:  # fmt: skip
        """Ties each frame of a connection to the system call behind it. client and server: programs started with traced=True;
        for the other arguments see exchange(). A program that has ended is known to the end; one that runs, so far."""
        frames = exchange(self._packets_of(capture), str(client.host), str(server.host), port, connection, {"TCP"})
        return causes.find(frames, client.calls(), server.calls(), (str(client.host), str(server.host)))

    def expect_causes(self, found: Causes, wanted: str | Sequence[tuple[str, str]], what: str) -> bool:
        """States which call makes which frame: those of a reference table, or pairs of side and call, and the frame:
        ``("client shutdown", "FIN, ACK")``. Acknowledgements are the kernel's, and are not asked for."""
        if isinstance(wanted, str):
            rows = [row for row in tables.load(wanted).frames if not row.pure_ack]
            expected = [f"{row.side} {row.cause} → {row.label}" for row in rows]
        else:
            expected = [f"{who} → {frame}" for who, frame in wanted]
        seen = [one.text for one in found.telling]
        if isinstance(wanted, str) and seen[: len(expected)] == expected:
            follow = [f"{row.side} {row.cause} → {row.label}" for row in tables.load(wanted).may_follow if not row.pure_ack]
            if seen[len(expected) :] == follow[: len(seen) - len(expected)]:
                expected = seen
        row = ExpectationResult(what, "\n".join(expected), "\n".join(seen) or "no frame", seen == expected, "exact", "")
        return self._conclude(row, None)

    def _packets_of(self, capture: "str | Host | Packets") -> Packets:
        return capture if isinstance(capture, Packets) else self.packets(capture)
