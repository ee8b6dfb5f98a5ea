"""HTTP servers on h1, and what they are asked byte by byte: a folder of files, requests, and the replies to them (RFC 9110, RFC 9112)."""

from __future__ import annotations

import dataclasses
import email.utils
import json
import math
import pathlib
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from harness import equals, matches, same_bytes
from harness.judge.expect import Matcher

PORT = 8080
AGENTS = pathlib.Path(__file__).parents[1] / "agents"
PAGES = pathlib.Path(__file__).parents[1] / "pages"
NOWHERE = "/nobody/is-here.html"
TOOLS = {"curl": ("curl", "-sS", "-f", "-m", "8", "-o"), "wget": ("wget", "-q", "-t", "1", "-T", "8", "-O")}
_SECONDS = 5.0


@dataclasses.dataclass(frozen=True)
class Reply:
    """What answers a request. fields: names in small letters, those that come twice joined by ", "; framed: by what the end of its body is known
    (length, chunked, close, none); whole: whether the body came to that end; instead: where it is no reply, what came, in words."""

    first: str = ""
    version: str = ""
    status: int = 0
    fields: dict[str, str] = dataclasses.field(default_factory=dict)
    body: bytes = b""
    framed: str = ""
    whole: bool = False
    instead: str = "no reply"

    @property
    def told(self) -> int | str:
        """The status; where there is none, what came instead."""
        return self.status or self.instead

    @property
    def end(self) -> str:
        """How its body ends: "whole", or what is wrong with that."""
        told = self.fields.get("content-length", "")
        short = f"{len(self.body):,} bytes came, Content-Length says {told}" if self.framed == "length" else "the last chunk did not come"
        return "whole" if self.whole else short if self.first else self.instead

    @property
    def type(self) -> str:
        """The media type, without parameters."""
        return self.fields.get("content-type", "").partition(";")[0].strip().lower()

    def __str__(self) -> str:
        return f"{self.first or 'no reply'}, {len(self.body):,} bytes of {self.type or 'no type'}" if self.first else "no reply"


@dataclasses.dataclass(frozen=True)
class Talk:
    """What a connection brought. rest: what came behind the replies; ended: "FIN", "reset", "" or what the system said, as far as its end
    was waited for; seconds: how long it took."""

    replies: tuple[Reply, ...]
    rest: bytes
    ended: str
    seconds: float

    @property
    def reply(self) -> Reply:
        """The first one, without anything in it where there is none."""
        return self.replies[0] if self.replies else Reply(instead=no_reply(self.rest, self.ended))

    @property
    def statuses(self) -> list[int]:
        return [one.status for one in self.replies]


@dataclasses.dataclass(frozen=True)
class Request:
    """What is sent on a connection of its own. methods: a reply is read for each; closes: whether the server's end is waited for; pause:
    seconds behind each piece, so that the next comes in a segment of its own."""

    sent: bytes | Sequence[bytes]
    methods: Sequence[str] = ("GET",)
    closes: bool = False
    seconds: float = _SECONDS
    pause: float = 0.0


