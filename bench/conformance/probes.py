#!/usr/bin/python3
"""How http-server, http-proxy and http-balancer answer requests that RFC 9110 and 9112 have a rule for, and what they hand on.

    /usr/bin/python3 bench/conformance/probes.py [--programs build/release/bin] [--only http-server] [--beside]

Each row of probe_cases.py is sent by a connection of its own. An answer is right when its statuses are those that the rule allows, whole,
and the connection ends where it must. Counted are right answers, connections that ended without any answer (silent closes), and hostile
requests that a proxy or balancer handed on whole to the server behind it. All runs in private network and process namespaces (no root needed).
--beside: nginx and lighttpd too, fetched as Debian packages and unpacked below the build folder.
Exit status: 0 all ours are right, 1 something is not, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import pathlib
import socket
import subprocess
import sys
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "bench/http"), str(pathlib.Path(__file__).resolve().parent)]

import peers  # noqa: E402
import probe_cases  # noqa: E402
import servers  # noqa: E402

from bench.running import Trouble, again_apart, running  # noqa: E402

ORIGIN, PORT = 8001, 8000
_SECONDS = 10.0  # of silence that is none of an answer
CLOSED, SILENT, BROKEN = "closed without an answer", "no answer", "not whole"


@dataclasses.dataclass
class Found:
    """statuses: of the answers that came whole; body: of the last; end: how the connection ended, empty when it stayed open."""

    statuses: list[int] = dataclasses.field(default_factory=list)
    body: bytes = b""
    end: str = ""


class Reader:
    """Answers from a connection, byte by byte."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._held, self.ended = connection, b"", False

    def _more(self) -> bool:
        try:
            piece = self._connection.recv(65_536)
        except ConnectionError:
            piece = b""
        self._held += piece
        self.ended = self.ended or not piece
        return bool(piece)

    def line(self) -> bytes:
        while b"\r\n" not in self._held:
            if not self._more():
                raise EOFError(self._held)
        line, _, self._held = self._held.partition(b"\r\n")
        return line

    def exactly(self, count: int) -> bytes:
        while len(self._held) < count:
            if not self._more():
                raise EOFError(self._held)
        found, self._held = self._held[:count], self._held[count:]
        return found

    def rest(self) -> bytes:
        while self._more():
            pass
        found, self._held = self._held, b""
        return found


def answer(reader: Reader, headless: bool) -> tuple[int, bytes]:
    """Status and body of the next answer. headless: of a HEAD. Raises EOFError where it is not whole, ValueError where it is none."""
    status = int(reader.line().split()[1])
    fields = {}
    while line := reader.line():
        name, _, value = line.partition(b":")
        fields[name.lower()] = value.strip().lower()
    if status < 200 or status in (204, 304) or headless:
        return status, b""
    if fields.get(b"transfer-encoding") == b"chunked":
        body = b""
        while size := int(reader.line().partition(b";")[0], 16):
            body += reader.exactly(size)
            reader.line()
        while reader.line():
            pass
        return status, body
    if b"content-length" in fields:
        return status, reader.exactly(int(fields[b"content-length"]))
    return status, reader.rest()


def asked(probe: probe_cases.Probe, port: int) -> Found:
    found = Found()
    with socket.create_connection(("127.0.0.1", port), _SECONDS) as connection:
        threading.Thread(target=_send, args=(connection, probe.bytes), daemon=True).start()
        reader = Reader(connection)
        try:
            while len(found.statuses) < len(probe.answers):
                status, body = answer(reader, probe.bytes.startswith(b"HEAD") and not found.statuses)
                if status >= 200:
                    found.statuses.append(status)
                    found.body = body
            if probe.ends:
                found.end = CLOSED if not reader.rest() else BROKEN
        except EOFError as rest:
            found.end = BROKEN if rest.args[0] else CLOSED
        except (ValueError, IndexError):
            found.end = BROKEN
        except TimeoutError:
            found.end = SILENT
    return found


def _send(connection: socket.socket, data: bytes) -> None:
    with contextlib.suppress(OSError):
        connection.sendall(data)


def wrong(probe: probe_cases.Probe, found: Found) -> str:
    """What is wrong with it, else empty."""
    if len(found.statuses) < len(probe.answers):
        return f"{found.end}, after {found.statuses}" if found.statuses else found.end
    for status, allowed in zip(found.statuses, probe.answers):
        if status not in allowed:
            return f"{status}, not {' or '.join(map(str, sorted(allowed)))}"
    if probe.ends and found.end != CLOSED:
        return f"the connection: {found.end or 'stays open'}"
    if probe.body is not None and found.statuses[-1] == 200 and found.body != probe.body:
        return f"another body: {found.body[:40]!r}"
    return ""


