"""The procedure that shows how an echo server treats a second client, step by step, as it is handed in."""

from __future__ import annotations

from typing import Any

from harness import equals, tcp
from scenarios.tv.kit.echo import PORT, echoed, state


def second_client(lab: Any, server: Any, mode: str, first: Any) -> Any:
    """A client on h3 while the first one stays: served at once, or not yet."""
    second = lab.h3.start("netcat", lab.h1, PORT, terminal=True)
    if mode == "fork":
        echoed(lab, second, "me too", server)
        shown = lab.h1.run("ps", "-o", "pid,ppid,stat,comm", "--ppid", server.pid).output
        lab.expect(len(shown.splitlines()) - 1, equals(2), "fork: ps shows a child for each client", id="children")
    else:
        second.type("me too\n")
        lab.wait_for_packet(lab.h1, tcp(to=lab.h3, acknowledges=7))
        echoed(lab, first, "one moment", server)
        lab.expect(second.output, equals(""), "iterative: the second client waits", whatever_lag=True, id="waits")
    shown = lab.h1.run("netstat", "-tn").output
    lab.expect(shown.count("ESTABLISHED"), equals(2), f"{mode}: connections in netstat", id="connections")
    return second


def leave(lab: Any, server: Any, mode: str, first: Any, second: Any) -> None:
    """The clients leave by Ctrl+C, and the server is ended by it."""
    first.interrupt()
    second.wait_for_text("me too")
    second.show()
    lab.expect(second.output, equals("me too\n"), f"{mode}: the second client has its echo", id="echo")
    second.interrupt()
    lab.wait(first, second)
    left = lambda: [str(child) for child in server.children]  # noqa: E731
    lab.expect_soon(left, equals([]), f"{mode}: no child is left", id="children", hint=lambda: state(server))
    server.interrupt()
    server.wait()
    server.show()
    lab.h1.wait_not_listening(PORT)
