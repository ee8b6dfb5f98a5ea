"""Roles of the lab tv: senders and receivers of streams, and the virtual friend."""

from harness.judge.roles.role import Role

ROLES = [
    Role(
        "tv-sender",
        ["tv-sender", ["{host}"], ["{port}"], ["--file", "{file}"], ["--rate", "{rate}"], ["--speed", "{speed}"],
         ["--payload", "{payload}"], ["--ttl", "{ttl}"], ["--interface", "{interface}"], ["--duration", "{duration}"],
         ["--start-at", "{start_at}"], ["--json", "{json}"]],
        {
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
            "json": "file for the sender's own summary, - for standard output: datagrams, no_buffer_space (datagrams that this host "
            "dropped), blocked (how often it waited for room in the socket's buffer), blocked_seconds, lateness_max_us",
        },
        "Sends a TS file over UDP at its own rate, evenly; ends with status 0 after the last byte. Bad arguments, unknown "
        "hosts, unreachable networks and closed ports: a message on stderr and a non-zero status.",
        says={
            "<port>": "on standard error, the port as it was given, when it is no number from 1 to 65535",
            "<host>": "on standard error, the name as it was given, when there is no such host",
            "port": "on standard error (or the word usage), when no port is given",
            "Network is unreachable": "on standard error, when no route leads to the host or group; status 1",
            "refused": "on standard error, when Hello comes to a closed port",
        },
        reads=frozenset({"file"}),
        writes=frozenset({"json"}),
    ),
    Role(
        "tv-probe",
        ["tv-probe", ["--file", "{file}"], ["{group}"], ["{port}"], ["--bind", "{address}"], ["--interface", "{interface}"],
         ["--idle-timeout", "{idle_timeout}"], ["--first-timeout", "{first_timeout}"], ["--buffer-delay", "{buffer_delay}"],
         ["--buffer-size", "{buffer_size}"], ["--json", "{json}"], ["--timeline", "{timeline}"], ["--save", "{save}"]],
        {
            "file": "MPEG-TS file to examine; then nothing is received",
            "port": "UDP port to listen on",
            "group": "multicast group to join",
            "address": "address to bind to",
            "interface": "interface for the group",
            "idle_timeout": "seconds without a datagram after which it ends",
            "first_timeout": "seconds to wait for the first datagram",
            "buffer_delay": "seconds buffered before playing starts",
            "buffer_size": "bytes the player can hold",
            "json": "file for the report, - for standard output: datagrams, bytes, seconds, duration_seconds, peak_bits_per_second, "
            "continuity_errors, pcr_jitter_p50_us, and of the player stalls, stall_seconds, late_seconds, lost_seconds, lost_share, "
            "played_seconds, peak_buffer_bytes, overflow_datagrams, overflow_bytes",
            "timeline": "file for the buffer's level over time: CSV with the columns unix_time and buffer_seconds",
            "save": "file for the received stream",
        },
        "Receives a TS stream, counts continuity errors, models a player's buffer, reports as JSON; or examines a file.",
        "the UDP port is bound",
        {"No such device": "on standard error, when no interface leads to the group; status 1"},
        reads=frozenset({"file"}),
        writes=frozenset({"json", "timeline", "save"}),
    ),
    Role(
        "eliza-server",
        ["eliza-server", "{port}"],
        {"port": "TCP port to listen on"},
        "Speaks first, then answers each line with a line, as ELIZA does: turns persons round (I am → you are), has rules for "
        "keywords such as mother and dream, says something that always fits when none applies, and closes after bye; several "
        "clients at once, a child process for each.",
        "the TCP port is in state LISTEN",
        {
            "<greeting>": "to each client, before it has said a word",
            "<answer>": "to each line, a line that ends with a line end",
            "you are <what was said>": "within the answer to a line such as 'I am waiting for my bus': my becomes your",
            "I am": "within the answer to 'You are <doing something> to me', or that something",
            "mother": "or family, within the answer to a line with the word mother",
            "dream": "within the answer to a line with the word dream",
            "<farewell>": "after bye; then it closes the connection",
        },
    ),
]  # fmt: skip