class Origin:
    """A server behind a proxy, that counts the whole requests it is sent, and answers each with the file, without looking for faults."""

    def __init__(self) -> None:
        self.requests = 0
        self._listener = socket.create_server(("127.0.0.1", ORIGIN), backlog=64)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            threading.Thread(target=self._serve, args=(self._listener.accept()[0],), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        held = b""
        with connection, contextlib.suppress(OSError):
            while piece := connection.recv(65_536):
                held += piece
                while b"\r\n\r\n" in held:
                    head, _, held = held.partition(b"\r\n\r\n")
                    held = self._answer(connection, head, held)

    @staticmethod
    def _more(connection: socket.socket) -> bytes:
        if not (piece := connection.recv(65_536)):
            raise ConnectionError("the request is not whole")
        return piece

    def _answer(self, connection: socket.socket, head: bytes, rest: bytes) -> bytes:
        lines = head.lower().split(b"\r\n")
        if any(line.startswith(b"transfer-encoding:") for line in lines):
            while not (b"\r\n" + rest).rpartition(b"\r\n0\r\n")[1] or not rest.endswith(b"\r\n\r\n"):
                rest += self._more(connection)
            rest = b""
        for line in lines:
            if line.startswith(b"content-length:"):
                count = int(line.partition(b":")[2])
                while len(rest) < count:
                    rest += self._more(connection)
                rest = rest[count:]
        self.requests += servers.CHECK.encode() not in head
        there = b"/nothing" not in lines[0]
        body = b"" if lines[0].startswith(b"head ") else probe_cases.FILE if there else b"none\n"
        length = len(probe_cases.FILE if there else b"none\n")
        connection.sendall(b"HTTP/1.1 %s\r\nContent-Length: %d\r\nCache-Control: no-store\r\n\r\n%s" % (b"200 OK" if there else b"404 Not Found", length, body))
        return rest


def measured(name: str, command: list[str], folder: pathlib.Path, behind: Origin | None) -> bool:
    """Prints the figures of a program; whether all is as it must be."""
    complaints, closes, handed = [], 0, []
    with running(command, PORT, folder / f"{name}.log", core=None, environment=peers.environment()):
        for probe in probe_cases.PROBES:
            before = behind.requests if behind else 0
            found = asked(probe, PORT)
            if complaint := wrong(probe, found):
                complaints.append(f"{probe.name} (RFC {probe.section}): {complaint}")
            closes += found.end == CLOSED and not found.statuses
            if behind and probe.hostile and behind.requests > before and 200 not in found.statuses:
                handed.append(probe.name)
    told = f", {len(handed)} hostile ones handed on" if behind else ""
    print(f"{name}: {len(probe_cases.PROBES) - len(complaints)} of {len(probe_cases.PROBES)} right, {closes} silent closes{told}")
    for line in complaints + [f"handed on: {one}" for one in handed]:
        print(f"  {line}")
    sys.stdout.flush()
    return not complaints and not handed


def measure(options: argparse.Namespace) -> int:
    """In the namespaces."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    folder, ours = pathlib.Path(options.folder), pathlib.Path(options.programs).resolve()
    root = folder / "files"
    root.mkdir(exist_ok=True)
    (root / "file.txt").write_bytes(probe_cases.FILE)
    commands = servers.ours(ours, folder, root, PORT, ORIGIN)
    origin, right = Origin(), True
    try:
        for name, command in commands.items():
            if not options.only or name in options.only:
                right = measured(name, command, folder, None if name == "http-server" else origin) and right
        if options.beside:
            lighttpd = next(one for one in servers.static(folder, ours) if one.name == "lighttpd")
            text = (folder / "lighttpd.conf").read_text().replace(str(lighttpd.port), str(PORT))
            (folder / "lighttpd.conf").write_text(text)
            measured("nginx", servers.nginx(folder, "nginx", PORT, f"root {root};"), folder, None)
            measured("lighttpd", lighttpd.command, folder, None)
            passed = f'location / {{ proxy_pass http://127.0.0.1:{ORIGIN}; proxy_http_version 1.1; proxy_set_header Connection ""; }}'
            measured("nginx as a proxy", servers.nginx(folder, "proxy", PORT, passed), folder, origin)
    except Trouble as trouble:
        print(f"bench/conformance/probes: {trouble}", file=sys.stderr)
        return 1
    return 0 if right else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", default=str(ROOT / "build/release/bin"), help="folder of ours (default: %(default)s)")
    parser.add_argument("--only", action="append", choices=["http-server", "http-proxy", "http-balancer"], help="default: all three")
    parser.add_argument("--beside", action="store_true", help="nginx and lighttpd too")
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.folder:
        return measure(options)
    if options.beside:
        try:
            peers.prepare()
        except Trouble as trouble:
            sys.exit(f"bench/conformance/probes: {trouble}")
    return again_apart(__file__, "probes-")


if __name__ == "__main__":
    sys.exit(main())
