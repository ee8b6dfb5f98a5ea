"""Load balancers on h1: their file, nodes behind them that do as they are told, and crowds of clients in front of them."""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import json
import pathlib
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from harness import ProgramFault, equals
from scenarios.services.kit.http import Request
from scenarios.services.kit.http_server import AGENTS, PORT, Reply, site

NODE_PORTS = {"h3": 8001, "h4": 8002, "h5": 8003}
CHECKS: dict[str, Any] = {"check_path": "/health", "check_interval": 0.1, "check_timeout": 0.5, "rise": 2, "fall": 2}
Table = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Body:
    """What came to a node behind a head."""

    target: str
    sha256: str
    length: int


class Node:
    """On a host: what it is asked is answered by its table (agents/http_node.py), by default by its name and what was asked."""

    def __init__(self, lab: Any, host: Any, table: Table | None = None) -> None:
        self._lab, self.host, self.name, self.port = lab, host, host.name, NODE_PORTS[host.name]
        self._journal = lab.folder / f"{host.name}-node.journal"
        self._table = table or {}
        self.start()

    def start(self) -> None:
        """It listens, or does again after it was killed."""
        self.program = self.host.start_command(sys.executable, "-IS", AGENTS / "http_node.py", self.name, self.port, self._journal, name="node")
        self.program.wait_listening(self.port)
        self.table(self._table)

    def kill(self) -> None:
        self.program.signal("SIGKILL")
        self.program.wait()

    def table(self, table: Table) -> None:
        self._table = table
        self._order(do="table", table=table)

    def release(self) -> None:
        """Answers that are held go."""
        self._order(do="release")

    @property
    def state(self) -> dict[str, int]:
        """open (connections), held and due (answers), most (that were due at once), received (bytes of bodies)."""
        return self._order(do="state")

    def _order(self, **order: Any) -> dict[str, int]:
        return json.loads(self.program.ask(json.dumps(order)))

    def _lines(self) -> Iterable[dict[str, Any]]:
        if not self._journal.exists():
            return ()
        whole, _, _ = self._journal.read_text(encoding="utf-8").rpartition("\n")  # behind it, a line may be half written
        return map(json.loads, whole.splitlines())

    @property
    def requests(self) -> list[Request]:
        """All so far, checks too. connection: the port of the balancer's end."""
        return [Request(one["head"], self.port, one["peer"][1], one["at"]) for one in self._lines() if "head" in one]

    def asked(self, target: str) -> list[Request]:
        return [one for one in self.requests if one.target == target]

    def first(self, target: str) -> Request:
        """The first one for a target. Raises ProgramFault where nobody has asked for it."""
        if not (found := self.asked(target)):
            raise ProgramFault(f"nobody has asked {self.name} for {target}")
        return found[0]

    @property
    def bodies(self) -> list[Body]:
        return [Body(one["target"], one["sha256"], one["length"]) for one in self._lines() if "sha256" in one]


def nodes(lab: Any, *hosts: str, table: Table | None = None) -> list[Node]:
    return [Node(lab, getattr(lab, name), table) for name in hosts]


def servers(lab: Any, *hosts: str) -> None:
    """HTTP servers of a folder each: the same files, and the host's own name in who.txt."""
    for name in hosts:
        root = site()
        (root / "who.txt").write_bytes(own_name(name))
        (root / "who.txt").chmod(0o644)
        getattr(lab, name).start("http-server", root=root, port=NODE_PORTS[name]).wait_listening(NODE_PORTS[name])


def own_name(host: str) -> bytes:
    return f"this is {host}\n".encode()


def config(lab: Any, *hosts: str, keys: dict[str, Any] | None = None, each: dict[str, dict[str, Any]] | None = None) -> pathlib.Path:
    """Writes config.ini, over what stood there. keys: of [balancer]; each: host → further keys of its node."""
    lines = []
    for number, name in enumerate(hosts, 1):
        own = {"host": getattr(lab, name), "port": NODE_PORTS[name], **(each or {}).get(name, {})}
        lines += [f"[nodo{number}]", *(f"{key} = {value}" for key, value in own.items()), ""]
    if keys:
        lines += ["[balancer]", *(f"{key} = {value}" for key, value in keys.items()), ""]
    return written(lab, "\n".join(lines))


