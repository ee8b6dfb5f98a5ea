"""Wrong programs, written from the sheets and the roles alone, without a look at the scenarios."""

from harness import Mutant, compiled, program

# Question, what is wrong, role, what must catch it, command.
_PROGRAMS = [
    ("transport.1-1", "stale-print", "tcp-server", "the server prints 'ok', and nothing else with it", compiled("others/ts_stale_print.c", "{port}")),
    ("transport.1-1", "end-prefix", "tcp-server", "the end", program("others/ts_end_prefix.py", "{port}")),
    ("transport.1-1", "seventeen-bytes", "tcp-server", "bytes of the server's segments", compiled("others/ts_seventeen_bytes.c", "{port}")),
    ("transport.1-1", "localhost-only", "tcp-server", "to answer 'hi'", program("others/ts_localhost_only.py", "{port}")),
    ("transport.1-2", "closes-listener", "tcp-server", "two lines, LISTEN and ESTABLISHED, one PID", program("others/ts_closes_listener.pl", "{port}", by="perl")),
    ("transport.1-1", "chops-last-char", "tcp-client", "a last line without its end reaches the server whole", program("others/tc_chops_last_char.py", "{host} {port}")),
    ("transport.1-1", "splits-long-line", "tcp-client", "bytes of the client's segments", compiled("others/tc_splits_long_line.c", "{host} {port}")),
    ("transport.2-3b", "refused-status-0", "tcp-client", "the client's status", program("others/tc_refused_status_0.py", "{host} {port}")),
    ("transport.2-1", "drops-same", "udp-server", "to answer 'again'", program("others/us_drops_same.pl", "{port}", by="perl")),
    ("transport.2-1", "dies-on-accent", "udp-server", "the answer to a datagram of 53 bytes", program("others/us_dies_on_accent.py", "{port}")),
    ("transport.2-1", "empty-ends", "udp-server", "the answer to a datagram of 0 bytes", program("others/us_empty_ends.py", "{port}")),
    ("transport.2-4", "cuts-49", "udp-server", "the server gets its first 50 bytes", compiled("others/us_cuts_49.c", "{port}")),
    ("transport.2-4", "splits-long", "udp-client", "the whole text reaches h1, in one datagram", compiled("others/uc_splits_long.c", "{host} {port}")),
    ("transport.2-1", "end-any-case", "udp-client", "ending", program("others/uc_end_any_case.pl", "{host} {port}", by="perl")),
    ("transport.3-fork", "fork-children-outlive", "tcp-server", "children that outlive the server", compiled("others/ts_fork_children_outlive.c", "{port}")),
    ("transport.3-fork", "fork-leaks-conn", "tcp-server", "PIDs that both clients have", compiled("others/ts_fork_leaks_conn.c", "{port}")),
    ("transport.2-1", "empty-repeats", "udp-server", "lines printed with words that nobody sent now", compiled("others/us_empty_repeats.c", "{port}")),
    ("transport.2-1", "skips-empty", "udp-client", "to answer ''", program("others/uc_skips_empty.py", "{host} {port}")),
    ("transport.2-2", "socket-leak", "udp-client", "the ports that the second messages come from", compiled("others/uc_socket_leak.c", "{host} {port}")),
    ("transport.2-3b", "refused-on-stdout", "tcp-client", "and says it on standard error", program("others/tc_refused_on_stdout.pl", "{host} {port}", by="perl")),
    ("transport.2-3a", "busy-wait", "udp-client", "processor time that a second of waiting takes", program("others/uc_busy_wait.py", "{host} {port}")),
]  # fmt: skip

MUTANTS = [Mutant(question, f"{role}-{name}", caught_by, {role: command}) for question, name, role, caught_by, command in _PROGRAMS]
