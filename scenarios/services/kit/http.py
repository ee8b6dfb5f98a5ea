"""HTTP origins and proxies that send exactly what a question wants, what they were asked, and what a client made of it."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import posixpath
import re
import sys
from collections.abc import Callable
from typing import Any

from harness import ProgramFault
from scenarios.services.kit.saved import ELSEWHERE, matter

AGENT = pathlib.Path(__file__).parents[1] / "agents/http_origin.py"
PORT, PATIENCE = 8000, 25  # s; what a client may take for anything
LETTER = b"Dear reader,\r\nthis is all there is.\n"
Steps = list[dict[str, Any]]


def sent(data: bytes | str, each: int = 0, pause: float = 0.0) -> dict[str, Any]:
    """A step of an answer: these bytes; each: so many at a time, pause: seconds between them."""
    return {"send": data if isinstance(data, str) else data.decode("latin-1"), "each": each, "pause": pause}


def answer(body: bytes = b"", *headers: str, status: str = "200 OK", end: str = "", length: int | None = -1) -> Steps:
    """An answer with its length, or another one, or without any (None). end: close (FIN), reset, silent; without it as HTTP has it."""
    fields = [f"Content-Length: {len(body) if length == -1 else length}"] if length is not None else []
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers, *fields, "", ""])
    return [sent(head.encode("latin-1") + body), *([{"end": end}] if end else [])]


def held(file: pathlib.Path, *steps: dict[str, Any]) -> Steps:
    """These steps, as soon as there is a file of that name."""
    return [{"hold": str(file)}, *steps]


def moved(location: str, status: str = "302 Found", *headers: str, field: str = "Location") -> Steps:
    """A redirect with a page that nobody wants."""
    return answer(ELSEWHERE, f"{field}: {location}", *headers, status=status)


def forwarding(lab: Any) -> dict[str, Steps]:
    """The table of a proxy that asks the lab's hosts."""
    return {"*": [{"forward": {host.name: host.address for host in lab.hosts.values()}}]}


def chunked(data: bytes, *sizes: int, extension: str = "", trailers: str = "") -> bytes:
    """The chunked coding of data, in chunks of these sizes and one of the rest."""
    coded, at = b"", 0
    for size in [*sizes, len(data) - sum(sizes)]:
        coded += f"{size:x}{extension}\r\n".encode() + data[at : at + size] + b"\r\n" if size else b""
        at += size
    return coded + f"0{extension}\r\n{trailers}\r\n".encode("latin-1")


def in_chunks(coded: bytes, data: bytes, *headers: str, end: str = "", field: str = "Transfer-Encoding") -> list[list[Any]]:
    """Variants: an answer in the chunked coding; who speaks HTTP/1.0 does not know it, and gets data until the end."""
    steps = answer(coded, *headers, f"{field}: chunked", length=None, end=end)
    return [["^GET [^ ]+ HTTP/1\\.0", answer(data, *headers, length=None, end=end or "close")], ["", steps]]


@dataclasses.dataclass(frozen=True)
class Request:
    """at: seconds since the epoch."""

    head: str
    port: int
    connection: int
    at: float
    body: bytes = b""

    @property
    def lines(self) -> list[str]:
        """Without their ends, be it CRLF or, as some write, LF."""
        return self.head.rstrip("\r\n").replace("\r\n", "\n").split("\n")

    @property
    def target(self) -> str:
        return (self.lines[0].split() + ["", ""])[1]

    def values(self, name: str) -> list[str]:
        """Of all fields of that name."""
        fields = (line.partition(":") for line in self.lines[1:])
        return [value.strip() for key, _, value in fields if key.lower() == name.lower()]


