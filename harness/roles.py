"""Roles: what programs a scenario needs, and who fills them.

A scenario names roles; our programs fill them by default, and ``--with ROLE=COMMAND`` puts anyone's program in the place.
A role program that exits with status 127 says "not implemented": the scenario is SKIPPED.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
import shlex
import shutil
import string
from typing import Any, Sequence

Template = Sequence["str | Sequence[str]"]


class RoleError(ValueError):
    """A role that does not exist, or a command that does not fit it."""


@dataclasses.dataclass(frozen=True)
class Role:
    """A program's contract.

    template: the default command, word by word; a nested group is left out when one of its {parameters} is not given.
    parameters: name → meaning, all usable in --with commands. does: what it must do; listens: what the harness waits for.
    """

    name: str
    template: Template
    parameters: dict[str, str]
    does: str
    listens: str = ""
    more_arguments: bool = False

    def default_command(self, parameters: dict[str, Any], programs: pathlib.Path) -> list[str]:
        words: list[str] = []
        for part in self.template:
            group = [part] if isinstance(part, str) else list(part)
            needed = {name for word in group for name in placeholders(word)}
            if needed <= parameters.keys():
                words += [word.format(**parameters) for word in group]
            elif isinstance(part, str):
                raise RoleError(f"role {self.name}: {', '.join(sorted(needed - parameters.keys()))} is missing")
        ours = programs / words[0]
        return [str(ours) if ours.exists() else words[0], *words[1:]]

    def replaced_command(self, command: str, parameters: dict[str, Any]) -> list[str]:
        """The user's command, word by word; a word that is only a placeholder goes when its parameter is not given."""
        values = {**dict.fromkeys(self.parameters, ""), **parameters}
        filled = [(word, word.format(**values)) for word in shlex.split(command)]
        return [text for word, text in filled if text or not placeholders(word)]

    def contract(self) -> str:
        """The text of `./lab show ROLE`."""
        default = " ".join(part if isinstance(part, str) else f"[{' '.join(part)}]" for part in self.template)
        lines = [self.name, "", f"  {self.does}", "", f"  by default: {default}", "  parameters for --with:"]
        lines += [f"    {{{name}}}  {meaning}" for name, meaning in self.parameters.items()] or ["    none"]
        if self.more_arguments:
            lines.append("  further arguments are appended to the command, as the scenario's command lines show")
        if self.listens:
            lines.append(f"  the harness waits until: {self.listens}")
        lines.append("  exit status 127 means: not implemented (the scenario is SKIPPED)")
        return "\n".join(lines)


