"""A caching proxy on h3, origins on h1 and elsewhere, and what clients on h2 ask through it (RFC 9110, RFC 9111)."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable, Iterable
from typing import Any

from harness import equals, same_bytes
from scenarios.services.kit import http_server
from scenarios.services.kit.http import PORT as ORIGIN
from scenarios.services.kit.http import Origin, Steps, answer, held, sent
from scenarios.services.kit.http_server import Reply, Request, Talk

PROXY = 3128
AUTHORITY = f"h1:{ORIGIN}"
KEPT = "Cache-Control: max-age=3600"
ONE, TWO = b"The tide is low.\n" * 40, b"The tide is high.\n" * 40
PICTURE = "/pictures/buoy.png"
TOOLS = {"curl": ("curl", "-sS", "-f", "-x", "{proxy}", "-o"), "wget": ("wget", "-q", "-t", "1", "-e", "use_proxy=yes", "-e", "http_proxy={proxy}", "-O")}


def http_proxy(lab: Any, cache: Any = None, port: int = PROXY, **parameters: Any) -> Any:
    """A proxy on h3 that listens. cache: the folder where it keeps what it keeps; a new one, if it can be told so and none is named."""
    if lab.takes("http-proxy", "cache"):
        parameters["cache"] = cache or lab.kept(f"cache-{port}")
    return lab.h3.start("http-proxy", port=port, **parameters).wait_listening(port)


def asking(target: str, method: str = "GET", authority: str = AUTHORITY, **given: Any) -> bytes:
    """A request that names a whole URL. given: as for http_server.request()."""
    fields: dict[str, Any] = {"host": authority, **given}
    return http_server.request(f"http://{authority}{target}", method, **fields)


def talk(lab: Any, *requests: Request, at: Any = None, together: bool = False, port: int = PROXY) -> list[Talk]:
    """What each brings from the proxy."""
    return http_server.talk(lab, *requests, at=at, together=together, port=port, to=lab.h3)


def talking(lab: Any, *requests: Request, at: Any = None, port: int = PROXY) -> Callable[[], list[Talk]]:
    """The same, all at once, and begun: what waits for their ends."""
    return http_server.talking(lab, *requests, at=at, together=True, port=port, to=lab.h3)


def ask(lab: Any, target: str, method: str = "GET", at: Any = None, **given: Any) -> Reply:
    """The reply to one request on a connection of its own. given: port of the proxy, or as for asking()."""
    port = given.pop("port", PROXY)
    return talk(lab, Request(asking(target, method, **given), [method]), at=at, port=port)[0].reply


def ask_path(lab: Any, target: str, at: Any = None, host: str = AUTHORITY) -> Reply:
    """The reply to a request for a path, as servers get it."""
    return talk(lab, Request(http_server.request(target, host=host)), at=at)[0].reply


def fetched(lab: Any, tool: str, url: str) -> tuple[int, bytes]:
    """What curl or wget on h2 makes of a URL through the proxy: its exit status, and what it saves."""
    file = pathlib.Path(lab.folder / f"{tool}.file")
    file.unlink(missing_ok=True)
    done = lab.h2.run(*(word.format(proxy=f"{lab.h3}:{PROXY}") for word in TOOLS[tool]), file, url, check=False)
    return done.status, file.read_bytes() if file.exists() else b""


def ask_each(lab: Any, targets: Iterable[str], **given: Any) -> list[Reply]:
    """The replies to GETs, each on a connection of its own, one after the other."""
    return [one.reply for one in talk(lab, *(Request(asking(target, **given)) for target in targets))]


def asked(origin: Origin, target: str) -> int:
    """How often an origin was asked for a target, in whichever form."""
    return sum(one.target in (target, f"http://{AUTHORITY}{target}") for one in origin.requests)


def date(seconds: int = 0) -> str:
    """For an origin's fields: the moment that is so many seconds from when it is sent."""
    return f"{{date {seconds:+d}}}"


def dated(body: bytes, *fields: str, status: str = "200 OK", end: str = "") -> Steps:
    """An answer that tells its date: now."""
    return answer(body, *([] if any(field.startswith("Date:") for field in fields) else [f"Date: {date()}"]), *fields, status=status, end=end)


def serves(lab: Any, reply: Reply, content: bytes, what: str, server: Any = None, should: bool = False) -> None:
    """The reply is 200 with these bytes, in one sentence."""
    right = reply.status == 200 and reply.whole and reply.body == content
    names = {ONE: "the first version", TWO: "the second version", content: "what it is to be"}
    found = "200 with what it is to be" if right else f"{reply.status or 'no reply'} with {names.get(reply.body, f'{len(reply.body):,} other bytes')}"
    hint = server.state if server else ""
    lab.expect(found, equals("200 with what it is to be"), f"what comes for {what}", id="served", hint=hint, should=should)


def exact(lab: Any, reply: Reply, content: bytes, what: str, server: Any = None, status: int = 200, should: bool = False) -> None:
    """The reply has this status and these bytes, each by an expectation of its own."""
    hint = server.state if server else ""
    lab.expect(reply.status, equals(status), f"status of {what}", id="status", hint=hint, should=should)
    lab.expect(reply.body, same_bytes(content), f"the body of {what}", id="body", hint=hint, should=should)
    lab.expect(reply.whole, equals(True), f"{what}: the body comes to its end", id="whole", should=should)


def counted(lab: Any, origin: Origin, target: str, count: int, what: str) -> None:
    """The origin was asked so often for a target."""
    lab.expect(asked(origin, target), equals(count), f"requests of the origin for {target}: {what}", id="asked")


@dataclasses.dataclass
class Gate:
    """Holds an origin's answers back until it is opened."""

    lab: Any
    name: str = "gate"

    def __post_init__(self) -> None:
        self.file = self.lab.folder / f"{self.name}.open"

    def behind(self, steps: Steps) -> Steps:
        """The answer, once it is open."""
        return held(self.file, *steps)

    def within(self, body: bytes, *fields: str, before: int) -> Steps:
        """An answer of which so many bytes of the body come at once, and the rest by and by, once it is open."""
        [first] = answer(body[:before], f"Date: {date()}", f"Content-Length: {len(body)}", *fields, length=None)
        return [first, {"hold": str(self.file)}, sent(body[before:], each=1 + len(body) // 8, pause=0.01)]

    def open(self) -> None:
        self.file.touch()


def arrived(lab: Any, target: str, count: int) -> None:
    """Waits until so many requests for a target have come to the proxy's host."""
    text = f'ip.dst == {lab.h3} && http_message.target == "http://{AUTHORITY}{target}"'
    lab.until(lambda: len(lab.packets(lab.h3, text)) >= count, f"{count} requests for {target} to come to {lab.h3.name}")