def request(target: str, method: str = "GET", version: str = "1.1", body: bytes = b"", keep: bool = False, **fields: Any) -> bytes:
    """A request's bytes, with Host, and with Connection: close unless it is to be kept. fields: if_none_match is If-None-Match."""
    given = {name.replace("_", "-").title(): value for name, value in fields.items()}
    header = {"Host": f"h1:{PORT}", **({} if keep else {"Connection": "close"}), **given}
    lines = [f"{method} {target} HTTP/{version}", *(f"{name}: {value}" for name, value in header.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def talk(lab: Any, *requests: Request, at: Any = None, together: bool = False, port: int = PORT, to: Any = None) -> list[Talk]:
    """What each brings, from h2 or another host, one after the other or all at once, of a server on h1 or another host; told in the transcript."""
    return talking(lab, *requests, at=at, together=together, port=port, to=to)()


def talking(lab: Any, *requests: Request, at: Any = None, together: bool = False, port: int = PORT, to: Any = None) -> Callable[[], list[Talk]]:
    """The same, begun: what waits until all have come to their end."""
    given = [
        {"parts": [part.hex() for part in ([one.sent] if isinstance(one.sent, bytes) else one.sent)], "methods": one.methods,
         "closes": one.closes, "seconds": one.seconds, "pause": one.pause}
        for one in requests
    ]  # fmt: skip
    text = json.dumps({"together": together, "talks": given}).encode()
    host = at or lab.h2
    client = host.start_command(sys.executable, "-IS", AGENTS / "http_client.py", to or lab.h1, port, name="http-client", stdin=text)

    def ended() -> list[Talk]:
        client.wait(30 + sum(2 * one.seconds for one in requests))
        found = [_talk(one) for one in json.loads(client.output)]
        for one, brought in zip(requests, found, strict=True):
            first = (one.sent if isinstance(one.sent, bytes) else b"".join(one.sent)).partition(b"\r\n")[0].decode("latin-1")
            lab.tell("note", host.name, "http-client", f"{_short(first)} → {'; '.join(map(str, brought.replies)) or brought.ended or 'nothing'}")
        return found

    return ended


def no_reply(octets: bytes, ended: str) -> str:
    """What came, in words, where it is no reply. ended: as in Talk, where nothing came."""
    begun, first = octets.startswith(b"HTTP/1."), _short(octets[:200].partition(b"\n")[0].decode("latin-1"))
    if not octets:
        return {"FIN": "no reply: the connection was closed", "reset": "no reply: the connection was reset", "": "no reply in time"}.get(ended, ended)
    if begun and b"\r" not in octets:
        return f"a header whose lines end by LF, without CR: {first}"
    return f"a header without an empty line behind it: {first}" if begun else f"no status line of HTTP/1.0 or 1.1, but: {first}"


def _short(text: str) -> str:
    return (text if len(text) <= 80 else f"{text[:70]}… ({len(text):,} characters)").encode("unicode_escape").decode()


def _talk(found: dict[str, Any]) -> Talk:
    replies = []
    for one in found["replies"]:
        fields: dict[str, str] = {}
        for name, value in one["fields"]:
            key = name.lower()
            fields[key] = f"{fields[key]}, {value}" if key in fields else value
        replies.append(Reply(one["first"], one["version"], one["status"], fields, bytes.fromhex(one["body"]), one["framed"], one["whole"], no_reply(one["first"].encode("latin-1"), "")))
    return Talk(tuple(replies), bytes.fromhex(found["rest"]), found["ended"], found["seconds"])


def ask(lab: Any, target: str, method: str = "GET", **fields: Any) -> Reply:
    """The reply to one request on a connection of its own."""
    return talk(lab, Request(request(target, method, **fields), [method]))[0].reply


def ask_whole(lab: Any, target: str) -> Talk:
    """All that one request brings until the connection's end."""
    return talk(lab, Request(request(target), closes=True))[0]


def ask_until(lab: Any, target: str, status: int) -> Talk:
    """What brings the first reply of that status, or what comes after some seconds: a server may look for a file anew only now and then."""
    found = lab.soon(lambda: one if (one := ask_whole(lab, target)).reply.status == status else None, _SECONDS)
    return found or ask_whole(lab, target)


def ask_each(lab: Any, targets: Iterable[str], **fields: Any) -> list[Reply]:
    """The replies to GETs, each on a connection of its own, one after the other."""
    return [one.reply for one in talk(lab, *(Request(request(target, **fields)) for target in targets))]


def fetch(lab: Any, tool: str, target: str) -> tuple[int, bytes]:
    """What curl or wget on h2 makes of a target: its exit status, and the file that it writes."""
    file = pathlib.Path(lab.folder / f"{tool}.file")
    file.unlink(missing_ok=True)
    done = lab.h2.run(*TOOLS[tool], file, f"http://{lab.h1}:{PORT}{target}", check=False)
    return done.status, file.read_bytes() if file.exists() else b""


def site(files: dict[str, bytes] | None = None) -> pathlib.Path:
    """A folder that programs may read, with these files in it, or those of pages/. It is private to the question, and goes with it."""
    root = pathlib.Path(tempfile.mkdtemp(prefix="site-"))
    root.chmod(0o755)
    for name, content in (pages() if files is None else files).items():
        put(root, name, content)
    return root


def pages() -> dict[str, bytes]:
    """The files of pages/, by their names below it, and one of all bytes that there are."""
    found = {str(file.relative_to(PAGES)): file.read_bytes() for file in sorted(PAGES.rglob("*")) if file.is_file()}
    return {**found, "all.bin": bytes(range(256)) * 400}


def put(root: pathlib.Path, name: str, content: bytes) -> pathlib.Path:
    """Writes a file below the root, with the folders that it needs."""
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    file.chmod(0o644)
    return file


def http_server(lab: Any, root: pathlib.Path, **parameters: Any) -> Any:
    """A server on h1 that listens."""
    return lab.h1.start("http-server", root=root, port=PORT, **parameters).wait_listening(PORT)


def served(lab: Any, reply: Reply, content: bytes, what: str, server: Any = None) -> None:
    """The reply is 200 with these bytes, all of them."""
    hint = server.state if server else ""
    lab.expect(reply.told, equals(200), f"status of {what}", id="status", hint=hint)
    lab.expect(reply.body, same_bytes(content), f"the body of {what}", id="body", hint=hint)
    lab.expect(reply.end, equals("whole"), f"the end of the body of {what}", id="length")


def still_served(lab: Any, reply: Reply, content: bytes, what: str, server: Any = None) -> None:
    """The same in one sentence, beside what else a step expects."""
    found = f"{reply.told}" + (" and the file" if reply.whole and reply.body == content else f", {len(reply.body):,} bytes of {reply.type or 'no type'}")
    lab.expect(found, equals("200 and the file"), f"what comes for {what}", id="served", hint=server.state if server else "")


def not_found(lab: Any, one: Talk, server: Any = None) -> None:
    """The reply is 404 with a page for people, and no byte is behind it."""
    hint, reply = server.state if server else "", one.reply
    lab.expect(reply.told, equals(404), "status of what is not there", id="status", hint=hint)
    lab.expect(reply.body.decode("utf-8", "replace").lower(), matches(r"<(!doctype html|html|body|h1)\b"), "the page that comes with it, in HTML", id="page")
    lab.expect(reply.type, matches(r"^(text/html|application/xhtml\+xml|)$"), "its Content-Type", id="type")
    lab.expect(len(words(reply.body)) > 2, equals(True), "the page says what is the matter, in words", id="words")
    lab.expect(reply.end, equals("whole"), "the end of the page", id="length")
    behind = len(one.rest) if reply.first else 0
    lab.expect(behind, equals(0, "B"), "of the page, behind where it ends by Content-Length, which counts bytes, not letters", id="rest")


def read_by(lab: Any, tool: str, target: str, content: bytes, failure: int, server: Any) -> None:
    """curl or wget gets these bytes of the target, and ends with the status of a failure for what is not there."""
    status, body = fetch(lab, tool, target)
    lab.expect(status, equals(0), f"status of {tool}, which waits no longer than 8 s for the end of a body", id="end", hint=server.state)
    lab.expect(body, same_bytes(content), f"what {tool} gets", id="body", hint=server.state)
    lab.expect(fetch(lab, tool, NOWHERE)[0], equals(failure), f"exit status of {tool}: the server answered by an error", id="status")


def served_at_once(lab: Any, host: Any, files: Sequence[tuple[str, bytes]], server: Any) -> None:
    """As many clients on a host as these are, all at once, each get theirs. files: name below the root, content; a name may come again."""
    found = talk(lab, *(Request(request(f"/{name}")) for name, _ in files), at=host, together=True)
    for one, (name, content) in zip(found, files, strict=True):
        served(lab, one.reply, content, f"/{name}", server)


def age(reply: Reply) -> float:
    """Seconds since its Date; infinite where that is none."""
    try:
        return time.time() - email.utils.parsedate_to_datetime(reply.fields.get("date", "")).timestamp()
    except (ValueError, TypeError):
        return math.inf


def one_of(*values: Any) -> Matcher:
    """Any of these values."""
    return Matcher(" or ".join(map(str, values)), lambda found: found in values)


def words(page: bytes) -> list[str]:
    """Those of a page that people read, without its markup, title, style and scripts."""
    text = re.sub(r"(?is)<(head|style|script|title|svg)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", " ", page.decode("utf-8", "replace"))
    return re.findall(r"\w{2,}", text)