def placeholders(word: str) -> set[str]:
    """The names in braces. Raises RoleError for braces that do not match."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(word) if name is not None}
    except ValueError as error:
        raise RoleError(f"{word!r}: {error}; write {{{{ and }}}} for real braces") from None


_SENDER = {
    "host": "receiver's address, or a multicast group",
    "port": "receiver's UDP port",
    "file": "MPEG-TS file; without it the word Hello is sent",
    "rate": "bit/s, such as 638k",
    "speed": "factor on the file's own rate",
    "payload": "bytes per datagram",
    "ttl": "multicast time to live",
    "interface": "interface for multicast",
    "duration": "seconds of the file to send",
    "start_at": "seconds of the file to skip",
    "json": "file for the sender's own summary",
}
_PROBE = {
    "file": "MPEG-TS file to examine; then nothing is received",
    "port": "UDP port to listen on",
    "group": "multicast group to join",
    "address": "address to bind to",
    "interface": "interface for the group",
    "idle_timeout": "seconds without a datagram after which it ends",
    "first_timeout": "seconds to wait for the first datagram",
    "buffer_delay": "seconds buffered before playing starts",
    "buffer_size": "bytes the player can hold",
    "json": "file for the report",
    "timeline": "file for the buffer's level over time",
    "save": "file for the received stream",
}
_MESSAGE_CLIENT = {
    "host": "server's name or address",
    "count": "messages of a series, sent instead of the input's lines",
    "size": "bytes of each message of the series",
    "json": "file for its counts, written at the end",
}
_MCAST_CHAT = {
    "room": "multicast address of the room, IPv4 or IPv6",
    "name": "the member's name",
    "port": "UDP port of the room, 5000 in the sheet",
    "interface": "network interface by which the room is reached",
    "ttl": "time to live (hop limit) of what is sent; 1 stays on the link",
    "loopback": "on or off: whether other members on the same host hear it",
    "keep_alive": "seconds between signs of life, after three of which without one a member is taken for gone",
}
_PYTHON_CLIENT = str(pathlib.Path(__file__).resolve().parents[1] / "scenarios" / "echo" / "clients" / "echo_client.py")

_ALL = [
    Role("netcat", ["nc"], {}, "OpenBSD netcat: -l listens, -u is UDP; copies stdin to the network and back.", "the port is bound", True),
    Role(
        "udp-sender",
        ["socat", "-u", "-", "UDP4-{socket}:{host}:{port}"],
        {"host": "receiver's address", "port": "receiver's UDP port", "socket": "SENDTO (unconnected) or CONNECT"},
        "Sends each line of its input at once as a datagram. An unconnected socket (sendto) never learns of a refusal and ends "
        "with status 0 after its input; a connected one fails at the write after it: a message on stderr, status not 0.",
    ),
    Role("cat", ["cat"], {}, "Copies files to standard output.", more_arguments=True),
    Role(
        "tv-sender",
        ["tv-sender", ["{host}"], ["{port}"], ["--file", "{file}"], ["--rate", "{rate}"], ["--speed", "{speed}"],
         ["--payload", "{payload}"], ["--ttl", "{ttl}"], ["--interface", "{interface}"], ["--duration", "{duration}"],
         ["--start-at", "{start_at}"], ["--json", "{json}"]],
        _SENDER,
        "Sends a TS file over UDP at its own rate, evenly; ends with status 0 after the last byte. Bad arguments, unknown "
        "hosts, unreachable networks and closed ports: a message on stderr and a non-zero status.",
        more_arguments=True,
    ),
    Role(
        "tv-probe",
        ["tv-probe", ["--file", "{file}"], ["{group}"], ["{port}"], ["--bind", "{address}"], ["--interface", "{interface}"],
         ["--idle-timeout", "{idle_timeout}"], ["--first-timeout", "{first_timeout}"], ["--buffer-delay", "{buffer_delay}"],
         ["--buffer-size", "{buffer_size}"], ["--json", "{json}"], ["--timeline", "{timeline}"], ["--save", "{save}"]],
        _PROBE,
        "Receives a TS stream, counts continuity errors, models a player's buffer, reports as JSON; or examines a file.",
        "the UDP port is bound",
        more_arguments=True,
    ),
    Role("ffmpeg", ["ffmpeg"], {}, "ffmpeg: encodes, decodes, counts frames.", more_arguments=True),
    Role(
        "echo-server",
        ["echo-server", "{port}", ["--mode", "{mode}"], ["--welcome", "{welcome}"], ["--reply-prefix", "{reply_prefix}"],
         ["--goodbye", "{goodbye}", "--acknowledged-goodbye"]],
        {"port": "TCP port to listen on", "mode": "iterative, fork, select or async",
         "welcome": "text sent to each client first", "reply_prefix": "text sent before each line that comes back",
         "goodbye": "text sent after the client's FIN; the server's own FIN waits until it is acknowledged"},
        "Sends every byte back; after the client's FIN it sends what is left and closes. SIGINT closes in order, status 0.",
        "the TCP port is in state LISTEN",
        True,
    ),
    Role(
        "echo-client",
        ["echo-client", "{host}", "{port}", ["--data", "{data}"], ["--file", "{file}"]],
        {"host": "server's address", "port": "server's TCP port", "data": "text to send", "file": "file to send"},
        "Sends its input, half-closes, prints what comes back; status 1 when it cannot connect.",
        more_arguments=True,
    ),
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
        True,
    ),
    Role(
        "tcp-client",
        ["tcp-client", "{host}", ["{port}"], ["--count", "{count}"], ["--size", "{size}"], ["--json", "{json}"]],
        {**_MESSAGE_CLIENT, "port": "server's TCP port"},
        "Sends each line of its input, without the line's end, as a message, waits for the answer and prints it on standard "
        "output; half-closes after the line 'end' or the end of its input, status 0. Nobody listens: status 1 and 'Connection "
        "refused' on stderr.",
        more_arguments=True,
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
        True,
    ),
    Role(
        "udp-client",
        ["udp-client", "{host}", ["{port}"], ["--count", "{count}"], ["--size", "{size}"], ["--json", "{json}"]],
        {**_MESSAGE_CLIENT, "port": "server's UDP port"},
        "Sends each line of its input, without the line's end, as a datagram from an unconnected socket, waits a second for the "
        "answer and prints it on standard output; ends after the line 'end' or the end of its input. A refusal is not noticed: "
        "status 1 when no message was answered.",
        more_arguments=True,
    ),
    Role(
        "rdv-point",
        ["rdv-point", ["--port", "{port}"], ["--lifetime", "{lifetime}"], ["--state", "{state}"], ["--extensions", "{extensions}"],
         ["--json", "{json}"]],
        {"port": "UDP port to listen on, 10000 in the sheet", "lifetime": "seconds a root stays registered after its last RREG",
         "state": "file that keeps the registration over a restart", "extensions": "on or off",
         "json": "file for its counts, written when it is stopped"},
        "Rendezvous point of the multicast tree: answers ROOT by TOOR with the root's 'address port' or nothing, RREG by YREG or, "
        "when another node is the root, NREG; forgets a root that is silent for the lifetime. SIGINT and SIGTERM end it, status 0.",
        "the UDP port is bound",
        True,
    ),
    Role(
        "mcast-node",
        ["mcast-node", ["--rdv-point", "{rdv_point}"], ["--port", "{port}"], ["--data-port", "{data_port}"], ["--address", "{address}"],
         ["--children-max", "{children_max}"], ["--refresh", "{refresh}"], ["--child-lifetime", "{child_lifetime}"],
         ["--root-cache", "{root_cache}"], ["--answer-timeout", "{answer_timeout}"], ["--refresh-repeat", "{refresh_repeat}"],
         ["--rest", "{rest}"], ["--resend", "{resend}"], ["--extensions", "{extensions}"], ["--output", "{output}"],
         ["--seed", "{seed}"], ["--status-socket", "{status_socket}"], ["--counters", "{counters}"]],
        {"rdv_point": "the rendezvous point: address, address:port or [address]:port",
         "port": "UDP port of the tree, 10000 in the sheet", "data_port": "UDP port for local messages, 10001 in the sheet",
         "address": "address to bind to", "children_max": "most children, 3 in the sheet",
         "refresh": "seconds between two refreshes, 120 in the sheet",
         "child_lifetime": "seconds a child stays after its last RJOI, 180 in the sheet",
         "root_cache": "seconds the root's address is used for messages, at most 60 in the sheet",
         "answer_timeout": "seconds until an unanswered request is repeated",
         "refresh_repeat": "seconds until an unanswered refresh is repeated", "rest": "seconds between two attempts to join",
         "resend": "seconds until a message that did not come back is sent again", "extensions": "on or off",
         "output": "lines, raw or json", "seed": "of random choices", "status_socket": "path of the status socket",
         "counters": "file for the last status, written when it is stopped"},
        "Member of the multicast tree: finds the root by the rendezvous point, or becomes it; joins the tree from the root downwards "
        "(RJOI, YJOI, NJOI); takes messages of this host's programs at the data port, has the root distribute them, and prints each "
        "message of the group once on standard output. SIGINT and SIGTERM end it, status 0.",
        "the UDP port is bound",
        True,
    ),
    Role(
        "inetd",
        ["inetd", "-i", "{file}"],
        {"file": "configuration, of inetd.conf's form"},
        "Listens for the services that its configuration names, and serves or starts them; stays in the foreground.",
        "the service's TCP port is in state LISTEN",
        True,
    ),
    Role(
        "telnet",
        ["telnet", "{host}", "{port}"],
        {"host": "server's address", "port": "server's TCP port"},
        "Sends each line that is typed, ended by CR LF, and prints what comes back; Ctrl+] and quit end it.",
        more_arguments=True,
    ),
    Role(
        "python-client",
        ["/usr/bin/python3", _PYTHON_CLIENT, "{host}", "{port}"],
        {"host": "server's address", "port": "server's TCP port"},
        "Sends each line of its input, ended by CR LF, and prints the line that comes back; half-closes at the end of its input.",
        more_arguments=True,
    ),
    Role(
        "eliza-server",
        ["eliza-server", "{port}"],
        {"port": "TCP port to listen on"},
        "Speaks first, then answers each line with a line, as ELIZA does: turns persons round (I am → you are), has rules for "
        "keywords such as mother and dream, says something that always fits when none applies, and closes after bye; several "
        "clients at once, a child process for each.",
        "the TCP port is in state LISTEN",
        True,
    ),
    Role(
        "mcast-chat",
        ["mcast-chat", "--room", "{room}", "--name", "{name}", ["--port", "{port}"], ["--interface", "{interface}"], ["--ttl", "{ttl}"],
         ["--loopback", "{loopback}"], ["--keep-alive", "{keep_alive}"]],
        _MCAST_CHAT,
        "Joins the multicast group and announces that its member has come; sends each line of its input to the group and prints "
        "every message of the room once, its own too, with the name of who said it; announces the leave, once, at the end of its "
        "input, at SIGINT and at SIGTERM, status 0. What comes from the network never reaches the terminal as control characters. "
        "The datagrams are docs/protocols/mcast-chat.md's, or plain text.",
        "the UDP port is bound",
        more_arguments=True,
    ),
]  # fmt: skip
ROLES: dict[str, Role] = {role.name: role for role in _ALL}


def parse_replacement(text: str) -> tuple[str, str]:
    """Splits and checks a --with argument "ROLE=COMMAND". Raises RoleError with what is allowed."""
    name, equals, command = text.partition("=")
    if not equals or not command.strip():
        raise RoleError(f"--with {text!r}: write ROLE=COMMAND, for instance --with 'echo-server=python3 mine.py {{port}}'")
    if name not in ROLES:
        raise RoleError(f"--with {text!r}: there is no role {name!r}; roles are {', '.join(sorted(ROLES))}")
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise RoleError(f"--with {text!r}: {error}") from None
    for word in words:
        unknown = placeholders(word) - ROLES[name].parameters.keys()
        if unknown:
            allowed = ", ".join(f"{{{key}}}" for key in ROLES[name].parameters) or "no placeholders"
            raise RoleError(f"--with {text!r}: {name} does not know {{{sorted(unknown)[0]}}}; it has {allowed}")
    return name, command


def check_program(name: str, command: str, folder: pathlib.Path, path: str) -> None:
    """Raises RoleError when the command's program can be found neither from `folder` nor on the search path `path`."""
    word = shlex.split(command)[0]
    if placeholders(word):
        return
    file = folder / word
    if "/" not in word and (shutil.which(word, path=path) or not ("." in word and file.is_file())):
        found = shutil.which(word, path=path)
    else:
        found = file if file.is_file() else None
    if not found:
        raise RoleError(f"--with {name}: there is no program {word!r} in {folder if '/' in word else path}")
    if not os.access(found, os.X_OK):
        raise RoleError(f"--with {name}: {word!r} is not executable; make it so (chmod +x) or name its interpreter, as in 'python3 {word}'")