def written(lab: Any, text: str) -> pathlib.Path:
    """config.ini with this text. The file stays the one that a sandbox shows."""
    file = pathlib.Path(lab.folder / "config.ini")
    file.write_text(text, encoding="utf-8")
    file.chmod(0o644)
    return file


def http_balancer(lab: Any, **parameters: Any) -> Any:
    """A balancer on h1 that listens. config or extended: its file."""
    return lab.h1.start("http-balancer", port=PORT, **parameters).wait_listening(PORT)


@dataclasses.dataclass(frozen=True)
class Got:
    """What a client got: status 0 where there was no answer, and why. at: seconds since the epoch."""

    target: str
    status: int
    node: str
    body: str
    cookie: str
    why: str
    at: float

    @property
    def failed(self) -> str:
        """In words; empty where it is 200."""
        return "" if self.status == 200 else f"{self.target}: {self.status or self.why}"


class Crowd:
    """Clients on h2 that ask the balancer until they are told to stop (each=0), or so many times each."""

    def __init__(self, lab: Any, targets: Sequence[str], workers: int = 1, each: int = 0, method: str = "GET", **given: Any) -> None:
        self._lab, words = lab, {"targets": list(targets), "workers": workers, "each": each, "method": method, **given}
        self.program = lab.h2.start_command(sys.executable, "-IS", AGENTS / "http_crowd.py", lab.h1, PORT, name="crowd")
        self.program.type(json.dumps(words) + "\n")
        self._waits = workers * max(1, each)

    def begun(self) -> "Crowd":
        """Waits until one of them got an answer."""
        self.program.wait_for_text("^begun", deadline=20)
        return self

    def stop(self) -> list[Got]:
        self.program.type("\n")
        return self.end()

    def end(self) -> list[Got]:
        """Waits for all answers."""
        self.program.wait(30 + self._waits)
        found = [Got(**one) for one in json.loads(self.program.output.splitlines()[-1])]
        who = ", ".join(f"{name or 'nobody'} {number}" for name, number in sorted(collections.Counter(one.node for one in found).items()))
        self._lab.tell("note", "h2", "crowd", f"{len(found)} requests, answered by: {who}")
        return found


def ask_all(lab: Any, target: str, count: int, workers: int = 1, **given: Any) -> list[Got]:
    """So many requests, one after the other, or by several clients."""
    return Crowd(lab, [target], workers, count // workers, **given).end()


def failures(found: Iterable[Got]) -> list[str]:
    """Requests that were not answered by 200, in words."""
    return [one.failed for one in found if one.failed]


def shares(found: Iterable[Got]) -> collections.Counter[str]:
    """How many each node has answered."""
    return collections.Counter(one.node for one in found if one.status == 200)


def first_request(lab: Any, balancer: Any) -> None:
    """The step without which nothing else can be asked: one request, one answer."""
    with lab.step("A request", id="first"):
        [one] = ask_all(lab, "/first", 1)
        lab.expect(one.failed, equals(""), "what is wrong with its answer", id="status", hint=balancer.state)
        lab.expect(one.body, equals(f"{one.node} GET /first\n"), "the answer, which a node gave", id="body", hint=balancer.state)


def sized(name: str, size: int) -> bytes:
    """A body of so many bytes, as a node makes it."""
    return (f"{name}\n".encode() * (size // (len(name) + 1) + 1))[:size]


def summary(body: bytes) -> str:
    """Of a long body what a crowd tells: length and SHA-256."""
    return f"{len(body)} {hashlib.sha256(body).hexdigest()}"


def raw(*lines: str, body: str = "") -> dict[str, str]:
    """An answer as it is, right or wrong."""
    return {"raw": "\r\n".join([*lines, "", body])}


def in_words(reply: Reply) -> str:
    return f"{reply.status or 'no reply'}{'' if reply.whole or not reply.status else ', not whole'}"



def told_of(node: Node, page: Reply) -> str:
    """What a status page says of a node: from its address to the next one's, without markup."""
    text = re.sub(r"(?s)<(style|script|head)\b.*?</\1>|<[^>]*>", " ", page.body.decode("utf-8", "replace"))
    behind = text.partition(f"{node.host}:{node.port}")[2]
    return re.split(r"\d+\.\d+\.\d+\.\d+:\d+", behind)[0]
