"""Echo servers and who talks to them: what comes back, and what is known of the server where it does not."""

from __future__ import annotations

from typing import Any

from harness import above, contains, equals, matches, same_bytes, tcp

PORT = 1234


def serve(lab: Any, mode: str, port: int = PORT, **options: Any) -> Any:
    """An echo server on h1 that listens. mode: "iterative" or "fork"."""
    return lab.h1.start("echo-server", port=port, mode=mode, **options).wait_listening(port)


def echoed(lab: Any, client: Any, words: str, server: Any) -> None:
    """A client types words, and they come back."""
    heard = client.ask(words)
    lab.expect(heard, equals(words), f"'{words}' comes back to {client}", id="echo", hint=lambda: state(server))


def state(server: Any) -> str:
    """How a server is, with its children: what each waits in, what came and left."""
    return str(server.state())


def closed(lab: Any, client: Any, port: int = PORT) -> str:
    """How far a client's host and the server on h1 are: "h2 is connected, the server has closed (FIN), h2 has not closed"."""
    ways = [f"{client.name} is {'' if len(lab.packets(lab.h1, tcp('SYN', source=port, to=client))) else 'not '}connected"]
    for name, ends in (("the server", {"source": port}), (client.name, {"to": port})):
        packets = lab.packets(lab.h1, f"(ip.src == {client} || ip.dst == {client}) && {tcp(**ends)}")
        how = [word for word in ("FIN", "RST") if len(packets.where(tcp(word)))]
        ways.append(f"{name} has closed ({' and '.join(how)})" if how else f"{name} has not closed")
    return ", ".join(ways)


def came_back(lab: Any, found: bytes, sent: bytes, what: str, server: Any) -> None:
    """The bytes that a client of h2 sent are those that it got. What has their length and differs, the machine cannot have brought about."""
    told = lambda: f"{closed(lab, lab.h2)}; {state(server)}"  # noqa: E731
    lab.expect(found, same_bytes(sent), what, whatever_lag=len(found) >= len(sent), id="bytes", hint=told)


def connections(host: Any, state: str) -> int:
    """How many sockets of the servers' port are in a state of TCP."""
    return sum(socket.port == PORT and socket.state == state for socket in host.sockets("tcp"))


def ended_by_server(lab: Any, before: Any) -> None:
    """A server that was ended has closed the connections of these SYN by FIN, and nobody is served any more."""
    clients = {(packet.source, packet["tcp.srcport"]) for packet in before}  # two hosts may choose the same port

    def told(flag: str) -> int:
        return len(clients.intersection((one.destination, one["tcp.dstport"]) for one in lab.packets(lab.h1, tcp(flag, source=PORT))))

    lab.expect(told("FIN"), equals(6), "connections that the server ended by FIN")
    lab.expect(told("RST"), equals(0), "and none by RST")
    refused = lab.h2.start("echo-client", host=lab.h1, port=PORT, stdin=b"too late\n")
    lab.expect(refused.wait(), above(0), "a new client is refused")
    lab.expect(refused.output + refused.errors, matches(r"\w{3}").ideally(contains("refused")), "and says so")


def started_again(lab: Any) -> None:
    """A forking server on the port of one that has ended a moment ago."""
    lab.h1.run("ss", "-tan", f"sport = :{PORT}")
    lab.expect(connections(lab.h1, "TIME_WAIT"), above(0), "the server's side closed first", id="time-wait")
    serve(lab, "fork")
    again = lab.h2.start("echo-client", host=lab.h1, port=PORT, stdin=b"Good morning\n")
    lab.expect(again.wait(), equals(0), "a new client ends well", id="status")
    lab.expect(again.output, equals("Good morning\n"), "the new server answers on the same port", id="answer")
