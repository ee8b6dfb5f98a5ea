"""Roles of the lab transport: messages and their receipts, over TCP and UDP."""

from harness.judge.roles.role import Role

_CLIENT = {
    "host": "server's name or address",
    "count": "messages of a series, sent instead of the input's lines",
    "size": "bytes of each message of the series",
    "json": "file for its counts, written at the end",
}
_RECEIPT = "the answer to each message, these 16 bytes and nothing around them"
_PRINTS = "on standard output at once, within a line for each message; bytes that move a terminal are escaped"

ROLES = [
    Role(
        "tcp-server",
        ["tcp-server", "{port}", ["--mode", "{mode}"], ["--json", "{json}"]],
        {"port": "TCP port to listen on, 12800 in the sheet",
         "mode": "iterative (one client after another), fork (a process for each), select or epoll (one process for all)",
         "json": "file for its counts, written when it is stopped"},
        "Answers each message, which is what one recv returns, with the 16 bytes 'Message received' and nothing around them, "
        "and prints the message on standard output, bytes that move a terminal escaped. After the answer to the message 'end', "
        "or after the client's FIN, it closes that connection and goes on. With select, a client whose descriptor no fd_set can "
        "hold is sent a line with the word 'refused', and closed. SIGINT and SIGTERM close in order, status 0.",
        "the TCP port is in state LISTEN",
        {"Message received": _RECEIPT, "<message>": _PRINTS,
         "refused": "to a client whose descriptor no fd_set can hold, within a line; the same line to all of them"},
        writes=frozenset({"json"}),
        descriptors=2048,  # transport.3-select: 1,060 clients
    ),
    Role(
        "tcp-client",
        ["tcp-client", "{host}", ["{port}"], ["--count", "{count}"], ["--size", "{size}"], ["--json", "{json}"]],
        {**_CLIENT, "port": "server's TCP port, 12800 in the sheet"},
        "Sends each line of its input, without the line's end, as a message, waits for the answer and prints it on standard "
        "output; half-closes after the line 'end' or the end of its input, status 0. Nobody listens: status 1 and 'Connection "
        "refused' on stderr.",
        says={
            "<answer>": "on standard output at once, within a line; bytes that move a terminal are escaped",
            "Connection refused": "on standard error, when nobody listens; status 1",
        },
        writes=frozenset({"json"}),
    ),
    Role(
        "udp-server",
        ["udp-server", "{port}", ["--address", "{address}"], ["--receive-size", "{receive_size}"],
         ["--receive-buffer", "{receive_buffer}"], ["--delay", "{delay}"], ["--json", "{json}"]],
        {"port": "UDP port to listen on, 12800 in the sheet", "address": "address to bind to",
         "receive_size": "most bytes received of a datagram, 50 in the sheet",
         "receive_buffer": "SO_RCVBUF, bytes", "delay": "seconds of rest after each datagram",
         "json": "file for its counts, written when it is stopped: received, delivered (whole), truncated, dropped, unread"},
        "Answers each datagram of each client with one datagram, the 16 bytes 'Message received', by one socket for all, and "
        "prints it on standard output, bytes that move a terminal escaped. SIGINT and SIGTERM end it, status 0.",
        "the UDP port is bound",
        {"Message received": _RECEIPT, "<message>": _PRINTS},
        writes=frozenset({"json"}),
    ),
    Role(
        "udp-client",
        ["udp-client", "{host}", ["{port}"], ["{connected}"], ["{no_wait}"], ["--count", "{count}"], ["--size", "{size}"],
         ["--interval", "{interval}"], ["--json", "{json}"]],
        {**_CLIENT, "port": "server's UDP port, 12800 in the sheet",
         "interval": "seconds from the beginning of one message of the series to the next; without it there is no rest",
         "connected": "connect the socket, so that a refusal is an error and not silence: status 1",
         "no_wait": "do not wait for the answer before the next message"},
        "Sends each line of its input, without the line's end, as a datagram from an unconnected socket, waits a second for the "
        "answer and prints it on standard output; ends after the line 'end' or the end of its input. A refusal is not noticed: "
        "status 1 when no message was answered.",
        says={
            "<answer>": "on standard output at once, within a line; bytes that move a terminal are escaped",
            "no answer": "on standard error, when none comes within a second; it goes on",
            "Connection refused": "on standard error, when a connected socket is refused; status 1",
        },
        switches={"connected": "--connected", "no_wait": "--no-wait"},
        writes=frozenset({"json"}),
    ),
]  # fmt: skip
