"""What a worker tells its runner while it works, a line of JSON each, through a pipe that nobody else holds.

It tells as it goes, so that what was judged is known even if it ends without its last word, the result as a whole.
"""

from __future__ import annotations

import dataclasses
import json
import os
from typing import Any

from harness.judge.records import build
from harness.judge.result import Result

_GROWING = ("expectations", "measurements", "transcript")


class Teller:
    """The worker's end. descriptor: of the pipe."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._pending = descriptor, bytearray()
        self._told = dict.fromkeys(_GROWING, 0)

    def phase(self, text: str) -> None:
        """What it does now, in a word."""
        self._send({"event": "phase", "text": text})

    def facts(self, **fields: Any) -> None:
        """Fields of the result that are known now."""
        self._send({"event": "facts", "fields": {name: _plain(value) for name, value in fields.items()}})

    def rows(self, holder: Any) -> None:
        """What has been added to the growing lists of the lab, or of the result, since the last time."""
        news = {name: getattr(holder, name)[self._told[name] :] for name in _GROWING}
        for name, rows in news.items():
            self._told[name] += len(rows)
        self._send({"event": "rows", "rows": {name: _plain(rows) for name, rows in news.items() if rows}})

    def result(self, result: Result) -> None:
        """All of it; the last word."""
        self._send({"event": "result", "result": result.to_json()}, wait=True)

    def _send(self, message: dict[str, Any], wait: bool = False) -> None:
        """Sends what the pipe takes, and keeps the rest for the next time: a runner that somebody halted (Ctrl+Z) halts no scenario.
        wait: until all is sent."""
        self._pending += (json.dumps(message, default=str) + "\n").encode()
        os.set_blocking(self._descriptor, wait)
        while self._pending:
            try:
                del self._pending[: os.write(self._descriptor, self._pending)]
            except BlockingIOError:
                return


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) else value


class Listener:
    """The runner's end. phase: what the worker does; result: all that it knows, once it has said so."""

    def __init__(self) -> None:
        self.phase = "starting"
        self.result: Result | None = None
        self._line = b""
        self._fields: dict[str, Any] = {}
        self._rows: dict[str, list[Any]] = {name: [] for name in _GROWING}

    def hear(self, data: bytes) -> None:
        """Takes what came through the pipe, wherever it was cut. Raises ValueError or TypeError for what is no message."""
        *lines, self._line = (self._line + data).split(b"\n")
        for line in lines:
            if line:
                self._take(json.loads(line))

    def _take(self, message: dict[str, Any]) -> None:
        event = message["event"]
        if event == "phase":
            self.phase = message["text"]
        elif event == "facts":
            self._fields |= message["fields"]
        elif event == "rows":
            for name, rows in message["rows"].items():
                self._rows[name] += rows
        elif event == "result":
            self.result = Result.from_json(message["result"])

    def so_far(self, id: str) -> Result:  # noqa: A002 - the field's name
        """What is known without the last word."""
        return build(Result, {"id": id, **self._fields, **self._rows})
