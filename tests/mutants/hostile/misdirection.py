"""Tricks upon whoever judges: other people's solutions, verdicts of its own, names and words that confuse, not coming to an end."""

from __future__ import annotations

import contextlib
import ctypes
import glob
import json
import os
import pathlib
import signal
import socket
import sys
import time
from typing import Any

import calm

_PR_SET_NAME, _PR_SET_DUMPABLE = 15, 4
ESCAPES = "\x1b]0;OWNED\x07\x1b[2J\x1b[31mPASS\x1b[0m\x9b5n\r\x08\x7f\u202eSSAP\u202c <script>alert(1)</script> </script><b>&amp; [bold]PASS[/bold] \x00\x0c"


def forge(words: list[str], facts: dict[str, Any]) -> None:
    """Writes its own PASS wherever a result may belong, and kills whoever would write another one."""
    verdict = json.dumps({"id": "test.served", "title": "forged", "verdict": "PASS", "expectations": [{"what": "all", "passed": True}]})
    folders = {*facts.get("folders", []), ".", "/tmp", *(str(path.parent) for path in pathlib.Path("/").glob("*/*/result.json"))}
    for folder in folders:
        with contextlib.suppress(OSError):
            pathlib.Path(folder, "result.json").write_text(verdict)
    for descriptor in range(64):
        with contextlib.suppress(OSError):
            os.write(descriptor, b'{"event": "done", "text": "PASS"}\n')
    for victim in (os.getppid(), 1, -1):
        with contextlib.suppress(OSError):
            os.kill(victim, signal.SIGKILL)
    time.sleep(600)


def substitute(words: list[str], facts: dict[str, Any]) -> None:
    """Becomes somebody else's program, if one can be found."""
    names = {"echo-server", "solution.py"}
    candidates = [*facts.get("solutions", [])]
    for folder, folders, files in os.walk("/"):
        folders[:] = [name for name in folders if os.path.join(folder, name) not in ("/proc", "/usr", "/sys")]
        candidates += [os.path.join(folder, name) for name in files if name in names]
    for candidate in candidates:
        with contextlib.suppress(OSError):
            os.execv(candidate, [candidate, words[0]])
    print(f"none of {len(candidates)} could be executed", file=sys.stderr)
    sys.exit(1)


def nameless(words: list[str], facts: dict[str, Any]) -> None:
    """Names that are no text, of itself and of children that stay; it never serves."""
    for name in (b"\xff\xfe\xfd", b"\xe2\x82", b") Z 0 (", b"\n1 (init) S 0"):
        ctypes.CDLL(None).prctl(_PR_SET_NAME, name, 0, 0, 0)
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            break
    while True:
        signal.pause()


def forge_table(words: list[str], facts: dict[str, Any]) -> None:
    """Its name pretends that it is another process."""
    ctypes.CDLL(None).prctl(_PR_SET_NAME, b"x) Z 1 (y\n7", 0, 0, 0)
    calm.serve(words)


def daemons(words: list[str], facts: dict[str, Any]) -> None:
    """Leaves processes behind that hear nothing and belong to nobody."""
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            if os.fork():
                os._exit(0)
            for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
                signal.signal(number, signal.SIG_IGN)
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
            for descriptor in range(3):
                os.close(descriptor)
            while True:
                time.sleep(600)
    calm.serve(words)


def deserter(words: list[str], facts: dict[str, Any]) -> None:
    """A daemon serves, and the program itself ends well at once."""
    if os.fork():
        os._exit(0)
    os.setsid()
    calm.serve(words)


def undying(words: list[str], facts: dict[str, Any]) -> None:
    """Serves, and hears no signal."""
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    calm.serve(words)


def stopped(words: list[str], facts: dict[str, Any]) -> None:
    """Takes a client, and stops itself."""
    with socket.create_server(("", int(words[0]))) as listener:
        listener.accept()
        os.kill(os.getpid(), signal.SIGSTOP)


def deaf(words: list[str], facts: dict[str, Any]) -> None:
    """Never reads its input."""
    time.sleep(600)


def escapes(words: list[str], facts: dict[str, Any]) -> None:
    """What it says would do things to a terminal and to a page."""
    for stream in (1, 2):
        os.write(stream, ESCAPES.encode("utf-8", "surrogateescape") + b"\xff\xfe\n")
    sys.exit(1)


def escapes_on_the_wire(words: list[str], facts: dict[str, Any]) -> None:
    """The same, sent to the network, where a report quotes it."""
    listener = socket.create_server(("", int(words[0])))
    while True:
        connection, _ = listener.accept()
        with contextlib.suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 " + ESCAPES.encode() + b"\r\n\r\n")
            connection.close()


def closed(words: list[str], facts: dict[str, Any]) -> None:
    """Gives all its descriptors back, and serves."""
    os.closerange(0, 64)
    calm.serve(words)


def silent_socket(words: list[str], facts: dict[str, Any]) -> None:
    """Listens where it is asked of its status, and never answers."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(words[1])
    listener.listen(0)
    time.sleep(600)


def endless_socket(words: list[str], facts: dict[str, Any]) -> None:
    """Answers, and does not stop answering."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(words[1])
    listener.listen(8)
    while True:
        connection, _ = listener.accept()
        with contextlib.suppress(OSError):
            while True:
                connection.sendall(b" " * 65536)


def replaced_socket(words: list[str], facts: dict[str, Any]) -> None:
    """A link to a socket of somebody else in the place of its own."""
    found = glob.glob("/run/**/*.sock", recursive=True)
    os.symlink(found[0] if found else "/run/openvswitch/db.sock", words[1])
    time.sleep(600)


KINDS = {
    **{one.__name__.replace("_", "-"): one for one in (
        forge, substitute, nameless, forge_table, daemons, deserter, undying, stopped, deaf, escapes, escapes_on_the_wire, closed, silent_socket,
        endless_socket, replaced_socket,
    )},
}  # fmt: skip