class Origin:
    """On a host: target → steps, variants of them ([regular expression, steps]), or several for one request after the other."""

    def __init__(self, lab: Any, host: Any, table: dict[str, Any], *ports: int, address: str = "0.0.0.0") -> None:
        number = sum(program.name.startswith(f"{host.name}-origin") for program in lab.programs)
        files = [lab.folder / f"{host.name}-origin-{number}.{kind}" for kind in ("table", "journal")]
        files[0].write_text(json.dumps({target: _turns(steps) for target, steps in table.items()}))
        self._journal = files[1]
        self.program = host.start_command(sys.executable, AGENT, *files, address, *(ports or (PORT,)), name="origin")
        self.program.wait_for_text("ready", stream="stdout", deadline=20)

    @property
    def requests(self) -> list[Request]:
        """All of them so far."""
        found = (json.loads(line) for line in self._journal.read_text(encoding="utf-8").splitlines())
        return [Request(one["head"], one["port"], one["connection"], one["at"], one["body"].encode("latin-1")) for one in found]

    def asked(self, target: str) -> list[Request]:
        """Those for a target."""
        return [one for one in self.requests if one.target == target]

    @property
    def last(self) -> Request:
        """The last one. Raises ProgramFault where there was none."""
        if not self.requests:
            raise ProgramFault(f"nobody has asked {self.program}")
        return self.requests[-1]

    def between(self, target: str) -> float:
        """Seconds from the first request for a target to the last."""
        moments = [one.at for one in self.asked(target)]
        return moments[-1] - moments[0] if moments else 0.0

    @property
    def targets(self) -> list[str]:
        return [one.target for one in self.requests]


def _turns(steps: Any) -> Any:
    """What one or more requests get, each as variants."""
    if isinstance(steps[0], dict):
        return [[["", steps]]]
    if isinstance(steps[0][0], str):
        return [steps]
    return [[["", turn]] if isinstance(turn[0], dict) else turn for turn in steps]


@dataclasses.dataclass(frozen=True)
class Fetched:
    """A client that has ended. file: where it was to save; prints: whether it is somebody's that cannot be told so, and may print it."""

    program: Any
    file: pathlib.Path
    log: pathlib.Path
    prints: bool

    @property
    def status(self) -> Any:
        return self.program.status

    @property
    def kept(self) -> bytes | None:
        """What it has saved as that file, or under the URL's own name; None where it has not."""
        return self.file.read_bytes() if self.program.has_left(self.file) else None

    @property
    def saved(self) -> bytes:
        """The same; of a client that saves to no file what it has printed, and of nothing nothing."""
        kept = self.kept
        return kept if kept is not None else self.program.output_bytes if self.prints else b""

    @property
    def logged(self) -> str:
        """The log of headers; empty when there is none."""
        return self.log.read_bytes().decode("utf-8", "replace") if self.program.has_left(self.log) else ""

    def logs(self, field: str) -> bool:
        """Whether a field stands there, its name and its value, in whatever form."""
        name, _, value = field.partition(": ")
        return name.lower() in self.logged.lower() and value in self.logged

    @property
    def said(self) -> str:
        return f"{self.program.output}\n{self.program.errors}"

    def complains(self, whole: Fetched) -> bool:
        """Whether anybody can tell that something went wrong: by its status, by words beside the file that it does not use of a whole one, or
        for want of a file."""
        return self.status != 0 or bool(self._words - whole._words) or (self.kept is None and not self.saved)

    @property
    def _words(self) -> set[str]:
        """Those on its standard error, without the file's name."""
        return set(re.findall(r"[^\W\d_]{3,}", self.program.errors.replace(self.file.name, "")))

    def against(self, wanted: bytes) -> Callable[[], str]:
        """For who reads that this is not what it has saved: what is the matter with it, and how the client is."""
        return lambda: "; ".join([*matter(self.saved, wanted, self.kept is None, self.program.ended - self.program.started), self.program.state()])


def client(lab: Any, url: str, origin: Origin | None = None, most: int = 0, **parameters: Any) -> Fetched:
    """Runs a client on h2 to its end, or until it has asked an origin more often than that. It saves under the last name of the URL's path,
    as those do by themselves who have no {output}."""
    name = posixpath.basename(url.partition("?")[0].partition("#")[0].rpartition("://")[2].partition("/")[2]) or "index.html"
    folder = lab.folder / f"saved-{1 + sum(1 for _ in lab.folder.glob('saved-*'))}"
    folder.mkdir()
    given = {"output": folder / name, "log": folder / "headers.log", **parameters}
    program = lab.h2.start("http-client", url=url, **given)
    if origin:
        most += len(origin.requests)
        if lab.soon(lambda: not program.running or len(origin.requests) > most, PATIENCE) and program.running:
            program.stop()
    program.wait(PATIENCE)
    return Fetched(program, given["output"], given["log"], not lab.passes("http-client", "output"))


def fetch(lab: Any, target: str, **parameters: Any) -> Fetched:
    """The same for a target of the origin on h1."""
    return client(lab, f"http://h1:{PORT}{target}", **parameters)


def once(lab: Any) -> dict[str, Any]:
    """Parameters for one attempt and no more, where it can be told."""
    return {"tries": 1} if lab.takes("http-client", "tries") else {}

